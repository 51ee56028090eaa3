import type { IssueCode } from '../../facts/issue';
import { type Check, findingsOf } from './finding-facts';
import { issueSentence } from './issue-findings';

/** Issues that a check of their own tells. */
const TOLD: readonly IssueCode[] = [
  'feed_failed',
  'broken_invariant',
  'missing_allow_list',
  'unknown_gpu_host',
  'unpriced_host',
  'no_resources',
  'no_host',
  'unknown_host',
  'held_outside_host',
  'unmatched_pod',
  'gpu_count_conflict',
  'clock_skew',
];

/** Rejected and doubtful facts that no other check is about, by code. */
export const otherIssues: Check = ({ issues }) => {
  const rest = issues.filter(({ code }) => !TOLD.includes(code));
  const codes = [...new Set(rest.map(({ code }) => code))];
  const troubles = codes.map((code) => {
    const ours = rest.filter((issue) => issue.code === code);
    const [first] = ours;
    const detail = `${ours.length} × ${code}, such as: ${issueSentence(first!)}`;
    return { status: 'warn' as const, detail, fix: `${first!.remedy} All of them: /api/v1/issues` };
  });
  return findingsOf('other_issues', 'No other fact was rejected or doubted.', troubles);
};
