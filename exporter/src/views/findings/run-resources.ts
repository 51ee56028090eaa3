import { type Check, counted, findingsOf, type Trouble } from './finding-facts';
import { issueFindings } from './issue-findings';
import { HOST_CODES } from './run-hosts';

const WELL = 'It is known of every attempt what it held.';
const SEE_HOSTS = 'Of no attempt it is told that what it held is unknown; run_hosts says what is not charged.';

/** Whether attempts are missing from costs because nothing tells what they held. */
export const runResources: Check = (facts) => {
  const status: Trouble['status'] = 'warn';
  const found = issueFindings(
    { check: 'run_resources', codes: ['no_resources'], statusOf: () => status, well: WELL },
    facts,
  );
  const { unchargedAttempts, issues } = facts;
  if (unchargedAttempts === 0 || found.some((finding) => finding.status !== 'ok')) return found;
  const codes: readonly string[] = HOST_CODES;
  if (issues.some(({ code }) => codes.includes(code))) return findingsOf('run_resources', SEE_HOSTS, []);
  const be = unchargedAttempts === 1 ? 'is' : 'are';
  const detail =
    `${counted(unchargedAttempts, 'attempt')} ${be} not charged, or only in part: what was held, or on which ` +
    'host of that time, nothing tells.';
  return findingsOf('run_resources', WELL, [{ status, detail, fix: HOLDINGS }]);
};

const HOLDINGS =
  'Declare what they hold in flowledger.yaml:\nholdings:\n  - {flow: <flow>, step: <step>, host: <host>, gpus: <gpus>}';
