import { read } from './repository';

/** A word that is not ours, split at spaces and hyphens, and the glossary's word for the thing. */
export type NeverWord = { readonly words: readonly string[]; readonly term: string };

/** Reads the "Never say" column of a glossary: one entry a word, the term beside it. */
export function neverWordsOf(glossary: string): NeverWord[] {
  return glossary
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => cells.length === 6 && cells[1] !== 'Term' && !/^-*$/.test(cells[1] ?? ''))
    .flatMap(([, term = '', , , never = '']) =>
      never
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== '—' && word !== '')
        .map((word) => ({ words: wordsOf(word), term })),
    );
}

/** Reads the list of names that are right although they hold a word of the column. */
export function allowedNamesOf(glossary: string): string[][] {
  const section = glossary.split('## Allowed beside the list')[1] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('- '))
    .map((line) => wordsOf(line.slice(2)));
}

/** The words of a name in any casing: `metaflow_runCost-usd` → metaflow, run, cost, usd. */
export function wordsOf(name: string): string[] {
  const spaced = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2');
  return spaced
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** The first banned word a name holds, or null. Allowed names inside it are looked past. */
export function bannedWordIn(
  name: string,
  never: readonly NeverWord[],
  allowed: readonly (readonly string[])[],
): NeverWord | null {
  let text = ` ${wordsOf(name).join(' ')} `;
  for (const words of allowed) text = text.replace(` ${words.join(' ')} `, ' ');
  return never.find(({ words }) => text.includes(` ${words.join(' ')} `)) ?? null;
}

/** The glossary of the house. */
export const GLOSSARY = read('GLOSSARY.md');
