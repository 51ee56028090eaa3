/** Where and why a text is not JSON; line and column count from 1. */
export type JsonFault = { readonly fault: string; readonly line: number; readonly column: number };

type Expecting = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma' | 'nothing';

const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/;
const TOKEN = new RegExp(`[{}[\\],:]|${STRING.source}|${NUMBER.source}|true|false|null`, 'y');
const SPACE = /[ \t\n\r]*/y;

/** Reads a JSON text, or says at which line and column it stops being JSON. */
export function readJson(text: string): { readonly value: unknown } | JsonFault {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    const { offset, fault } = findFault(text);
    const before = text.slice(0, offset).split('\n');
    return { fault, line: before.length, column: before[before.length - 1]!.length + 1 };
  }
}

function findFault(text: string): { offset: number; fault: string } {
  const open: string[] = [];
  let expecting: Expecting = 'value';
  let offset = 0;
  for (;;) {
    offset += matchAt(SPACE, text, offset).length;
    if (offset >= text.length) return { offset, fault: 'ends too early' };
    const token = matchAt(TOKEN, text, offset);
    const next: Expecting | null = token === '' ? null : expectationAfter(token, expecting, open);
    if (next === null) return { offset, fault: `has an unexpected ${JSON.stringify(text.charAt(offset))}` };
    expecting = next;
    offset += token.length;
  }
}

function expectationAfter(token: string, expecting: Expecting, open: string[]): Expecting | null {
  const closes = open[open.length - 1] === '{' ? '}' : open[open.length - 1] === '[' ? ']' : null;
  const afterValue = (): Expecting => (open.length === 0 ? 'nothing' : 'comma');
  if (token === closes && (expecting === 'comma' || expecting.endsWith('or end'))) {
    open.pop();
    return afterValue();
  }
  if (expecting.startsWith('key')) return token.startsWith('"') ? 'colon' : null;
  if (expecting === 'colon') return token === ':' ? 'value' : null;
  if (expecting === 'comma') return token !== ',' ? null : closes === '}' ? 'key' : 'value';
  if (expecting === 'nothing' || /^[}\],:]/.test(token)) return null;
  if (token !== '{' && token !== '[') return afterValue();
  open.push(token);
  return token === '{' ? 'key or end' : 'value or end';
}

function matchAt(pattern: RegExp, text: string, offset: number): string {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0] ?? '';
}
