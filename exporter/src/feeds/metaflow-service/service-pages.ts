import { FeedError } from '../feed';
import { type Answer, type Ask } from './answer';

/** Which part of a list is wanted. */
export type PageWish = {
  /** Rows a page; the service gives at most 500. */
  readonly limit: number;
  /** Told the rows of a page, newest first; true when no further page is wanted. */
  readonly isEnough?: (rows: readonly unknown[]) => boolean;
};

const MAX_PAGES = 10_000;

/**
 * Reads a list, page by page where the service says that it pages (`X-Limit`), else whole. Rows of pages that overlap
 * come twice. Throws FeedError for a list that never ends.
 */
export async function readPages(ask: Ask, path: string, { limit, isEnough }: PageWish): Promise<unknown[]> {
  const first = await ask(`${path}?_limit=${limit}`);
  const rows = rowsOf(first, path);
  // Somebody in between may drop the headers of a service that pages: a list of just this length is asked for whole.
  if (first.limit === null) return rows.length === limit ? rowsOf(await ask(path), path) : rows;
  const seen = new Set<string>();
  let last = rows;
  for (let cursor = first.nextCursor; cursor !== null && isEnough?.(last) !== true;) {
    if (seen.has(cursor) || seen.size >= MAX_PAGES) throw new FeedError(`The pages of ${path} never end.`);
    seen.add(cursor);
    const next = await ask(`${path}?_limit=${limit}&_cursor=${encodeURIComponent(cursor)}`);
    last = rowsOf(next, path);
    rows.push(...last);
    cursor = next.nextCursor;
  }
  return rows;
}

function rowsOf({ body }: Answer, path: string): unknown[] {
  if (Array.isArray(body)) return [...(body as unknown[])];
  throw new FeedError(`${path} answers with JSON that is no list.`);
}
