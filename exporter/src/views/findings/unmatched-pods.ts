import type { Check } from './finding-facts';
import { issueFindings } from './issue-findings';

/** Pods that say they run an attempt which no Metaflow feed knows, or that contradict it. */
export const unmatchedPods: Check = (facts) =>
  issueFindings(
    {
      check: 'unmatched_pods',
      codes: ['unmatched_pod', 'gpu_count_conflict'],
      statusOf: () => 'warn',
      well: 'Every pod of a Metaflow run is joined to its attempt.',
    },
    facts,
  );
