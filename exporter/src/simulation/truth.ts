import { assert } from '../assert';
import { divideFloor } from '../units/divide';
import { everHeld, type Plan, type SimulatedHost, type SimulatedPod } from './world-facts';

/**
 * What everything in a simulated world costs, by the arithmetic of the cost model written a second time: it shares
 * neither the ledger's code nor its split. It knows whole GPUs on GPU nodes, tasks without GPUs beside them, and one
 * price per node; MIG instances it does not know.
 */
export type Truth = {
  readonly attempts: readonly AttemptTruth[];
  /** Pods that run no attempt: flow is empty. */
  readonly services: readonly AttemptTruth[];
  /** 10⁻¹² dollars. */
  readonly total: bigint;
  readonly idle: bigint;
};

/** What one attempt costs, 10⁻¹² dollars. */
export type AttemptTruth = {
  readonly flow: string;
  readonly run: string;
  readonly step: string;
  readonly task: string;
  readonly attempt: number;
  cost: bigint;
};

type Holder = { readonly is: AttemptTruth; readonly pod: SimulatedPod; readonly order: readonly string[] };
type Span = { readonly start: number; readonly end: number };

const HOUR = 3_600_000;
const ONE_GPU = 1_000_000_000n;
const GIB = 1_073_741_824n;
const MEGABYTE = 1_000_000n;
/** Millionths of a dollar an hour. */
const VCPU_PRICE = 31_611n;
const GIB_PRICE = 4_237n;

/** Divides what every node costs up to `until` among those who held it. */
export function truthOf(plan: Plan, until: number): Truth {
  const holders = holdersOf(plan);
  let [total, idle] = [0n, 0n];
  for (const host of plan.hosts) {
    const end = Math.min(host.to ?? until, until);
    const here = holders.filter(({ pod }) => pod.host.name === host.name).sort(byKey);
    for (const span of hoursOf({ start: host.from, end })) {
      const charge = divide(span, { host, holders: here });
      total += charge.amount;
      idle += charge.idle;
    }
  }
  const isService = ({ is }: Holder): boolean => is.flow === '';
  const attempts = holders.filter((holder) => !isService(holder)).map(({ is }) => is);
  return { attempts, services: holders.filter(isService).map(({ is }) => is), total, idle };
}

/** Attempts come before services, whose deployment is the cluster's name; see {@link CLUSTER}. */
function holdersOf({ runs, services }: Plan): Holder[] {
  const ofRuns = runs.flatMap((run) =>
    run.tasks.flatMap((task) =>
      task.attempts
        .filter(({ pod }) => everHeld(pod))
        .map(({ number, pod }): Holder => {
          const key = { flow: run.flow.name, run: String(run.number), step: task.step, task: String(task.id) };
          const is = { ...key, attempt: number, cost: 0n };
          return { is, pod, order: [DEPLOYMENT, key.flow, key.run, key.step, key.task] };
        }),
    ),
  );
  const ofServices = services.map((pod): Holder => {
    const run = `${pod.namespace}/${pod.name}`;
    const is = { flow: '', run, step: pod.name, task: pod.uid, attempt: 0, cost: 0n };
    return { is, pod, order: [CLUSTER, '', run] };
  });
  return [...ofRuns, ...ofServices];
}

/** The Metaflow deployment of every simulated run. It sorts before the cluster's name, which decides ties. */
export const DEPLOYMENT = 'generated';
/** The cluster of every simulated pod. */
export const CLUSTER = 'generated-cluster';

function byKey(a: Holder, b: Holder): number {
  const place = a.order.findIndex((text, index) => text !== b.order[index]);
  if (place < 0) return a.is.attempt - b.is.attempt;
  return Buffer.compare(Buffer.from(a.order[place]!), Buffer.from(b.order[place] ?? ''));
}

function hoursOf({ start, end }: Span): Span[] {
  const spans: Span[] = [];
  for (let from = start; from < end;) {
    const to = Math.min((Math.floor(from / HOUR) + 1) * HOUR, end);
    spans.push({ start: from, end: to });
    from = to;
  }
  return spans;
}

function divide(
  span: Span,
  { host, holders }: { host: SimulatedHost; holders: readonly Holder[] },
): { amount: bigint; idle: bigint } {
  const present = holders.filter(({ pod }) => pod.start < span.end && span.start < (pod.end ?? span.end + 1));
  const weights = present.map(() => 0n);
  let idle = 0n;
  const capacity = BigInt(host.gpuUuids.length) * ONE_GPU;
  for (const cut of cutsOf(span, present)) {
    const ms = BigInt(cut.end - cut.start);
    const asked = present.map(({ pod }) => (holdsAt(pod, cut.start) ? weightOf(pod, host) : 0n));
    const given = sumOf(asked) > capacity ? deal(capacity, asked) : asked;
    given.forEach((weight, place) => (weights[place]! += weight * ms));
    idle += (capacity - sumOf(given)) * ms;
  }
  const amount = nearest(host.pricePerHour * BigInt(span.end - span.start), BigInt(HOUR));
  const parts = deal(amount, [...weights, idle]);
  present.forEach(({ is }, place) => (is.cost += parts[place]!));
  return { amount, idle: parts.at(-1)! };
}

function cutsOf({ start, end }: Span, holders: readonly Holder[]): Span[] {
  const borders = holders.flatMap(({ pod }) => [pod.start, pod.end ?? end]);
  const inside = borders.filter((border) => start < border && border < end);
  const edges = [...new Set([start, ...inside, end])].sort((a, b) => a - b);
  return edges.slice(1).map((edge, place) => ({ start: edges[place]!, end: edge }));
}

const holdsAt = (pod: SimulatedPod, at: number): boolean => pod.start <= at && (pod.end === null || at < pod.end);

function weightOf(pod: SimulatedPod, host: SimulatedHost): bigint {
  assert(pod.migInstance === null, `${pod.name} holds a MIG instance, whose true cost is not known.`);
  if (pod.gpus.length > 0) return BigInt(pod.gpus.length) * ONE_GPU;
  const bytes = BigInt(pod.memoryMegabytes) * MEGABYTE;
  // Millionths of a dollar × bytes of a GiB, so that nothing is rounded before the one division.
  const components = VCPU_PRICE * BigInt(pod.vcpus) * GIB + GIB_PRICE * bytes;
  const capacity = BigInt(host.gpuUuids.length) * ONE_GPU;
  return nearest(capacity * components * 1_000_000n, GIB * host.pricePerHour);
}

/** The nearest whole number to a quotient; halves go to the even one. Neither side is negative. */
function nearest(dividend: bigint, divisor: bigint): bigint {
  const below = divideFloor(dividend, divisor);
  const twice = 2n * (dividend - below * divisor);
  const isUp = twice > divisor || (twice === divisor && below % 2n === 1n);
  return isUp ? below + 1n : below;
}

/** Deals `total` out by weight; the units left over go to the largest remainders, the earlier one at a tie. */
function deal(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = sumOf(weights);
  const dealt = weights.map((weight) => divideFloor(total * weight, sum));
  const owed = weights.map((weight, place) => ({ place, rest: (total * weight) % sum }));
  owed.sort((a, b) => (a.rest === b.rest ? a.place - b.place : a.rest > b.rest ? -1 : 1));
  const left = Number(total - sumOf(dealt));
  for (const { place } of owed.slice(0, left)) dealt[place]! += 1n;
  return dealt;
}

const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);
