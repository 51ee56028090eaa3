import { z } from 'zod';
import type { Issue } from '../../facts/issue';
import { decodeCursor, encodeCursor } from './cursor';
import { freshness, type Handler, type Source } from './handler';

const place = z.union([
  z.tuple([z.literal('issues'), z.literal('current'), z.string()]),
  z.tuple([z.literal('issues'), z.literal('stored'), z.number().int().min(0)]),
]);

type Place = z.output<typeof place>;
type Found = { readonly issue: Issue; readonly next: Place };

/** Issues of the last cycle, then the stored ones that are not among them. */
export const listIssues: Handler<'listIssues'> = async ({ query: { cursor, limit } }, source) => {
  const at = decodeCursor(cursor, place);
  const wanted = limit + 1;
  const current = currentIssues(source).filter(({ next }) => isAfter(next, at));
  const offset = at?.[1] === 'stored' ? at[2] : 0;
  const stored = current.length < wanted ? await storedIssues(source, { offset, wanted: wanted - current.length }) : [];
  const found = [...current, ...stored].slice(0, wanted);
  const nextCursor = found.length > limit ? encodeCursor(found[limit - 1]!.next) : null;
  return { items: found.slice(0, limit).map(({ issue }) => ({ ...issue })), nextCursor, ...freshness(source.state) };
};

function currentIssues({ state }: Source): Found[] {
  const byPlace = new Map(state.issues.map((issue) => [placeText(issue), issue]));
  return [...byPlace]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([text, issue]) => ({ issue, next: ['issues', 'current', text] }));
}

function isAfter([, , text]: Place, at: Place | undefined): boolean {
  return at === undefined || (at[1] === 'current' && text > at[2]);
}

async function storedIssues(
  { state, store }: Source,
  { offset, wanted }: { offset: number; wanted: number },
): Promise<Found[]> {
  const current = new Set(state.issues.map(placeText));
  const found: Found[] = [];
  for (let from = offset; found.length < wanted;) {
    const rows = await store.issues(state.asOf, { limit: wanted, offset: from });
    for (const [index, issue] of rows.entries()) {
      if (!current.has(placeText(issue))) found.push({ issue, next: ['issues', 'stored', from + index + 1] });
    }
    if (rows.length < wanted) break;
    from += rows.length;
  }
  return found;
}

function placeText({ code, feed, file, line, column, field, value }: Issue): string {
  return JSON.stringify([code, feed, file, line, column, field, value]);
}
