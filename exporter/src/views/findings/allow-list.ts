import type { Issue } from '../../facts/issue';
import type { Check } from './finding-facts';
import { issueFindings } from './issue-findings';

/** True where a cluster hides by which annotations pods are joined to attempts, and not only what prices its nodes. */
export const hidesRuns = ({ code, field }: Issue): boolean =>
  code === 'missing_allow_list' && field === 'kube_pod_annotations';

/** Whether kube-state-metrics may tell the annotations and labels that we read; the fix is its flag. */
export const allowList: Check = (facts) =>
  issueFindings(
    {
      check: 'allow_list',
      codes: ['missing_allow_list'],
      statusOf: (issue) => (hidesRuns(issue) ? 'fail' : 'warn'),
      well: 'No cluster hides annotations or labels that are read.',
    },
    facts,
  );
