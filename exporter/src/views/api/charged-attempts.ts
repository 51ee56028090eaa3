import { type Attempt, attemptKeyText } from '../../facts/attempt';
import type { AllocatedCharge } from '../../facts/charge';
import type { Rung } from '../../facts/price';
import type { PublishedState } from '../../facts/published';
import { compareUtf8 } from '../../units/utf8-order';
import { addTallies, type CostTally, costOf, NO_COST, tallyPieces } from '../cost-tally';
import { type Division, periodKey } from './charged-pieces';

const LADDER: readonly Rung[] = ['billed', 'rate_card', 'override', 'spot', 'learned', 'list', 'unpriced'];

/** An attempt with what it was charged. `isUncharged` says that nothing tells what or where it held. */
export type ChargedAttempt = {
  readonly attempt: Attempt;
  readonly pieces: readonly AllocatedCharge[];
  readonly tally: CostTally;
  readonly isUncharged: boolean;
  readonly rung: Rung | null;
};

/** Pieces of a run, the divisions they come from, and the hosts that are declared. */
export type Charges = {
  readonly pieces: readonly AllocatedCharge[];
  readonly divisions: ReadonlyMap<string, Division>;
  readonly hosts: ReadonlySet<string>;
};

/** The names of the hosts that are declared. */
export function hostNames({ hosts }: PublishedState): ReadonlySet<string> {
  return new Set(hosts.map(({ host }) => host.name));
}

/** Attempts in order of time, each with its pieces. */
export function chargedAttempts(attempts: readonly Attempt[], { pieces, divisions, hosts }: Charges): ChargedAttempt[] {
  const byAttempt = new Map<string, AllocatedCharge[]>();
  for (const piece of pieces) {
    const text = attemptKeyText(piece.holder!);
    byAttempt.set(text, [...(byAttempt.get(text) ?? []), piece]);
  }
  const charged = attempts.map((attempt) => {
    const own = byAttempt.get(attemptKeyText(attempt.key)) ?? [];
    const isPlaced = attempt.hosts.length > 0 && attempt.hosts.every((host) => hosts.has(host));
    const isTold = attempt.held !== null && isPlaced;
    const isUncharged = !attempt.isClone && own.length === 0 && !isTold;
    return {
      attempt,
      pieces: own,
      tally: tallyPieces(own),
      isUncharged,
      rung: rungOf(own, { divisions, isUncharged }),
    };
  });
  return charged.sort((a, b) => a.attempt.start - b.attempt.start || byName(a.attempt, b.attempt));
}

/** What attempts cost together; null when something was held and nothing of it has a price. */
export function costTogether(charged: readonly ChargedAttempt[]): bigint | null {
  const tally = charged.reduce((sum, each) => addTallies(sum, each.tally), NO_COST);
  return costOf(tally, { unchargedAttempts: charged.filter(({ isUncharged }) => isUncharged).length, lostAttempts: 0 });
}

function rungOf(
  pieces: readonly AllocatedCharge[],
  { divisions, isUncharged }: { divisions: Charges['divisions']; isUncharged: boolean },
): Rung | null {
  if (isUncharged) return 'unpriced';
  const steps = pieces.map((piece) => LADDER.indexOf(divisions.get(periodKey(piece))?.origin.rung ?? 'unpriced'));
  return steps.length === 0 ? null : LADDER[Math.max(...steps)]!;
}

const byName = (a: Attempt, b: Attempt): number =>
  compareUtf8(a.key.step, b.key.step) || compareUtf8(a.key.task, b.key.task) || a.key.attempt - b.key.attempt;
