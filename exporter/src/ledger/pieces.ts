import { type AttemptKey, attemptKeyText, compareAttemptKeys } from '../facts/attempt';
import { type AllocatedCharge, type ChargeKind, IDLE_CAUSES, type IdleCause, type OriginCharge } from '../facts/charge';
import { type Interval, millisecondsOf } from '../units/interval';
import { nanoGpuMilliseconds } from '../units/quantity';
import { split } from '../units/split';
import { type IdleContext, idleCauseOf } from './idle-cause';
import type { Slice } from './measure';

/** What one party gathered over the slices of a charge period. */
type Party = {
  readonly kind: ChargeKind;
  readonly cause: IdleCause | null;
  readonly holder: AttemptKey | null;
  weight: bigint;
  heldMs: number;
  gpuTime: bigint;
  start: number;
  end: number;
};

/** An origin charge and the slices it is split by. */
export type PiecesInput = {
  readonly origin: OriginCharge;
  readonly slices: readonly Slice[];
  readonly context: IdleContext;
};

/**
 * Splits an origin charge among attempts in tie order, then unattributed, then idle; idle again among its causes.
 * Each split is by largest remainder over the weights summed from the slices.
 */
export function piecesOf({ origin, slices, context }: PiecesInput): AllocatedCharge[] {
  const { attempts, unattributed, idle } = gather(slices, context);
  const named = unattributed ? [...attempts, unattributed] : attempts;
  const idleWeight = idle.reduce((total, { weight }) => total + weight, 0n);
  const shares =
    origin.amount === null ? null : split(origin.amount, [...named.map(({ weight }) => weight), idleWeight]);
  const idleShares = shares === null ? null : splitIdle(shares[named.length]!, idle);
  return [
    ...named.map((party, index) => pieceOf(origin, party, shares?.[index] ?? null)),
    ...idle.map((party, index) => pieceOf(origin, party, idleShares?.[index] ?? null)),
  ];
}

function splitIdle(amount: bigint, idle: readonly Party[]): bigint[] {
  const weights = idle.map(({ weight }) => weight);
  return weights.some((weight) => weight > 0n) ? split(amount, weights) : weights;
}

function gather(
  slices: readonly Slice[],
  context: IdleContext,
): { attempts: Party[]; unattributed: Party | undefined; idle: Party[] } {
  const attempts = new Map<string, Party>();
  const rest = new Map<string, Party>();
  for (const slice of slices) {
    const { during } = slice;
    slice.holders.forEach(({ attempt }, index) => {
      const party = partyIn(attempts, attemptKeyText(attempt.key), {
        kind: 'workload',
        cause: null,
        holder: attempt.key,
      });
      grow(party, during, { weight: slice.weights[index]!, gpus: slice.gpus[index]! });
    });
    if (slice.unattributed > 0n) {
      const party = partyIn(rest, 'unattributed', { kind: 'unattributed', cause: null, holder: null });
      grow(party, during, { weight: slice.unattributed, gpus: slice.unattributed });
    }
    if (slice.idle > 0n || slice.idleGpus > 0n) {
      const cause = idleCauseOf(during, slice.holders.length, context);
      grow(partyIn(rest, cause, { kind: 'idle', cause, holder: null }), during, {
        weight: slice.idle,
        gpus: slice.idleGpus,
      });
    }
  }
  return {
    attempts: [...attempts.values()].sort((a, b) => compareAttemptKeys(a.holder!, b.holder!)),
    unattributed: rest.get('unattributed'),
    idle: IDLE_CAUSES.map((cause) => rest.get(cause)).filter((party) => party !== undefined),
  };
}

function partyIn(parties: Map<string, Party>, name: string, who: Pick<Party, 'kind' | 'cause' | 'holder'>): Party {
  const known = parties.get(name);
  if (known) return known;
  const party: Party = { ...who, weight: 0n, heldMs: 0, gpuTime: 0n, start: Infinity, end: -Infinity };
  parties.set(name, party);
  return party;
}

function grow(party: Party, during: Interval, perMs: { weight: bigint; gpus: bigint }): void {
  const milliseconds = millisecondsOf(during);
  party.weight += perMs.weight * BigInt(milliseconds);
  party.gpuTime += perMs.gpus * BigInt(milliseconds);
  party.heldMs += milliseconds;
  party.start = Math.min(party.start, during.start);
  party.end = Math.max(party.end, during.end);
}

function pieceOf({ host, period }: OriginCharge, party: Party, amount: bigint | null): AllocatedCharge {
  const { kind, cause, holder, weight, heldMs, start, end } = party;
  const gpuTime = nanoGpuMilliseconds(party.gpuTime);
  return { host, period, kind, cause, holder, amount, weight, heldMs, held: { start, end }, gpuTime };
}
