const MAX_DEPTH = 4;
const MAX_CHARACTERS = 200;

/** A value from a file as JSON for an issue: what lies deeper than 4 containers or behind 200 characters is `…`. */
export function showValue(value: unknown): string {
  const text = shown(value, { depth: MAX_DEPTH, room: MAX_CHARACTERS });
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}

type Space = { readonly depth: number; readonly room: number };

function shown(value: unknown, { depth, room }: Space): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, room + 1));
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? String(value);
  if (depth === 0) return '…';
  const isList = Array.isArray(value);
  const parts: string[] = [];
  let left = room;
  for (const key in value) {
    const name = isList ? '' : `${JSON.stringify(key.slice(0, room + 1))}:`;
    const part = `${name}${shown((value as Record<string, unknown>)[key], { depth: depth - 1, room: left })}`;
    parts.push(part);
    left -= part.length;
    if (left <= 0) break;
  }
  return isList ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
}
