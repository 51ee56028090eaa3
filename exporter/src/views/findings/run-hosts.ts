import type { Check } from './finding-facts';
import { issueFindings } from './issue-findings';

/** Whether attempts are missing from costs because nothing tells on which known host they ran. */
export const runHosts: Check = (facts) =>
  issueFindings(
    {
      check: 'run_hosts',
      codes: ['no_host', 'unknown_host'],
      statusOf: () => 'warn',
      well: 'It is known of every attempt on which host it ran.',
    },
    facts,
  );
