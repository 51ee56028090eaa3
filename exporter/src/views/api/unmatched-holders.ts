import type { UnmatchedHolder } from '../../contract/coverage';
import type { RunKey } from '../../facts/attempt';
import type { Issue } from '../../facts/issue';
import { isWorkload, workloadName } from '../../facts/workload';
import type { UnmatchedRow } from '../../store/store';
import { hidesRuns } from '../findings/allow-list';
import { moneyOf, secondsOf } from '../wire';

const SHOWN = 50;

/** The dearest holders that are no run or of no team, each with what would most likely tell whose they are. */
export function unmatchedHolders(rows: readonly UnmatchedRow[], issues: readonly Issue[]): UnmatchedHolder[] {
  return rows.slice(0, SHOWN).map((row) => ({
    ...namesOf(row),
    confidence: row.confidence,
    hasTeam: row.hasTeam,
    amount: moneyOf(row.amount),
    heldGpuSeconds: secondsOf(row.heldGpuSeconds),
    likelyFix: likelyFix(row, issues),
  }));
}

const NAMELESS = { deployment: null, namespace: null, workload: null, flow: null, runId: null, host: null } as const;

function namesOf({ key, host }: UnmatchedRow) {
  if (key === null) return { kind: 'unattributed' as const, ...NAMELESS, host };
  const { deployment, flow, run } = key;
  if (!isWorkload(key)) return { kind: 'run' as const, ...NAMELESS, deployment, flow, runId: run };
  return { kind: 'workload' as const, ...NAMELESS, deployment, ...workloadName(key) };
}

function likelyFix({ key, host, hasTeam, confidence }: UnmatchedRow, issues: readonly Issue[]): string {
  if (key === null) return unknownUse(host ?? '');
  if (!isWorkload(key)) return teamlessRun(key, confidence);
  const hidden = issues.find((issue) => hidesRuns(issue) && isOfFeed(issue.feed, key.deployment));
  if (hidden !== undefined) {
    return `If it runs a Metaflow task, its cluster hides by which annotations that is told: ${hidden.remedy}`;
  }
  return hasTeam ? 'It has a team and is no Metaflow run: nothing, if it is meant to run.' : teamlessWorkload(key);
}

const isOfFeed = (feed: string, cluster: string): boolean => feed === cluster || feed.startsWith(`${cluster}/`);

const unknownUse = (host: string): string =>
  `GPUs of ${host} worked while nothing known held them: add the cluster of its pods under feeds.kubernetes, or ` +
  `declare what runs there under holdings: {flow: <flow>, host: ${host}, gpus: <gpus>}.`;

function teamlessRun({ flow, run }: RunKey, confidence: UnmatchedRow['confidence']): string {
  const isGuessed = confidence === 'estimated' || confidence === 'none';
  const also = isGuessed ? ' Its tie to what it held is a guess: feeds.kubernetes would make it sure.' : '';
  const next = `Tag it: run ${flow} with --tag team:<team>`;
  return `${next}, or map the project or user of run ${run} under dimensions.team.${also}`;
}

function teamlessWorkload(key: RunKey): string {
  const { namespace, workload } = workloadName(key);
  return (
    `Put the label team on the pods of ${namespace}/${workload} (spec.template.metadata.labels of its ` +
    'Deployment), and let kube-state-metrics tell it: --metric-labels-allowlist=pods=[team,…].'
  );
}
