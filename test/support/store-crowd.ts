import type { Attempt, RunKey } from '../../exporter/src/facts/attempt';
import type { AllocatedCharge, ChargePeriod, HourClosing, OriginCharge } from '../../exporter/src/facts/charge';
import type { Run } from '../../exporter/src/facts/run';
import type { Load } from '../../exporter/src/store/store';
import { HOUR_MS, type Instant } from '../../exporter/src/units/interval';
import { bytes, milliVcpus, nanoGpuMilliseconds, nanoGpus } from '../../exporter/src/units/quantity';

const GPU = 1_000_000_000n;
const MINUTE = 60_000;
const GPUS_PER_HOST = 8;
const ATTEMPTS_PER_RUN = 6;
const STEPS = ['start', 'load', 'train', 'evaluate', 'publish', 'end'];

/** How many runs, over which hosts and hours, make a crowd. */
export type CrowdOptions = {
  readonly runs: number;
  readonly runsPerLoad: number;
  readonly start: Instant;
  readonly hosts: number;
};

/**
 * Loads of many runs of six attempts each, with the closed hours of the hosts that they share; made from counters
 * alone, so that the same options give the same loads. Eight runs at a time share a host for one hour.
 */
export function* crowdLoads({ runs, runsPerLoad, start, hosts }: CrowdOptions): Generator<Load> {
  for (let from = 0; from < runs; from += runsPerLoad) {
    const members = Array.from({ length: Math.min(runsPerLoad, runs - from) }, (_, index) =>
      memberOf(from + index, { start, hosts }),
    );
    const closings = closingsOf(members);
    yield {
      key: `crowd ${from}`,
      at: start,
      runs: members.map(({ run }) => run),
      attempts: members.flatMap(({ attempts }) => attempts),
      closings,
      issues: [],
    };
  }
}

type Member = {
  readonly run: Run;
  readonly attempts: readonly Attempt[];
  readonly host: string;
  readonly hour: Instant;
};

/** One run of the crowd, by its number. */
export function crowdKey(number: number): RunKey {
  return { deployment: 'prod', flow: `Flow${number % 40}`, run: `argo-flow-${(number * 7919) % 1_000_003}-${number}` };
}

function memberOf(number: number, { start, hosts }: Pick<CrowdOptions, 'start' | 'hosts'>): Member {
  const slot = Math.floor(number / GPUS_PER_HOST);
  const host = `gpu-host-${slot % hosts}`;
  const hour = start + Math.floor(slot / hosts) * HOUR_MS;
  const key = crowdKey(number);
  const team = number % 13 === 0 ? null : `team-${number % 12}`;
  const run: Run = {
    key,
    startedAt: hour,
    endedAt: hour + HOUR_MS,
    outcome: number % 9 === 0 ? 'failed' : 'succeeded',
    user: `user${number % 50}`,
    tags: [`experiment:sweep-${number % 200}`, `team:${team}`, number % 5_000 === 0 ? 'rare-tag' : 'nightly'],
    systemTags: [`user:user${number % 50}`, 'runtime:argo-workflows', 'metaflow_version:2.19.39'],
    runtime: 'argo-workflows',
    variant: { id: `variant-${number % 25}`, method: 'config_values' },
    config: { config: { learning_rate: (number % 10) / 100, batch: 64, layers: [1, 2, 3], name: 'baseline' } },
    fingerprint: `fingerprint ${number}`,
    labels: { team, project: 'vision', cost_center: null, experiment: `sweep-${number % 200}`, model_version: null },
    gaps: { unchargedAttempts: 0, lostAttempts: 0 },
  };
  const attempts = STEPS.slice(0, ATTEMPTS_PER_RUN).map((step, index) => attemptOf(key, { step, index, host, hour }));
  return { run, attempts, host, hour };
}

type Place = { readonly step: string; readonly index: number; readonly host: string; readonly hour: Instant };

function attemptOf(key: RunKey, { step, index, host, hour }: Place): Attempt {
  const start = hour + index * 10 * MINUTE;
  return {
    key: { ...key, step, task: `${index + 1}`, attempt: 0 },
    start,
    end: start + 10 * MINUTE,
    endSource: 'attempt_ok',
    outcome: 'succeeded',
    isClone: false,
    hosts: [host],
    held: { gpus: nanoGpus(GPU), vcpus: milliVcpus(4_000n), memory: bytes(8_589_934_592n), source: 'graph_info' },
    confidence: 'strong',
    lastSign: start + 10 * MINUTE,
  };
}

function closingsOf(members: readonly Member[]): HourClosing[] {
  const byHostHour = new Map<string, Member[]>();
  for (const member of members) {
    const place = `${member.host} ${member.hour}`;
    byHostHour.set(place, [...(byHostHour.get(place) ?? []), member]);
  }
  return [...byHostHour.values()].map((sharing) => {
    const { host, hour } = sharing[0]!;
    const period = { start: hour, end: hour + HOUR_MS };
    return {
      host,
      hour: period,
      pricingHash: 'card-1',
      periods: [
        periodOf(
          host,
          period,
          sharing.flatMap((m) => m.attempts),
        ),
      ],
    };
  });
}

function periodOf(host: string, period: { start: Instant; end: Instant }, attempts: readonly Attempt[]): ChargePeriod {
  const perAttempt = 666_666_666_666n;
  const total = 32_000_000_000_000n;
  const weight = GPU * BigInt(10 * MINUTE);
  const capacity = GPU * BigInt(GPUS_PER_HOST) * BigInt(HOUR_MS);
  const common = { host, period };
  const pieces: AllocatedCharge[] = attempts.map(({ key, start, end }) => ({
    ...common,
    kind: 'workload',
    cause: null,
    holder: key,
    amount: perAttempt,
    weight,
    heldMs: 10 * MINUTE,
    held: { start, end: end! },
    gpuTime: nanoGpuMilliseconds(weight),
  }));
  const held = weight * BigInt(attempts.length);
  pieces.push({
    ...common,
    kind: 'idle',
    cause: 'beside_work',
    holder: null,
    amount: total - perAttempt * BigInt(attempts.length),
    weight: capacity - held,
    heldMs: HOUR_MS,
    held: period,
    gpuTime: nanoGpuMilliseconds(capacity - held),
  });
  const origin: OriginCharge = {
    ...common,
    amount: total,
    perHour: total,
    rung: 'rate_card',
    rateCard: 'card',
    explanation: '32 $/h by card',
    capacityWeight: capacity,
    gpuTime: nanoGpuMilliseconds(capacity),
    splitPolicy: 'gpu-first',
  };
  return { origin, pieces };
}
