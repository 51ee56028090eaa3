import type { AllocatedCharge, OriginCharge } from '../../facts/charge';
import { millisecondsOf } from '../../units/interval';
import { printAmount } from '../../units/money-text';
import { instantOf } from '../wire';
import type { ChargedAttempt } from './charged-attempts';

/** What of a charge period others hold and nobody holds; an unpriced one is unknown. */
export type RestOfPeriod = {
  readonly otherWorkload: bigint | null;
  readonly idle: bigint | null;
  readonly unattributed: bigint | null;
};

/** Says in one sentence why an attempt costs what it costs. */
export function attemptSentence(
  { attempt, pieces, isUncharged }: ChargedAttempt,
  { cost, currency }: { cost: bigint | null; currency: string },
): string {
  if (attempt.isClone) return 'A clone: it copied the results of another run, held nothing and costs 0.';
  if (isUncharged) return 'Nothing tells what it held, or on which declared host, so it is missing from the cost.';
  if (pieces.length === 0) return 'It holds nothing in any charge period yet.';
  const unpriced = pieces.filter(({ amount }) => amount === null).length;
  const periods = `${pieces.length} charge period${pieces.length === 1 ? '' : 's'}`;
  if (cost === null) return `It held a host without a price in ${periods}.`;
  const gap = unpriced === 0 ? '' : `, ${unpriced} of them unpriced and missing`;
  return `Its shares of ${periods}${gap} sum to ${printAmount(cost)} ${currency}.`;
}

/** Says in words and numbers how a share came about; the rest of its period only where it is given. */
export function chargeSentence(
  { weight, amount, heldMs }: AllocatedCharge,
  { origin, rest, currency }: { origin: OriginCharge; rest: RestOfPeriod | null; currency: string },
): string {
  const place = `${origin.host}, ${instantOf(origin.period.start)} to ${instantOf(origin.period.end)}`;
  const share = `weight ${weight} of ${origin.capacityWeight} (${origin.splitPolicy})`;
  if (origin.amount === null || amount === null || origin.perHour === null) {
    return `${place}: the host has no price; held for ${heldMs / 1000} s, ${share}. ${origin.explanation}`;
  }
  const card = origin.rateCard === null ? origin.rung : `${origin.rung} ${origin.rateCard}`;
  const seconds = millisecondsOf(origin.period) / 1000;
  return (
    `${place}: ${printAmount(origin.perHour)} ${currency} per hour × ${seconds} s = ` +
    `${printAmount(origin.amount)} ${currency} (${card}); ${share} = ${printAmount(amount)} ${currency}.` +
    (rest === null ? '' : ` ${restSentence(rest)}`)
  );
}

function restSentence({ otherWorkload, idle, unattributed }: RestOfPeriod): string {
  const text = (part: bigint | null): string => (part === null ? 'unknown' : printAmount(part));
  return `The rest: other workload ${text(otherWorkload)}, idle ${text(idle)}, unattributed ${text(unattributed)}.`;
}
