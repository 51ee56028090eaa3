import { type Attempt, type AttemptKey, type RunKey, runKeyText } from '../facts/attempt';
import type { Budget } from '../facts/budget';
import type { AllocatedCharge, ChargePeriod } from '../facts/charge';
import type { FeedHealth, GpuTimeTotal, PublishedState, Rollup, SpendNow } from '../facts/published';
import type { DeviceStretch } from '../facts/gpu-sample';
import type { Host } from '../facts/host';
import type { Issue } from '../facts/issue';
import type { Run } from '../facts/run';
import { priceAt } from '../ledger/charge-periods';
import type { ClosedCost, LoadId, Store } from '../store/store';
import { HOUR_MS, type Instant, hourStart, monthOf } from '../units/interval';
import type { Standing } from './close-hours';
import type { Estate } from './estate';
import { expectationReader } from './expectations';
import type { HeldSpan, SpansAt } from './ledger-span';
import { type OpenLedger, openLedger, openSince } from './open-hours';
import { closedRollups, withOpen } from './rollups';
import { openCosts, runMetrics, type RunMetricsInput, workloadMetrics } from './run-metrics';
import { workloadPieces } from './workload-pieces';
import type { Telemetry } from './telemetry';
import { budgetsNow, conflictIssues, namespaceReader, utilizationByRun } from './state-parts';
import { recentRunsReader } from './recent-runs';
import { remember } from './remember';
import { unpricedIssues } from './unpriced-issues';

/** How stale the labels of month-to-date rollups may be; their amounts never are. */
const ROLLUP_LABELS_MS = 60_000;

/** What stays the same while the exporter runs. */
export type StateContext = {
  readonly store: Store;
  readonly estate: Estate;
  readonly currency: string;
  readonly example: boolean;
  readonly finishedTtlMs: number;
  readonly yamlToPaste: (host: Host) => string;
  readonly budgets?: readonly Budget[];
};

/** What one cycle brings to the state. */
export type Moment = {
  readonly standing: Standing;
  readonly at: Instant;
  /** The instant up to which every feed has been read. */
  readonly completeUntil: Instant | null;
  /** The newest instant that any feed was read at, in this process or before; null when nothing was ever read. */
  readonly until: Instant | null;
  /** When the last process stored something. */
  readonly leftOffAt: Instant | null;
  /** Up to when an attempt is known: by its pod's cluster, else by its Metaflow feed. */
  readonly knownUntil: (attempt: Attempt) => Instant;
  /** Up to when a host is known by its cluster; undefined for hosts of none, null where it was never read. */
  readonly hostKnownUntil: (host: string) => Instant | null | undefined;
  readonly spansAt: SpansAt;
  readonly feeds: readonly FeedHealth[];
  readonly issues: readonly Issue[];
  readonly invariantViolations: number;
};

/** Builds what scrapes and API calls read; asks the store only for what a new load or hour has changed. */
export function stateBuilder(context: StateContext, telemetry: Telemetry): (moment: Moment) => Promise<PublishedState> {
  const { store, estate, budgets = [] } = context;
  const recentRuns = recentRunsReader(store);
  const gpuTimeAt = remember((asOf: LoadId) => gpuTime(context, asOf));
  const gpuTotals = risingTotals();
  const ledgerAt = openLedgerReader(context, telemetry);
  const costsOf = closedCostReader(store);
  const rollupsAt = rollupReader(store);
  const expected = expectationReader(store);
  const namespacesOf = namespaceReader(store);
  return async (moment) => {
    const { standing, at, completeUntil, until } = moment;
    const { asOf } = standing;
    const spans = await moment.spansAt(asOf);
    const open = until === null ? NOTHING_OPEN : await ledgerAt({ ...moment, until, spans });
    const recent = await recentRuns(hourStart(at) - context.finishedTtlMs, asOf);
    const runs = await withOpenRuns(store, { recent, open: open.periods, asOf });
    const spend = spendNow(estate, open, runs);
    const month = monthOf(until ?? at).start;
    const rollups = await rollupsAt({ standing, at, month, open: open.periods, runs });
    const now = until ?? at;
    const { closedAsOf } = standing;
    const input: RunMetricsInput = {
      runs: [...runs.values()],
      closed: await costsOf(standing, recent, runs),
      open: openCosts(open.periods),
      spend,
      expected: await expected(asOf, { estate, runs, spend, at: now, open: open.periods, closedAsOf }),
      utilization: utilizationByRun(open.activity),
      namespaces: await namespacesOf(asOf, runs),
      budgets,
      at,
    };
    const reach = telemetry.reach(at);
    return {
      asOf,
      computedAt: at,
      completeUntil,
      currency: context.currency,
      example: context.example,
      open: open.periods,
      spend,
      runs: runMetrics(input),
      workloads: workloadMetrics(input),
      budgets: budgetsNow(budgets, rollups),
      reach,
      rollups,
      gpuTime: gpuTotals(await gpuTimeAt(standing.closedAsOf)),
      hosts: [...estate.hosts.values()].map(({ host, prices }) => ({ host, price: priceAt(prices, now) })),
      feeds: moment.feeds,
      issues: [
        ...moment.issues,
        ...conflictIssues(reach),
        ...unpricedIssues({ estate, spans, at: now }, context.yamlToPaste),
      ],
      invariantViolations: moment.invariantViolations,
    };
  };
}

const NOTHING_OPEN: OpenLedger = { periods: [], spend: [], activity: [] };

type OpenMoment = Moment & { readonly until: Instant; readonly spans: ReadonlyMap<string, HeldSpan> };

function openLedgerReader(
  { store, estate }: StateContext,
  telemetry: Telemetry,
): (moment: OpenMoment) => Promise<OpenLedger> {
  const attemptsSince = remember((start: Instant, asOf: LoadId) =>
    store.attemptsOnHosts([...estate.hosts.keys()], { start, end: Number.MAX_SAFE_INTEGER - HOUR_MS }, asOf),
  );
  return async ({ standing: { closed, asOf }, spans, until, knownUntil, hostKnownUntil, leftOffAt, at }) => {
    const hostUntil = (host: string): Instant => {
      const known = hostKnownUntil(host);
      return known === undefined ? until : (known ?? leftOffAt ?? 0);
    };
    const hours = { estate, closed, spans, until, hostUntil };
    const start = hourStart(openSince(hours));
    const attempts = await attemptsSince(start, asOf);
    const stretches = telemetry.isOn ? await telemetry.open({ start, end: until }, at) : new Map<string, never>();
    const stretchesAt = (host: string, since: Instant): DeviceStretch[] =>
      telemetry.stretchesAt(host, { at: since, now: at });
    return openLedger({ ...hours, attempts, knownUntil, at, stretches, stretchesAt });
  };
}

type ClosedCosts = (
  standing: Standing,
  recent: readonly Run[],
  all: ReadonlyMap<string, Run>,
) => Promise<Map<string, ClosedCost>>;

/** Closed costs by run; read when something was closed, since nothing else changes them. */
function closedCostReader(store: Store): ClosedCosts {
  const read = remember(async (closedAsOf: LoadId, _: null, runs: readonly Run[]) => {
    const keys = runs.map(({ key }) => key);
    return keys.length === 0 ? [] : store.closedCosts(keys, closedAsOf);
  });
  return async ({ closed, closedAsOf }, recent, all) => {
    const costs = new Map((await read(closedAsOf, null, recent)).map((cost) => [runKeyText(cost.key), cost]));
    const until = Math.max(0, ...[...closed.values()].map((range) => range.until));
    const others = [...all]
      .filter(([text, run]) => !costs.has(text) && run.startedAt < until)
      .map(([, run]) => run.key);
    const more = others.length === 0 ? [] : await store.closedCosts(others, closedAsOf);
    for (const cost of more) costs.set(runKeyText(cost.key), cost);
    return costs;
  };
}

type RollupMoment = {
  standing: Standing;
  at: Instant;
  month: Instant;
  open: readonly ChargePeriod[];
  runs: ReadonlyMap<string, Run>;
};

type ClosedPart = { closed: Rollup[]; closedPieces: AllocatedCharge[] };

function rollupReader(store: Store): (moment: RollupMoment) => Promise<Rollup[]> {
  const read = remember(
    async (_when: string, asOf: LoadId, { keys, month }: { keys: RunKey[]; month: Instant }): Promise<ClosedPart> => {
      const closed = await closedRollups({ store, asOf, month: monthOf(month) }, keys);
      const pieces = await Promise.all(keys.map((key) => store.piecesOfRun(key, asOf)));
      return { closed, closedPieces: pieces.flat().filter(({ period }) => period.start >= month) };
    },
  );
  let last: { when: string; asOf: LoadId } | null = null;
  return async ({ standing: { asOf, closedAsOf }, at, month, open, runs }) => {
    const ofMonth = open.filter(({ origin }) => origin.period.start >= month);
    const when = `${month} ${closedAsOf} ${Math.floor(at / ROLLUP_LABELS_MS)}`;
    if (last?.when !== when) last = { when, asOf };
    const keys = [...distinctRuns(ofMonth).values()];
    return withOpen({ ...(await read(last.when, last.asOf, { keys, month })), open: ofMonth, runs });
  };
}

function distinctRuns(periods: readonly ChargePeriod[]): Map<string, AttemptKey> {
  return new Map(workloadPieces(periods).map(({ holder }) => [runKeyText(holder), holder]));
}

type WithOpen = { recent: readonly Run[]; open: readonly ChargePeriod[]; asOf: LoadId };

async function withOpenRuns(store: Store, { recent, open, asOf }: WithOpen): Promise<Map<string, Run>> {
  const runs = new Map(recent.map((run) => [runKeyText(run.key), run]));
  const missing = [...distinctRuns(open)].filter(([text]) => !runs.has(text)).map(([, key]) => key);
  const found = missing.length === 0 ? [] : await store.runsByKey(missing, asOf);
  for (const run of found) runs.set(runKeyText(run.key), run);
  return runs;
}

function spendNow(estate: Estate, { spend }: OpenLedger, runs: ReadonlyMap<string, Run>): SpendNow[] {
  return spend.map((piece) => {
    const { pool, gpuModel } = estate.hosts.get(piece.host)!.host;
    const labels = piece.holder ? runs.get(runKeyText(piece.holder))?.labels : undefined;
    return { ...piece, pool, gpuModel, team: labels?.team ?? null, project: labels?.project ?? null };
  });
}

async function gpuTime({ store, estate }: StateContext, asOf: LoadId): Promise<GpuTimeTotal[]> {
  const rows = await store.gpuTime(asOf);
  return rows.flatMap(
    ({ kind, cause, team, host, gpuSeconds, usedGpuSeconds, workloadIdleGpuSeconds }): GpuTimeTotal[] => {
      const known = estate.hosts.get(host)?.host;
      const labels = { cause, team, pool: known?.pool ?? null, gpuModel: known?.gpuModel ?? null };
      if (kind !== 'workload') return [{ ...labels, state: kind as 'idle' | 'unattributed', gpuSeconds }];
      const unobserved = gpuSeconds - usedGpuSeconds - workloadIdleGpuSeconds;
      return [
        { ...labels, state: 'used', gpuSeconds: usedGpuSeconds },
        { ...labels, state: 'workload_idle', gpuSeconds: workloadIdleGpuSeconds },
        { ...labels, state: 'unobserved', gpuSeconds: Math.max(0, unobserved) },
      ];
    },
  );
}

/** A counter must not fall while the process lives, and a restatement can move time between labels. */
function risingTotals(): (totals: readonly GpuTimeTotal[]) => GpuTimeTotal[] {
  const highest = new Map<string, GpuTimeTotal>();
  return (totals) => {
    const sums = new Map<string, GpuTimeTotal>();
    for (const total of totals) {
      const { gpuSeconds: _seconds, ...labels } = total;
      const name = JSON.stringify(labels);
      sums.set(name, { ...total, gpuSeconds: total.gpuSeconds + (sums.get(name)?.gpuSeconds ?? 0) });
    }
    for (const [name, total] of sums) {
      if (total.gpuSeconds > (highest.get(name)?.gpuSeconds ?? -1)) highest.set(name, total);
    }
    return [...highest.values()];
  };
}
