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

/** The issues of these codes as findings: their place and reason, and their remedy as the fix. */
export function issueFindings({ check, codes, statusOf, well }: IssueCheck, { issues }: FindingFacts): Finding[] {
  const ours = issues.filter(({ code }) => codes.includes(code));
  return findingsOf(
    check,
    well,
    alike(ours).map((issue) => ({
      status: statusOf(issue),
      feed: issue.feed,
      detail: issueSentence(issue),
      fix: issue.remedy,
    })),
  );
}

/** Issues that would read the same are one, that many times: a value changes where nothing else does. */
function alike(issues: readonly Issue[]): Issue[] {
  const first = new Map<string, Issue>();
  for (const issue of issues) {
    const text = JSON.stringify([issue.feed, issueSentence({ ...issue, count: 1 }), issue.remedy]);
    const known = first.get(text);
    first.set(text, known ? { ...known, count: known.count + issue.count } : issue);
  }
  return [...first.values()];
}

/** Where an issue is, why it is one, and how often, as a sentence. */
export function issueSentence({ file, line, value, reason, count }: Issue): string {
  const place = file === null ? (value ?? '') : `${file}${line === null ? '' : `:${line}`}`;
  const isNamed = place === '' || reason.includes(place);
  const times = count > 1 ? ` (${count} times)` : '';
  return `${isNamed ? '' : `${place}: `}${reason.replace(/\.$/, '')}${times}.`;
}
