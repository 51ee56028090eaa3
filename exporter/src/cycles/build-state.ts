import { type AttemptKey, type RunKey, runKeyText } from '../facts/attempt';
import type { AllocatedCharge, ChargePeriod } from '../facts/charge';
import type { FeedHealth, GpuTimeTotal, PublishedState, Rollup, SpendNow } from '../facts/published';
import type { Issue } from '../facts/issue';
import type { Run } from '../facts/run';
import { priceAt } from '../ledger/charge-periods';
import type { ClosedCost, LoadId, Store } from '../store/store';
import { HOUR_MS, type Instant, hourStart, monthOf } from '../units/interval';
import type { Standing } from './close-hours';
import type { Estate } from './estate';
import { expectations } from './expectations';
import { heldSpans } from './ledger-span';
import { type OpenLedger, openLedger, openSince } from './open-hours';
import { closedRollups, withOpen } from './rollups';
import { openCosts, runMetrics, workloadPieces } from './run-metrics';
import { remember } from './remember';

/** How long a spend rate outlives the last successful poll: an outage must not resolve a burning alert. */
const RATE_OUTLIVES_FEED_MS = 15 * 60_000;

/** What stays the same while the exporter runs. */
export type StateContext = {
  readonly store: Store;
  readonly estate: Estate;
  readonly currency: string;
  readonly example: boolean;
  readonly finishedTtlMs: number;
};

/** What one cycle brings to the state. */
export type Moment = {
  readonly standing: Standing;
  readonly at: Instant;
  readonly completeUntil: Instant | null;
  readonly feeds: readonly FeedHealth[];
  readonly issues: readonly Issue[];
  readonly invariantViolations: number;
};

/** Builds what scrapes and API calls read; asks the store only for what a new load or hour has changed. */
export function stateBuilder(context: StateContext): (moment: Moment) => Promise<PublishedState> {
  const { store, estate } = context;
  const recentRuns = remember((since: Instant, asOf: LoadId) => store.recentRuns(since, asOf));
  const gpuTimeAt = remember((asOf: LoadId) => gpuTime(context, asOf));
  const gpuTotals = risingTotals();
  const ledgerAt = openLedgerReader(context);
  const costsOf = closedCostReader(store);
  const rollupsAt = rollupReader(store);
  return async (moment) => {
    const { standing, at, completeUntil } = moment;
    const { asOf } = standing;
    const until = completeUntil ?? latestClose(standing);
    const open = until === null ? NOTHING_OPEN : await ledgerAt(standing, until);
    const recent = await recentRuns(hourStart(at) - context.finishedTtlMs, asOf);
    const runs = await withOpenRuns(store, { recent, open: open.periods, asOf });
    const spend = at - (until ?? 0) > RATE_OUTLIVES_FEED_MS ? [] : spendNow(estate, open, runs);
    const expected = await expectations({ store, asOf }, { estate, runs, spend, at: until ?? at });
    return {
      asOf,
      computedAt: at,
      completeUntil: until,
      currency: context.currency,
      example: context.example,
      open: open.periods,
      spend,
      runs: runMetrics({
        runs: [...runs.values()],
        closed: await costsOf(recent, asOf, [...runs.values()]),
        open: openCosts(open.periods),
        spend,
        expected,
      }),
      rollups: await rollupsAt({ asOf, month: monthOf(until ?? at).start, open: open.periods, runs }),
      gpuTime: gpuTotals(await gpuTimeAt(asOf)),
      hosts: [...estate.hosts.values()].map(({ host, prices }) => ({ host, price: priceAt(prices, until ?? at) })),
      feeds: moment.feeds,
      issues: moment.issues,
      invariantViolations: moment.invariantViolations,
    };
  };
}

const NOTHING_OPEN: OpenLedger = { periods: [], spend: [] };

const latestClose = ({ closed }: Standing): Instant | null =>
  closed.size === 0 ? null : Math.max(...[...closed.values()].map(({ until }) => until));

function openLedgerReader({
  store,
  estate,
}: StateContext): (standing: Standing, until: Instant) => Promise<OpenLedger> {
  const spansAt = remember(async (asOf: LoadId) => heldSpans(await store.hostSpans(asOf), []));
  const attemptsSince = remember((start: Instant, asOf: LoadId) =>
    store.attemptsOnHosts([...estate.hosts.keys()], { start, end: Number.MAX_SAFE_INTEGER - HOUR_MS }, asOf),
  );
  return async ({ closed, asOf }, completeUntil) => {
    const spans = await spansAt(asOf);
    const start = openSince({ estate, closed, spans, completeUntil });
    const attempts = await attemptsSince(hourStart(start), asOf);
    return openLedger({ estate, closed, spans, attempts, completeUntil });
  };
}

type ClosedCosts = (recent: readonly Run[], asOf: LoadId, all: readonly Run[]) => Promise<Map<string, ClosedCost>>;

/** Closed costs of the recent runs, read once a load, and of the few others that have open pieces. */
function closedCostReader(store: Store): ClosedCosts {
  const read = remember(async (runs: readonly Run[], asOf: LoadId) =>
    runs.length === 0
      ? []
      : store.closedCosts(
          runs.map(({ key }) => key),
          asOf,
        ),
  );
  return async (recent, asOf, all) => {
    const known = new Set(recent);
    const others = all.filter((run) => !known.has(run)).map(({ key }) => key);
    const costs = [
      ...(await read(recent, asOf)),
      ...(others.length === 0 ? [] : await store.closedCosts(others, asOf)),
    ];
    return new Map(costs.map((cost) => [runKeyText(cost.key), cost]));
  };
}

type RollupMoment = {
  asOf: LoadId;
  month: Instant;
  open: readonly ChargePeriod[];
  runs: ReadonlyMap<string, Run>;
};

function rollupReader(store: Store): (moment: RollupMoment) => Promise<Rollup[]> {
  const read = remember(async (_names: string, asOf: LoadId, { keys, month }: { keys: RunKey[]; month: Instant }) => {
    const closed = await closedRollups({ store, asOf, month: monthOf(month) }, keys);
    const pieces = await Promise.all(keys.map((key) => store.piecesOfRun(key, asOf)));
    const closedPieces: AllocatedCharge[] = pieces.flat().filter(({ period }) => period.start >= month);
    return { closed, closedPieces };
  });
  return async ({ asOf, month, open, runs }) => {
    const ofMonth = open.filter(({ origin }) => origin.period.start >= month);
    const keys = distinctRuns(ofMonth);
    const names = `${month} ${[...keys.keys()].sort().join(' ')}`;
    return withOpen({ ...(await read(names, asOf, { keys: [...keys.values()], month })), open: ofMonth, runs });
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
    const team = piece.holder ? (runs.get(runKeyText(piece.holder))?.labels.team ?? null) : null;
    return { ...piece, pool, gpuModel, team };
  });
}

async function gpuTime({ store, estate }: StateContext, asOf: LoadId): Promise<GpuTimeTotal[]> {
  const rows = await store.gpuTime(asOf);
  return rows.map(({ kind, cause, team, host, gpuSeconds }) => {
    const known = estate.hosts.get(host)?.host;
    const state = kind === 'workload' ? 'unobserved' : (kind as 'idle' | 'unattributed');
    return { state, cause, team, pool: known?.pool ?? null, gpuModel: known?.gpuModel ?? null, gpuSeconds };
  });
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
