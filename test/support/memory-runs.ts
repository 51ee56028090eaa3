import type { Run } from '../../exporter/src/facts/run';
import type { Attempt, RunKey } from '../../exporter/src/facts/attempt';
import type { FlowRow, HostSpan, RunQuery, Store } from '../../exporter/src/store/store';
import type { Instant } from '../../exporter/src/units/interval';
import { compareUtf8 } from '../../exporter/src/units/utf8-order';

/** True when a run is one that is asked for. */
export function matches(run: Run, query: RunQuery): boolean {
  const { key, user, tags, labels, outcome, startedAt } = run;
  const q = (query.q ?? '').toLowerCase();
  return (
    [key.flow, key.run, user ?? '', ...tags].some((text) => text.toLowerCase().includes(q)) &&
    key.deployment === (query.deployment ?? key.deployment) &&
    key.flow === (query.flow ?? key.flow) &&
    (query.teams?.includes(labels.team ?? '') ?? true) &&
    outcome === (query.outcome ?? outcome) &&
    labels.experiment === (query.experiment ?? labels.experiment) &&
    startedAt >= (query.from ?? -Infinity) &&
    startedAt < (query.to ?? Infinity)
  );
}

type Started = { readonly startedAt: Instant; readonly key: RunKey };

/** Orders runs by start, the newest first, then by key. */
export const newestFirst = (a: Started, b: Started): number =>
  b.startedAt - a.startedAt || byFlow(a.key, b.key) || compareUtf8(a.key.run, b.key.run);

/** Orders by deployment and flow. */
export const byFlow = (a: { deployment: string; flow: string }, b: { deployment: string; flow: string }): number =>
  compareUtf8(a.deployment, b.deployment) || compareUtf8(a.flow, b.flow);

/** The flows of runs that are asked for. */
export function flowRows(runs: readonly Run[], query: Parameters<Store['flows']>[1]): FlowRow[] {
  const flows = new Map<string, FlowRow>();
  for (const { key, startedAt } of runs) {
    const text = JSON.stringify([key.deployment, key.flow]);
    const known = flows.get(text);
    const lastStartedAt = Math.max(startedAt, known?.lastStartedAt ?? startedAt);
    flows.set(text, { deployment: key.deployment, flow: key.flow, runs: (known?.runs ?? 0) + 1, lastStartedAt });
  }
  return [...flows.values()]
    .filter((row) => row.flow.toLowerCase().includes((query.q ?? '').toLowerCase()))
    .filter(({ deployment }) => deployment === (query.deployment ?? deployment))
    .sort(byFlow)
    .filter((row) => !query.after || byFlow(row, query.after) > 0)
    .slice(0, query.limit);
}

/** When each host first and last held something. */
export function hostSpansOf(attempts: readonly Attempt[]): HostSpan[] {
  const spans = new Map<string, HostSpan>();
  for (const { hosts, start, end, isClone, held } of attempts) {
    if (isClone || held === null || start === end) continue;
    for (const host of hosts) {
      const known = spans.get(host);
      const lastHeld = end === null || known?.lastHeld === null ? null : Math.max(end, known?.lastHeld ?? end);
      spans.set(host, { host, firstHeld: Math.min(start, known?.firstHeld ?? start), lastHeld });
    }
  }
  return [...spans.values()].sort((a, b) => compareUtf8(a.host, b.host));
}
