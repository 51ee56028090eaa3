import type { Finding } from '../../contract/finding';
import type { Issue, IssueCode } from '../../facts/issue';
import { type CheckName, findingsOf, type FindingFacts, type Trouble } from './finding-facts';

/** Which issues a check is about, and what it says where there are none. */
export type IssueCheck = {
  readonly check: CheckName;
  readonly codes: readonly IssueCode[];
  readonly statusOf: (issue: Issue) => Trouble['status'];
  readonly well: string;
};

/** Each issue of these codes as a finding: its place and reason, and its remedy as the fix. */
export function issueFindings({ check, codes, statusOf, well }: IssueCheck, { issues }: FindingFacts): Finding[] {
  const ours = issues.filter(({ code }) => codes.includes(code));
  return findingsOf(
    check,
    well,
    ours.map((issue) => ({
      status: statusOf(issue),
      feed: issue.feed,
      detail: issueSentence(issue),
      fix: issue.remedy,
    })),
  );
}

/** Where an issue is, why it is one, and how often, as a sentence. */
export function issueSentence({ file, line, value, reason, count }: Issue): string {
  const place = file === null ? (value ?? '') : `${file}${line === null ? '' : `:${line}`}`;
  const isNamed = place === '' || reason.includes(place);
  const times = count > 1 ? ` (${count} times)` : '';
  return `${isNamed ? '' : `${place}: `}${reason.replace(/\.$/, '')}${times}.`;
}
