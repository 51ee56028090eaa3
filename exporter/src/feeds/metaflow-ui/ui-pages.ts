import { createHash } from 'node:crypto';
import { FeedError } from '../feed';
import { isRecord } from '../metaflow/parse-row';
import { addRows, type Ask } from '../metaflow-service/answer';

const ROWS_A_PAGE = 1000;
const MAX_PAGES = 10_000;

/**
 * Reads a list of the UI backend page by page, in the order of a column that only grows, so that rows which are added
 * meanwhile push none to a page that was read before. Throws FeedError for a list that never ends, and for one of
 * several pages with more rows than were asked for; AnswerTooLarge for a list that is too long.
 */
export async function readUiPages(
  ask: Ask,
  path: string,
  { order, filter = '' }: { readonly order: string; readonly filter?: string },
): Promise<unknown[]> {
  const rows: unknown[] = [];
  const seen = new Set<string>();
  for (let page: number | null = 1; page !== null;) {
    const { body } = await ask(`${path}?_limit=${ROWS_A_PAGE}&_page=${page}&_order=%2B${order}${filter}`);
    const { data, pages } = isRecord(body) ? body : {};
    if (!Array.isArray(data)) throw new FeedError(`${path} answers with JSON that holds no list of data.`);
    const mark = createHash('sha256').update(JSON.stringify(data)).digest('hex');
    const isRepeated = data.length > 0 && seen.has(mark);
    if (isRepeated || seen.size >= MAX_PAGES) throw new FeedError(`The pages of ${path} never end.`);
    seen.add(mark);
    addRows(rows, data as unknown[], path);
    const next = isRecord(pages) ? pages.next : null;
    const following: number | null = typeof next === 'number' && data.length > 0 ? next : null;
    if (data.length > ROWS_A_PAGE && (page > 1 || following !== null)) {
      throw new FeedError(`${path} gives a page of ${data.length} rows where ${ROWS_A_PAGE} were asked for.`);
    }
    page = following;
  }
  return rows;
}

/** The `data` of an answer about one thing. */
export function dataOf(body: unknown): unknown {
  return isRecord(body) ? body.data : undefined;
}
