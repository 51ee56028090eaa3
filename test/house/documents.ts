/** Inline code of a Markdown text with the line it stands in; fenced blocks are left out. */
export function inlineCode(markdown: string): { code: string; line: string }[] {
  return withoutFences(markdown)
    .split('\n')
    .flatMap((line) => [...line.matchAll(/`([^`]+)`/g)].map((match) => ({ code: match[1]!, line })));
}

/** The fenced blocks of a Markdown text, without their fences. */
export function fencedBlocks(markdown: string): string[] {
  return [...markdown.matchAll(/^```.*\n([\s\S]*?)^```/gm)].map((match) => match[1]!);
}

/** Targets of links into the repository: no web address, no heading. */
export function localLinks(markdown: string): string[] {
  return [...withoutFences(markdown).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1]!.split('#')[0]!)
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target));
}

/** True when a piece of inline code names a file or folder of the repository. */
export function isPath(code: string): boolean {
  if (!/^[\w.@-]+(\/[\w.@*-]+)*\/?$/.test(code) || code.startsWith('@')) return false;
  const isFolderName = code.includes('/') && /^(exporter|test|plugin|dashboards|provisioning|docs|\.ci)\//.test(code);
  return isFolderName || /^[A-Za-z][\w.-]*\.(md|ts|mjs|cjs|json|yml)$/.test(code);
}

/** `npm run X` and `npm X` of a text, as script names; npm's own commands are left out. */
export function npmScripts(text: string): string[] {
  const run = [...text.matchAll(/\bnpm run (?:-s )?([a-z:-]+)/g)];
  const short = [...text.matchAll(/\bnpm (test|start)\b/g)];
  return [...new Set([...run, ...short].map((match) => match[1]!))];
}

/** The verbs of `flowledger VERB` and `npm run -s flowledger -- VERB`. */
export function verbs(text: string): string[] {
  const used = text.matchAll(/\bflowledger (?:-- )?([a-z]+)\b/g);
  return [...new Set([...used].map((match) => match[1]!))];
}

function withoutFences(markdown: string): string {
  return markdown.replace(/^```.*\n[\s\S]*?^```/gm, '');
}
