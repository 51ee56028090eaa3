import type { Check } from './finding-facts';
import { issueFindings } from './issue-findings';

/** Whether a source's clock and ours differ. */
export const clockSkew: Check = (facts) =>
  issueFindings(
    { check: 'clock_skew', codes: ['clock_skew'], statusOf: () => 'warn', well: 'No source has a clock of its own.' },
    facts,
  );
