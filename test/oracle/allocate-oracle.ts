import type { Attempt, AttemptKey } from '../../exporter/src/facts/attempt';
import type { Host } from '../../exporter/src/facts/host';
import type { PriceSpan } from '../../exporter/src/facts/price';
import type { DeviceStretch } from '../../exporter/src/facts/gpu-sample';
import { deal, fraction, type Fraction, nearest, plus, times } from './fraction';
import { type OracleUsage, seenAt, strayAt, type Turn, usageOfTurns } from './usage-oracle';

type Span = { readonly start: number; readonly end: number };
type Holding = { readonly attempt: Attempt; readonly devices?: readonly number[] | null };
type Activity = { readonly during: Span; readonly activeGpus: number; readonly devices?: readonly number[] | null };

/** One host and the time to divide: at most one hour. */
export type OracleInput = {
  readonly host: Host;
  readonly span: Span;
  readonly prices: readonly PriceSpan[];
  readonly holdings: readonly Holding[];
  readonly activity: readonly Activity[];
  readonly stretches?: readonly DeviceStretch[];
  readonly firstHeld: number | null;
  readonly lastHeld: number | null;
};

/** One party of a charge period. `amount` counts 10⁻¹², null while there is no price. */
export type OraclePiece = {
  readonly kind: 'workload' | 'unattributed' | 'idle';
  readonly cause: string | null;
  readonly holder: AttemptKey | null;
  amount: bigint | null;
  weight: bigint;
  gpuTime: bigint;
  heldMs: number;
  usage?: OracleUsage;
};

/** A charge period with its origin charge and every party, those without weight included. */
export type OraclePeriod = {
  readonly start: number;
  readonly end: number;
  readonly amount: bigint | null;
  readonly pieces: OraclePiece[];
};

const GPU = 1_000_000_000n;
const HOUR = 3_600_000n;
const CAUSES = ['no_work', 'beside_work', 'startup', 'tail', 'gap'];

/** Divides one host's hour by brute force: every border anybody names cuts, every cut is weighed by itself. */
export function oracleHour(input: OracleInput): OraclePeriod[] {
  const { host, span, prices } = input;
  const from = host.from ?? (input.firstHeld === null ? null : input.firstHeld - (input.firstHeld % Number(HOUR)));
  if (from === null) return [];
  const start = Math.max(span.start, from);
  const end = Math.min(span.end, host.to ?? span.end);
  const borders = prices.flatMap((price) => [price.start ?? start, price.end ?? end]);
  return cuts({ start, end }, borders).map((period) => dividePeriod(input, period));
}

function cuts({ start, end }: Span, borders: readonly number[]): Span[] {
  const edges = [...new Set([start, ...borders, end])]
    .filter((edge) => start <= edge && edge <= end)
    .sort((a, b) => a - b);
  return edges.flatMap((edge, place) =>
    edges[place + 1] === undefined ? [] : [{ start: edge, end: edges[place + 1]! }],
  );
}

const isDuring = (moment: number, start: number | null, end: number | null): boolean =>
  (start === null || start <= moment) && (end === null || moment < end);

function dividePeriod(input: OracleInput, period: Span): OraclePeriod {
  const price = input.prices.find(({ start, end }) => isDuring(period.start, start, end))?.perHour ?? null;
  const holdings = input.holdings
    .filter(({ attempt }) => !attempt.isClone && attempt.held !== null)
    .filter(({ attempt }) => Math.max(attempt.start, period.start) < Math.min(attempt.end ?? period.end, period.end))
    .sort((a, b) => inOrder(a.attempt.key, b.attempt.key));
  const workload = holdings.map(({ attempt }) => party('workload', null, attempt.key));
  const unattributed = party('unattributed', null, null);
  const idle = CAUSES.map((cause) => party('idle', cause, null));

  const borders = [
    ...holdings.flatMap(({ attempt }) => [attempt.start, attempt.end ?? period.end]),
    ...input.activity.flatMap(({ during }) => [during.start, during.end]),
    ...(input.stretches ?? []).flatMap(({ start, end }) => [start, end]),
    ...[input.firstHeld, input.lastHeld].filter((edge) => edge !== null),
  ];
  const turns = cuts(period, borders).map((cut) =>
    weighCut({ input, holdings, price, cut, workload, unattributed, idle }),
  );
  usageOfTurns(turns).forEach((usage, place) => {
    if (usage) workload[place]!.usage = usage;
  });

  const amount = price === null ? null : nearest(fraction(price * BigInt(period.end - period.start), HOUR));
  payOut(amount, [...workload, unattributed], idle);
  return { start: period.start, end: period.end, amount, pieces: [...workload, unattributed, ...idle] };
}

const NAMES = ['deployment', 'flow', 'run', 'step', 'task'] as const;

/** UTF-8 order of the names, which is the order of their code points; then the attempts by number. */
function inOrder(a: AttemptKey, b: AttemptKey): number {
  for (const name of NAMES) {
    const [left, right] = [a, b].map((key) => Array.from(key[name], (letter) => letter.codePointAt(0)!));
    const place = left!.findIndex((point, index) => point !== right![index]);
    if (place >= 0) return left![place]! - (right![place] ?? -1);
    if (left!.length !== right!.length) return -1;
  }
  return a.attempt - b.attempt;
}

const party = (kind: OraclePiece['kind'], cause: string | null, holder: AttemptKey | null): OraclePiece => ({
  kind,
  cause,
  holder,
  amount: null,
  weight: 0n,
  gpuTime: 0n,
  heldMs: 0,
});

function payOut(amount: bigint | null, others: OraclePiece[], idle: OraclePiece[]): void {
  if (amount === null) return;
  const idleWeight = idle.reduce((sum, { weight }) => sum + weight, 0n);
  const parts = deal(amount, [...others.map(({ weight }) => weight), idleWeight]);
  others.forEach((piece, place) => (piece.amount = parts[place]!));
  const byCause = deal(
    parts[others.length]!,
    idle.map(({ weight }) => weight),
  );
  idle.forEach((piece, place) => (piece.amount = byCause[place]!));
}

type Cut = {
  readonly input: OracleInput;
  readonly holdings: readonly Holding[];
  readonly price: bigint | null;
  readonly cut: Span;
  readonly workload: OraclePiece[];
  readonly unattributed: OraclePiece;
  readonly idle: OraclePiece[];
};

function weighCut({ input, holdings, price, cut, workload, unattributed, idle }: Cut): Turn {
  const { host } = input;
  const ms = BigInt(cut.end - cut.start);
  const isHeld = holdings.map(({ attempt }) => isDuring(cut.start, attempt.start, attempt.end));
  const asked = holdings.map(({ attempt }, place) => (isHeld[place] ? weightOf(attempt, host, price) : 0n));
  const capacity = capacityOf(host);
  const isOver = sumOf(asked) > capacity;
  const weights = isOver ? deal(capacity, asked) : asked;
  const gpuWeights = weights.map((weight, place) => (host.gpus > 0n && gpusOf(holdings[place]!) > 0n ? weight : 0n));

  const known = input.holdings.map(({ attempt }) => attempt);
  const seen = seenAt(cut.start, input.stretches ?? [], known);
  const turn = { ms, seen, holders: holdings.map(({ attempt }, place) => ({ attempt, gpus: gpuWeights[place]! })) };
  const left = capacity - sumOf(weights);
  const present = holdings.filter((_, place) => isHeld[place]);
  const stray = host.gpus > 0n ? strayGpus(input, present, { turn, moment: cut.start }) : 0n;
  const strayWeight = stray < left ? stray : left;

  workload.forEach((piece, place) => {
    piece.weight += weights[place]! * ms;
    piece.gpuTime += gpuWeights[place]! * ms;
    piece.heldMs += isHeld[place] ? Number(ms) : 0;
  });
  unattributed.weight += strayWeight * ms;
  unattributed.gpuTime += strayWeight * ms;
  const cause = holdings.length === 0 ? 'no_work' : causeAt(input, isHeld.includes(true), cut.start);
  const piece = idle[CAUSES.indexOf(cause)]!;
  piece.weight += (left - strayWeight) * ms;
  piece.gpuTime += (host.gpus - sumOf(gpuWeights) - strayWeight) * ms;
  return turn;
}

function causeAt({ host, firstHeld, lastHeld }: OracleInput, isAnythingHeld: boolean, moment: number): string {
  if (isAnythingHeld) return 'beside_work';
  if (firstHeld !== null && moment < firstHeld) return 'startup';
  if (host.to !== null && lastHeld !== null && moment >= lastHeld) return 'tail';
  return 'gap';
}

type Now = { readonly turn: Turn; readonly moment: number };

/** Active GPUs nobody holds: named devices where every record names them, else a count. */
function strayGpus(input: OracleInput, holders: readonly Holding[], { turn, moment }: Now): bigint {
  const { activity, stretches = [] } = input;
  if (stretches.length > 0) {
    const names = holders.filter((holding) => gpusOf(holding) > 0n).map(({ attempt }) => attempt);
    return strayAt(turn, names);
  }
  const seen = activity.find(({ during }) => isDuring(moment, during.start, during.end));
  if (!seen) return 0n;
  const gpuHolders = holders.filter((holding) => gpusOf(holding) > 0n);
  const devices = seen.devices ?? null;
  if (devices !== null && gpuHolders.every((holding) => holding.devices)) {
    const held = new Set(gpuHolders.flatMap((holding) => [...holding.devices!]));
    return BigInt([...new Set(devices)].filter((device) => !held.has(device)).length) * GPU;
  }
  const surplus = BigInt(seen.activeGpus) * GPU - sumOf(gpuHolders.map(gpusOf));
  return surplus > 0n ? surplus : 0n;
}

const gpusOf = ({ attempt }: Holding): bigint => attempt.held!.gpus;

const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);

/** Reference dollars an hour: 0.031611 a vCPU and 0.004237 a GiB. */
function componentPrice(milliVcpus: bigint, bytes: bigint): Fraction {
  const vcpus = times(fraction(31_611n, 1_000_000n), fraction(milliVcpus, 1000n));
  const memory = times(fraction(4_237n, 1_000_000n), fraction(bytes, 1024n * 1024n * 1024n));
  return plus(vcpus, memory);
}

const capacityOf = (host: Host): bigint =>
  host.gpus > 0n ? host.gpus : nearest(times(componentPrice(host.vcpus ?? 0n, host.memory ?? 0n), fraction(GPU)));

function weightOf({ held }: Attempt, host: Host, price: bigint | null): bigint {
  const components = componentPrice(held!.vcpus, held!.memory);
  if (host.gpus === 0n) return nearest(times(components, fraction(GPU)));
  if (held!.gpus > 0n) return held!.gpus;
  if (price === null || price === 0n) return 0n;
  return nearest(times(times(fraction(host.gpus), components), fraction(1_000_000_000_000n, price)));
}
