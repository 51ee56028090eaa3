type Cell = string | number | null;
type Row = { readonly [column: string]: Cell };

const USUAL = 10;
const MOST = 1000;
/** Query keys that are no column. */
const CONTROLS = ['_limit', '_page', '_order', '_group', '_tags', 'postprocess'];

/** The envelope of one page: rows filtered, ordered and cut as the query asks, with links to the pages around it. */
export function sortedPage(
  rows: readonly object[],
  { query, path, order }: { query: URLSearchParams; path: string; order: string },
): object {
  const wanted = inOrder(rows.filter((row) => passes(row as Row, query)) as Row[], order);
  const limit = Math.min(Number(query.get('_limit') ?? USUAL), MOST);
  const page = Math.max(Number(query.get('_page') ?? 1), 1);
  const data = wanted.slice((page - 1) * limit, page * limit);
  const hasNext = page * limit < wanted.length;
  const pages = { self: page, first: 1, prev: Math.max(page - 1, 1), next: hasNext ? page + 1 : null, last: null };
  const linkTo = (to: number | null): string | null => (to === null ? null : `${path}?${withPage(query, to)}`);
  const links = {
    self: query.size === 0 ? path : `${path}?${query.toString()}`,
    first: linkTo(1),
    prev: linkTo(pages.prev),
    next: linkTo(pages.next),
    last: null,
  };
  return { data, status: 200, links, pages, query: Object.fromEntries(query) };
}

function withPage(query: URLSearchParams, page: number): string {
  const copy = new URLSearchParams(query);
  copy.set('_page', String(page));
  return copy.toString();
}

/** `column` or `column:op`, values divided by commas of which one must fit. */
function passes(row: Row, query: URLSearchParams): boolean {
  return [...query].every(([key, values]) => {
    const [column = '', op = 'eq'] = key.split(':');
    if (CONTROLS.includes(column) || !(column in row)) return true;
    const cell = row[column] ?? null;
    return values.split(',').some((value) => fits(cell, op, value));
  });
}

function fits(cell: Cell, op: string, value: string): boolean {
  const order = typeof cell === 'number' ? cell - Number(value) : String(cell).localeCompare(value);
  if (cell === null) return op === 'is' && value === 'null';
  if (op === 'ne') return order !== 0;
  if (op === 'lt') return order < 0;
  if (op === 'le') return order <= 0;
  if (op === 'gt') return order > 0;
  if (op === 'ge') return order >= 0;
  return op === 'co' ? String(cell).includes(value) : order === 0;
}

/** `+column` or `-column`, several divided by commas; rows stay in their own order where nothing is asked. */
function inOrder(rows: Row[], order: string): Row[] {
  const keys = order.split(',').filter((key) => key !== '');
  const signOf = (key: string): number => (key.startsWith('-') ? -1 : 1);
  return [...rows].sort((a, b) => {
    for (const key of keys) {
      const column = key.replace(/^[+\- ]/, '');
      const [left, right] = [a[column], b[column]];
      if (left === right) continue;
      const isLess =
        typeof left === 'number' && typeof right === 'number' ? left < right : String(left) < String(right);
      return isLess ? -signOf(key) : signOf(key);
    }
    return 0;
  });
}
