import type { Attempt, AttemptKey, RunKey } from '../../exporter/src/facts/attempt';
import type {
  AllocatedCharge,
  ChargePeriod,
  GpuUsage,
  HourClosing,
  IdleCause,
  OriginCharge,
} from '../../exporter/src/facts/charge';
import type { DiscoveredHost } from '../../exporter/src/facts/host';
import type { Issue } from '../../exporter/src/facts/issue';
import type { Run } from '../../exporter/src/facts/run';
import type { Load } from '../../exporter/src/store/store';
import { HOUR_MS, type Instant, type Interval } from '../../exporter/src/units/interval';
import { bytes, milliVcpus, nanoGpuMilliseconds, nanoGpus } from '../../exporter/src/units/quantity';

/** The hour in which most store tests take place. */
export const NOON: Instant = Date.UTC(2026, 2, 14, 12);
/** 10¹²: one unit of currency. */
export const ONE = 1_000_000_000_000n;

/** A run's key. */
export const runKey = (run: string, flow = 'TrainFlow', deployment = 'prod'): RunKey => ({ deployment, flow, run });

/** A finished run of one hour. */
export function aRun(run: string, over: Partial<Run> = {}): Run {
  return {
    key: runKey(run),
    startedAt: NOON,
    endedAt: NOON + HOUR_MS,
    outcome: 'succeeded',
    user: 'ada',
    tags: [],
    systemTags: ['runtime:dev'],
    runtime: 'dev',
    variant: { id: 'v-1', method: 'config_values' },
    config: { config: { lr: 0.1, layers: [1, 2], deep: { name: null, on: true } } },
    fingerprint: 'f',
    labels: { team: 'vision', project: null, cost_center: null, experiment: null, model_version: null },
    gaps: { unchargedAttempts: 0, lostAttempts: 0 },
    ...over,
  };
}

/** A key of the only attempt of a step. */
export const attemptKey = (run: string, step = 'train', attempt = 0): AttemptKey => ({
  ...runKey(run),
  step,
  task: '7',
  attempt,
});

/** A finished attempt that held one GPU of host-a for an hour. */
export function anAttempt(key: AttemptKey, over: Partial<Attempt> = {}): Attempt {
  return {
    key,
    start: NOON,
    end: NOON + HOUR_MS,
    endSource: 'attempt_ok',
    outcome: 'succeeded',
    isClone: false,
    hosts: ['host-a'],
    held: { gpus: nanoGpus(10n ** 9n), vcpus: milliVcpus(2_000n), memory: bytes(1_024n), source: 'graph_info' },
    confidence: 'strong',
    lastSign: NOON + HOUR_MS,
    ...over,
  };
}

/** A piece in words: a holder, or the cause of idleness, or neither for unattributed. */
export type PieceSpec = {
  readonly holder?: AttemptKey;
  readonly cause?: IdleCause;
  readonly amount: bigint | null;
  readonly gpuTime?: bigint;
  readonly usage?: GpuUsage;
};

/** A charge period whose origin is the sum of its pieces. */
export function aPeriod(host: string, period: Interval, specs: readonly PieceSpec[]): ChargePeriod {
  const pieces = specs.map(({ holder = null, cause = null, amount, gpuTime = 10n ** 15n, usage }): AllocatedCharge => {
    const kind = holder ? 'workload' : cause ? 'idle' : 'unattributed';
    const heldMs = period.end - period.start;
    const weight = gpuTime * 3n;
    return {
      host,
      period,
      kind,
      cause,
      holder,
      amount,
      weight,
      heldMs,
      held: period,
      gpuTime: nanoGpuMilliseconds(gpuTime),
      ...(usage && { usage }),
    };
  });
  const priced = specs.every(({ amount }) => amount !== null);
  const total = pieces.reduce((sum, { amount }) => sum + (amount ?? 0n), 0n);
  const origin: OriginCharge = {
    host,
    period,
    amount: priced ? total : null,
    perHour: priced ? 32n * ONE : null,
    rung: priced ? 'rate_card' : 'unpriced',
    rateCard: priced ? 'card' : null,
    explanation: priced ? 'by card' : 'no price',
    capacityWeight: pieces.reduce((sum, { weight }) => sum + weight, 0n),
    gpuTime: nanoGpuMilliseconds(pieces.reduce((sum, { gpuTime }) => sum + gpuTime, 0n)),
    splitPolicy: 'gpu-first',
  };
  return { origin, pieces };
}

/** What was observed of a piece, in GPU-seconds; `mj` null where nothing tells its energy. */
export function aUsage(used: number, workloadIdle: number, mj: number | null = null): GpuUsage {
  const time = (seconds: number): GpuUsage['used'] => nanoGpuMilliseconds(BigInt(seconds) * ONE);
  return { used: time(used), workloadIdle: time(workloadIdle), busy: time(used), energyMillijoules: mj };
}

/** A node of eight GPUs as a cluster's feed saw it. */
export function aHost(name: string, over: Partial<DiscoveredHost> = {}): DiscoveredHost {
  return {
    ...{ name, feed: 'kube', pool: 'gpu', provider: 'aws', region: 'us-east-1', zone: 'us-east-1a' },
    instanceType: 'p5.48xlarge',
    capacityType: 'spot',
    gpus: nanoGpus(8n * 10n ** 9n),
    gpuModel: null,
    vcpus: milliVcpus(192_000n),
    memory: null,
    billingResourceId: 'i-0',
    internalIp: '10.0.0.1',
    from: NOON,
    to: null,
    ...over,
  };
}

/** The closing of one whole hour of a host, `hour` hours after {@link NOON}. */
export function aClosing(host: string, hour: number, specs: readonly PieceSpec[], pricingHash = 'p-1'): HourClosing {
  const span = hourAt(hour);
  return { host, hour: span, pricingHash, periods: [aPeriod(host, span, specs)] };
}

/** The hour that begins `hour` hours after {@link NOON}. */
export const hourAt = (hour: number): Interval => ({ start: NOON + hour * HOUR_MS, end: NOON + (hour + 1) * HOUR_MS });

/** A load of what is given and nothing else. */
export function aLoad(key: string, over: Partial<Load> = {}): Load {
  return { key, at: NOON, runs: [], attempts: [], closings: [], issues: [], ...over };
}

/** An issue that was found once. */
export function anIssue(over: Partial<Issue> = {}): Issue {
  return {
    code: 'bad_value',
    feed: 'metaflow',
    file: 'a.json',
    line: 3,
    column: null,
    field: 'ts_epoch',
    value: 'soon',
    reason: 'is not a number',
    remedy: 'Remove the file.',
    count: 1,
    ...over,
  };
}

/** What a user might type into a name, or an attacker. */
export const HOSTILE_NAMES: readonly string[] = [
  `it's "quoted"`,
  `'; DROP TABLE runs; --`,
  `\\'; DROP TABLE runs; --`,
  'nul\u0000inside',
  '😀 🏳️‍🌈 Ωμέγα',
  'x'.repeat(500),
  '\\N',
  'NULL',
  '{q:String}',
  'tab\tnewline\nreturn\r',
  '%_[]',
  ' ',
];
