import { type Check, counted, findingsOf, type Trouble } from './finding-facts';
import { issueFindings } from './issue-findings';

const WELL = 'It is known of every attempt what it held.';

/** Whether attempts are missing from costs because nothing tells what they held. */
export const runResources: Check = (facts) => {
  const status: Trouble['status'] = 'warn';
  const found = issueFindings(
    { check: 'run_resources', codes: ['no_resources'], statusOf: () => status, well: WELL },
    facts,
  );
  const { unchargedAttempts } = facts;
  if (unchargedAttempts === 0 || found.some((finding) => finding.status !== 'ok')) return found;
  const detail = `${counted(unchargedAttempts, 'attempt')} held something that nothing tells, or on no known host.`;
  return findingsOf('run_resources', WELL, [{ status, detail, fix: HOLDINGS }]);
};

const HOLDINGS =
  'Declare what they hold in flowledger.yaml:\nholdings:\n  - {flow: <flow>, step: <step>, host: <host>, gpus: <gpus>}';
