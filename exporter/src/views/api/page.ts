import { encodeCursor } from './cursor';

/** One page of `rows`, which hold at least one more than `limit` where there is a next page. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  { limit, item, place }: { limit: number; item: (row: Row) => Item; place: (last: Row) => unknown },
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(place(last)) : null;
  return { items: shown.map(item), nextCursor };
}
