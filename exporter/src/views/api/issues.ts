import { z } from 'zod';
import { type Issue, ISSUE_CODES } from '../../facts/issue';
import type { IssuePlace } from '../../store/store';
import { compareUtf8 } from '../../units/utf8-order';
import { decodeCursor } from './cursor';
import { freshness, type Handler, type Source } from './handler';
import { pageOf } from './page';

const text = z.string().nullable();
const number = z.number().int().nullable();
const place = z.tuple([z.literal('issues'), z.string(), z.enum(ISSUE_CODES), text, number, number, text, text]);

/** Issues of the last cycle and the stored ones, each once, by feed, code, file, line, column, field and value. */
export const listIssues: Handler<'listIssues'> = async ({ query: { cursor, limit } }, source) => {
  const after = placeAfter(decodeCursor(cursor, place));
  const current = currentIssues(source, after);
  const stored = await storedIssues(source, { after, wanted: limit + 1 });
  const page = pageOf([...current, ...stored].sort(comparePlaces), {
    limit,
    item: (issue) => ({ ...issue }),
    place: ({ feed, code, file, line, column, field, value }) =>
      ['issues', feed, code, file, line, column, field, value] satisfies z.output<typeof place>,
  });
  return { ...page, ...freshness(source.state) };
};

/** Issues of the last cycle and at most `limit` of the stored ones, each once. */
export async function standingIssues(source: Source, limit: number): Promise<Issue[]> {
  return [...currentIssues(source, undefined), ...(await storedIssues(source, { after: undefined, wanted: limit }))];
}

function placeAfter(at: z.output<typeof place> | undefined): IssuePlace | undefined {
  if (at === undefined) return undefined;
  const [, feed, code, file, line, column, field, value] = at;
  return { feed, code, file, line, column, field, value };
}

function currentIssues({ state }: Source, after: IssuePlace | undefined): Issue[] {
  const byPlace = new Map(state.issues.map((issue) => [placeText(issue), issue]));
  return [...byPlace.values()].filter((issue) => after === undefined || comparePlaces(issue, after) > 0);
}

async function storedIssues(
  { state, store }: Source,
  { after, wanted }: { after: IssuePlace | undefined; wanted: number },
): Promise<Issue[]> {
  const current = new Set(state.issues.map(placeText));
  const found: Issue[] = [];
  for (let last = after; found.length < wanted;) {
    const rows = await store.issues(state.asOf, { limit: wanted, ...(last && { after: last }) });
    found.push(...rows.filter((issue) => !current.has(placeText(issue))));
    if (rows.length < wanted) break;
    last = rows.at(-1);
  }
  return found;
}

function comparePlaces(a: IssuePlace, b: IssuePlace): number {
  return (
    compareUtf8(a.feed, b.feed) ||
    compareUtf8(a.code, b.code) ||
    compareKnown(a.file, b.file, compareUtf8) ||
    compareKnown(a.line, b.line, (left, right) => left - right) ||
    compareKnown(a.column, b.column, (left, right) => left - right) ||
    compareKnown(a.field, b.field, compareUtf8) ||
    compareKnown(a.value, b.value, compareUtf8)
  );
}

function compareKnown<Part>(a: Part | null, b: Part | null, compare: (left: Part, right: Part) => number): number {
  return a === null || b === null ? Number(a === null) - Number(b === null) : compare(a, b);
}

function placeText({ code, feed, file, line, column, field, value }: Issue): string {
  return JSON.stringify([code, feed, file, line, column, field, value]);
}
