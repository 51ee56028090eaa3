import type { Issue } from '../../facts/issue';

/** The parts of an issue its finder must state; the rest is unknown unless given. */
export type IssueDraft = Pick<Issue, 'code' | 'reason' | 'remedy'> & Partial<Omit<Issue, 'feed'>>;

const MAX_VALUE = 200;

/** Fills an issue of `feed`: unknown places are null, a long value is cut at 200 characters. */
export function issueOf(feed: string, draft: IssueDraft): Issue {
  const value = draft.value ?? null;
  return {
    file: null,
    line: null,
    column: null,
    field: null,
    count: 1,
    ...draft,
    feed,
    value: value !== null && value.length > MAX_VALUE ? `${value.slice(0, MAX_VALUE)}…` : value,
  };
}
