import { FeedError } from '../feed';
import { addRows, type Answer, type Ask } from './answer';

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
 * come twice. Throws FeedError for a list that never ends, and for a page with more rows than were asked for;
 * AnswerTooLarge for a list that is too long.
 */
export async function readPages(ask: Ask, path: string, { limit, isEnough }: PageWish): Promise<unknown[]> {
  const first = await ask(`${path}?_limit=${limit}`);
  let last = rowsOf(first, path);
  // Somebody in between may drop the headers of a service that pages: a list of just this length is asked for whole.
  if (first.limit === null && last.length === limit) last = rowsOf(await ask(path), path);
  if (first.limit !== null) checkLength(last, { limit, path });
  const rows: unknown[] = [];
  addRows(rows, last, path);
  if (first.limit === null) return rows;
  const seen = new Set<string>();
  for (let cursor = first.nextCursor; cursor !== null && isEnough?.(last) !== true;) {
    if (seen.has(cursor) || seen.size >= MAX_PAGES) throw new FeedError(`The pages of ${path} never end.`);
    seen.add(cursor);
    const next = await ask(`${path}?_limit=${limit}&_cursor=${encodeURIComponent(cursor)}`);
    last = rowsOf(next, path);
    checkLength(last, { limit, path });
    addRows(rows, last, path);
    cursor = next.nextCursor;
  }
  return rows;
}

function checkLength(rows: readonly unknown[], { limit, path }: { limit: number; path: string }): void {
  if (rows.length <= limit) return;
  throw new FeedError(`${path} gives a page of ${rows.length} rows where ${limit} were asked for.`);
}

function rowsOf({ body }: Answer, path: string): unknown[] {
  if (Array.isArray(body)) return body as unknown[];
  throw new FeedError(`${path} answers with JSON that is no list.`);
}
