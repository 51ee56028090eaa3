import { type RunKey, runKeyText } from '../facts/attempt';
import type { Budget } from '../facts/budget';
import { type Issue, NOWHERE } from '../facts/issue';
import type { BudgetNow, Rollup, TelemetryReach } from '../facts/published';
import type { Run } from '../facts/run';
import type { HeldActivity } from '../ledger/usage';
import type { LoadId, Store } from '../store/store';
import { gpusFromNanoGpus, nanoGpus } from '../units/quantity';
import { remember } from './remember';

/** Mean activity, 0 to 1, of the GPUs that each run holds now and that are observed, by run. */
export function utilizationByRun(activity: readonly HeldActivity[]): Map<string, number> {
  const sums = new Map<string, { observed: bigint; busy: bigint }>();
  for (const { holder, observed, busy } of activity) {
    const text = runKeyText(holder satisfies RunKey);
    const known = sums.get(text) ?? { observed: 0n, busy: 0n };
    sums.set(text, { observed: known.observed + observed, busy: known.busy + busy });
  }
  const observed = [...sums].filter(([, sum]) => sum.observed > 0n);
  return new Map(
    observed.map(([text, sum]) => [
      text,
      gpusFromNanoGpus(nanoGpus(sum.busy)) / gpusFromNanoGpus(nanoGpus(sum.observed)),
    ]),
  );
}

/** Tells the namespaces of the pods of live runs, by run; asked once a load. */
export function namespaceReader(
  store: Store,
): (asOf: LoadId, runs: ReadonlyMap<string, Run>) => Promise<Map<string, string>> {
  const attemptsOf = remember(async (asOf: LoadId, names: string, keys: readonly RunKey[]) =>
    names === '' ? [] : store.attemptsOfRuns(keys, asOf),
  );
  return async (asOf, runs) => {
    const live = [...runs.values()].filter(({ outcome }) => outcome === 'running');
    const keys = live.map(({ key }) => key);
    const attempts = await attemptsOf(asOf, keys.map(runKeyText).join('\n'), keys);
    return new Map(attempts.flatMap(({ key, pod }) => (pod ? [[runKeyText(key), pod.namespace] as const] : [])));
  };
}

/** Month budgets with what is spent of them; a budget of several parts is left out: no rollup says what it holds. */
export function budgetsNow(budgets: readonly Budget[], rollups: readonly Rollup[]): BudgetNow[] {
  return budgets.flatMap((budget) => {
    const scopes = (['flow', 'team', 'experiment'] as const).filter((scope) => budget[scope] !== null);
    if (budget.period !== 'month' || scopes.length > 1) return [];
    const scope = scopes[0] ?? 'all';
    const name = scope === 'all' ? '' : budget[scope]!;
    const dimension = scope === 'all' ? 'team' : scope;
    const spent = rollups
      .filter((rollup) => rollup.dimension === dimension && (scope === 'all' || rollup.value === name))
      .reduce((total, { cost }) => total + cost.estimated + cost.billed, 0n);
    return [{ scope, name, amount: budget.amount, spent }];
  });
}

/** Hosts on which telemetry sees more GPUs than they have by allocation: one of the two is wrong. */
export function conflictIssues(reach: readonly TelemetryReach[]): Issue[] {
  return reach
    .filter(({ gpus, seen }) => seen > gpus)
    .map(({ host, gpus, seen }) => ({
      ...NOWHERE,
      code: 'gpu_count_conflict' as const,
      feed: 'telemetry',
      field: 'hosts[].gpus',
      value: host,
      reason: `Telemetry sees ${seen} GPUs on ${host}, which has ${gpus} by its allocation records.`,
      remedy:
        `Correct hosts[].gpus of ${host}, or look why its device plugin does not tell of all GPUs; ` +
        `cost follows ${gpus}.`,
    }));
}
