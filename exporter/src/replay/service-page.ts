/** Which page: limit and cursor as they were asked for, and the two columns that order the rows, newest first. */
export type PageWish<Row> = {
  readonly limit: string | null;
  readonly cursor: string | null;
  readonly keys: readonly (keyof Row & string)[];
};

/** One page of rows. */
export type Page<Row> = { readonly rows: readonly Row[]; readonly limit: number; readonly nextCursor: string | null };

/** What the service says of a page that it cannot give. */
export type PageFault = { readonly status: number; readonly fault: unknown };

const USUAL = 50;
const MOST = 500;

/** A page as the metadata service cuts it: newest first, at most 500 rows, the last row's keys as the cursor. */
export function pageOf<Row extends object>(rows: readonly Row[], wish: PageWish<Row>): Page<Row> | PageFault {
  const limit = wish.limit === null || wish.limit === '' ? USUAL : Number(wish.limit);
  if (!Number.isInteger(limit)) return { status: 500, fault: limitFault(wish.limit ?? '') };
  const after = wish.cursor === null ? null : readCursor(wish.cursor, wish.keys);
  if (after === 'broken') return { status: 400, fault: 'Invalid cursor' };
  const keysOf = (row: Row): unknown[] => wish.keys.map((key) => row[key]);
  const sorted = [...rows].sort((a, b) => newestFirst(keysOf(a), keysOf(b)));
  const left = after === null ? sorted : sorted.filter((row) => newestFirst(after, keysOf(row)) < 0);
  const size = Math.min(limit, MOST);
  const page = left.slice(0, size);
  const last = page.at(-1);
  const nextCursor = left.length > size && last ? writeCursor(last, wish.keys) : null;
  return { rows: page, limit: size, nextCursor };
}

const limitFault = (limit: string): object => ({
  traceback: 'Traceback (most recent call last): …',
  detail: `invalid literal for int() with base 10: '${limit}'`,
  status: 500,
  title: 'Internal Server Error',
  type: 'about:blank',
});

function newestFirst(a: readonly unknown[], b: readonly unknown[]): number {
  for (const [place, left] of a.entries()) {
    const right = b[place];
    if (left === right) continue;
    if (typeof left === 'number' && typeof right === 'number') return right - left;
    return String(left) < String(right) ? 1 : -1;
  }
  return 0;
}

/** Written as Python writes JSON, with a blank after each comma and colon. */
function writeCursor<Row extends object>(row: Row, keys: readonly (keyof Row & string)[]): string {
  const text = keys.map((key) => `${JSON.stringify(key)}: ${JSON.stringify(row[key])}`).join(', ');
  return Buffer.from(`{${text}}`).toString('base64');
}

function readCursor(text: string, keys: readonly string[]): unknown[] | 'broken' {
  try {
    const read = JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as { readonly [key: string]: unknown };
    return keys.every((key) => key in read) ? keys.map((key) => read[key]) : 'broken';
  } catch {
    return 'broken';
  }
}
