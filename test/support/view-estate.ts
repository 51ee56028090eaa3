import type { Attempt, AttemptKey } from '../../exporter/src/facts/attempt';
import type { AllocatedCharge, ChargePeriod, GpuUsage, HourClosing, IdleCause } from '../../exporter/src/facts/charge';
import type { Host } from '../../exporter/src/facts/host';
import type { PublishedState } from '../../exporter/src/facts/published';
import type { Run } from '../../exporter/src/facts/run';
import type { Load } from '../../exporter/src/store/store';
import { HOUR_MS, type Instant } from '../../exporter/src/units/interval';
import { bytes, milliVcpus, nanoGpuMilliseconds, nanoGpusFromGpus } from '../../exporter/src/units/quantity';
import { split } from '../../exporter/src/units/split';

/** The hour in which the estate's story begins. */
export const DAWN: Instant = Date.parse('2026-11-21T04:00:00.000Z');
export const MINUTE_MS = 60_000;

/** A name that attacks HTML, PromQL text, JSON and the eye. */
export const HOSTILE = '<img src=x onerror=alert(1)>"\'} 1\nfake_metric{x="\\" \u202Egnol' + 'ö'.repeat(500);

/** A host; what is not said is unknown. */
export function host(name: string, facts: Partial<Host> = {}): Host {
  return {
    name,
    pool: null,
    provider: null,
    region: null,
    instanceType: null,
    capacityType: null,
    gpus: nanoGpusFromGpus(0),
    gpuModel: null,
    vcpus: milliVcpus(8000n),
    memory: bytes(34_359_738_368n),
    billingResourceId: null,
    from: null,
    to: null,
    ...facts,
  };
}

/** A run that succeeded an hour after the story begins, unless said otherwise. */
export function run(path: string, facts: Partial<Run> & { deployment?: string } = {}): Run {
  const [flow = '', id = ''] = path.split('/');
  const { deployment = 'prod', ...rest } = facts;
  return {
    key: { deployment, flow, run: id },
    startedAt: DAWN,
    endedAt: DAWN + HOUR_MS,
    outcome: 'succeeded',
    user: 'ada',
    tags: [],
    systemTags: [],
    runtime: 'dev',
    variant: null,
    config: null,
    fingerprint: path,
    labels: { team: null, project: null, cost_center: null, experiment: null, model_version: null },
    gaps: { unchargedAttempts: 0, lostAttempts: 0 },
    ...rest,
  };
}

/** An attempt of `run`, `step/task` or `step/task/attempt`, that held GPUs on node-a for the run's time. */
export function attempt(of: Run, path: string, facts: Partial<Attempt> = {}): Attempt {
  const [step = '', task = '', number = '0'] = path.split('/');
  return {
    key: { ...of.key, step, task, attempt: Number(number) },
    start: of.startedAt,
    end: of.endedAt,
    endSource: of.endedAt === null ? 'open' : 'attempt_done',
    outcome: of.outcome,
    isClone: false,
    hosts: ['node-a'],
    held: { gpus: nanoGpusFromGpus(2), vcpus: milliVcpus(1000n), memory: bytes(4_294_967_296n), source: 'graph_info' },
    confidence: 'strong',
    lastSign: of.endedAt ?? of.startedAt,
    ...facts,
  };
}

/** Who held how many GPUs from minute to minute of a charge period, and what telemetry tells of it. */
export type Share = {
  readonly holder: AttemptKey;
  readonly gpus: number;
  readonly minutes: readonly [number, number];
  readonly usage?: GpuUsage;
};

/** What telemetry tells of held GPU time: GPU-minutes used and idle, and the energy in joules. */
export function usage(of: { used: number; idle: number; joules: number | null }): GpuUsage {
  const gpuMinutes = (count: number) => nanoGpuMilliseconds(BigInt(count * MINUTE_MS) * 1_000_000_000n);
  return {
    used: gpuMinutes(of.used),
    workloadIdle: gpuMinutes(of.idle),
    busy: gpuMinutes(of.used),
    energyMillijoules: of.joules === null ? null : of.joules * 1000,
  };
}

/** An hour (or less) of a host, split among holders and idle; a null price leaves it unpriced. */
export function chargePeriod(of: {
  readonly host: string;
  readonly gpus: number;
  readonly start: Instant;
  readonly end: Instant;
  readonly perHour: bigint | null;
  readonly shares: readonly Share[];
  readonly cause?: IdleCause;
}): ChargePeriod {
  const period = { start: of.start, end: of.end };
  const capacityWeight = BigInt(Math.round(of.gpus * 1e9)) * BigInt(of.end - of.start);
  const amount = of.perHour === null ? null : (of.perHour * BigInt(of.end - of.start)) / BigInt(HOUR_MS);
  const weights = of.shares.map(
    ({ gpus, minutes: [from, to] }) => BigInt(Math.round(gpus * 1e9)) * BigInt((to - from) * MINUTE_MS),
  );
  const idleWeight = capacityWeight - weights.reduce((sum, weight) => sum + weight, 0n);
  const amounts = amount === null ? null : split(amount, [...weights, idleWeight]);
  const workload = of.shares.map(({ holder, minutes: [from, to], usage: told }, index): AllocatedCharge => ({
    host: of.host,
    period,
    kind: 'workload',
    cause: null,
    holder,
    amount: amounts?.[index] ?? null,
    weight: weights[index]!,
    heldMs: (to - from) * MINUTE_MS,
    held: { start: of.start + from * MINUTE_MS, end: of.start + to * MINUTE_MS },
    gpuTime: nanoGpuMilliseconds(weights[index]!),
    ...(told && { usage: told }),
  }));
  const idle: AllocatedCharge = {
    host: of.host,
    period,
    kind: 'idle',
    cause: of.cause ?? (of.shares.length === 0 ? 'no_work' : 'beside_work'),
    holder: null,
    amount: amounts?.at(-1) ?? null,
    weight: idleWeight,
    heldMs: of.end - of.start,
    held: period,
    gpuTime: nanoGpuMilliseconds(idleWeight),
  };
  const origin = {
    host: of.host,
    period,
    amount,
    perHour: of.perHour,
    rung: of.perHour === null ? ('unpriced' as const) : ('rate_card' as const),
    rateCard: of.perHour === null ? null : 'on-prem',
    explanation: of.perHour === null ? `No rate card names ${of.host}.` : 'Rate card on-prem: 32 $/h for the host.',
    capacityWeight,
    gpuTime: nanoGpuMilliseconds(capacityWeight),
    splitPolicy: 'gpu-first',
  };
  return { origin, pieces: idleWeight > 0n ? [...workload, idle] : workload };
}

/** Charge periods of one host as closed hours. */
export function closingsOf(periods: readonly ChargePeriod[]): HourClosing[] {
  return periods.map((period) => {
    const start = Math.floor(period.origin.period.start / HOUR_MS) * HOUR_MS;
    return { host: period.origin.host, hour: { start, end: start + HOUR_MS }, pricingHash: 'p1', periods: [period] };
  });
}

/** A load of facts, published as one. */
export function load(key: string, facts: Partial<Load>): Load {
  return { key, at: DAWN, runs: [], attempts: [], closings: [], issues: [], ...facts };
}

/** A published state that shows nothing yet. */
export function publishedState(facts: Partial<PublishedState> = {}): PublishedState {
  return {
    asOf: 0,
    computedAt: DAWN + 2 * HOUR_MS,
    completeUntil: DAWN + 2 * HOUR_MS,
    currency: 'USD',
    example: false,
    open: [],
    spend: [],
    runs: [],
    workloads: [],
    budgets: [],
    reach: [],
    rollups: [],
    gpuTime: [],
    hosts: [],
    feeds: [],
    issues: [],
    invariantViolations: 0,
    ...facts,
  };
}
