import { z } from 'zod';
import { type Issue, ISSUE_CODES } from '../../facts/issue';
import { hashOf } from '../content-hash';
import type { Row } from '../engine';
import { int64Text, numberCell } from './scalars';

/** One row of `issues` → the fact. */
export const issueRow = z.object({
  code: z.enum(ISSUE_CODES),
  feed: z.string(),
  file: z.string().nullable(),
  line: numberCell.nullable(),
  column: numberCell.nullable(),
  field: z.string().nullable(),
  value: z.string().nullable(),
  reason: z.string(),
  remedy: z.string(),
  count: numberCell,
});

/** The fact → one row of `issues`, without its load. */
export function rowOfIssue(issue: Issue): Row & { place: string; content_hash: string } {
  const { code, feed, file, line, column, field, value, reason, remedy, count } = issue;
  const row = {
    place: placeOf(issue),
    code,
    feed,
    file,
    field,
    value,
    reason,
    remedy,
    line: line === null ? null : int64Text(line),
    column: column === null ? null : int64Text(column),
    count: int64Text(count),
  };
  return { ...row, content_hash: hashOf(JSON.stringify(row)) };
}

/** Equal places within one load are one issue: their counts add up, the last words stand. */
export function mergeIssues(issues: readonly Issue[]): Issue[] {
  const byPlace = new Map<string, Issue>();
  for (const issue of issues) {
    const place = placeOf(issue);
    byPlace.set(place, { ...issue, count: issue.count + (byPlace.get(place)?.count ?? 0) });
  }
  return [...byPlace.values()];
}

const placeOf = ({ code, feed, file, line, column, field, value }: Issue): string =>
  hashOf(JSON.stringify([code, feed, file, line, column, field, value]));
