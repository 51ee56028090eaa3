/** One thing wrong in the configuration: where it stands, what is wrong with it, what to do. */
export type ConfigFault = {
  /** Null when the text came from no file. */
  readonly file: string | null;
  readonly line: number;
  readonly column: number;
  /** Where in the document, e.g. `rate_cards[0].capex`. */
  readonly field: string;
  /** The text as written, never a secret that it stands for; null when nothing is written there. */
  readonly value: string | null;
  readonly reason: string;
  readonly remedy: string;
};

/** A place in the document: keys and list indexes from the top. */
export type FieldPath = readonly (string | number)[];

/** What is wrong at a place; the document adds line, column and value. */
export type Finding = {
  readonly path: FieldPath;
  /** True when the key itself is wrong, so that the fault points at it and not at its value. */
  readonly atKey?: true;
  readonly reason: string;
  readonly remedy: string;
};

/** Takes findings; every reader of a section gets one. */
export type Report = (finding: Finding) => void;

/** Prints `file:line:column: field: "value" reason. remedy` on one line. */
export function printFault({ file, line, column, field, value, reason, remedy }: ConfigFault): string {
  const shown = value === null ? '' : `"${value}" `;
  return `${file ?? 'configuration'}:${line}:${column}: ${field}: ${shown}${reason}. ${remedy}`;
}

/** Prints a path as people write it: `hosts[2].gpus`; the whole document is `(document)`. */
export function printPath(path: FieldPath): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return text === '' ? '(document)' : text.replace(/^\./, '');
}

/** "Did you mean …?" with the nearest of the known words, or the list of them all where none is near. */
export function suggestion(word: string, known: readonly string[]): string {
  const begun = known.filter((candidate) => word.length > 2 && candidate.startsWith(word));
  if (begun.length === 1) return `Did you mean ${begun[0]!}?`;
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const [nearest] = ranked;
  const isNear = nearest && nearest.distance <= Math.max(2, Math.floor(nearest.candidate.length / 3));
  if (isNear) return `Did you mean ${nearest.candidate}?`;
  return known.length === 0 ? 'Remove it.' : `Known: ${known.join(', ')}.`;
}

/** How many letters must be added, removed or changed (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
