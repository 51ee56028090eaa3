import type { Check } from './finding-facts';
import { issueFindings } from './issue-findings';

/** Issues of attempts that held something on no host of which it is known that it existed then. */
export const HOST_CODES = ['no_host', 'unknown_host', 'held_outside_host'] as const;

/** Whether attempts are missing from costs because nothing tells on which host they ran, or it did not exist then. */
export const runHosts: Check = (facts) =>
  issueFindings(
    {
      check: 'run_hosts',
      codes: HOST_CODES,
      statusOf: () => 'warn',
      well: 'It is known of every attempt on which host it ran, and the host existed then.',
    },
    facts,
  );
