import type { Attempt, AttemptKey, HeldResources } from '../../exporter/src/facts/attempt';
import type { AllocatedCharge } from '../../exporter/src/facts/charge';
import type { PriceSpan } from '../../exporter/src/facts/price';
import { bytes, milliVcpus } from '../../exporter/src/units/quantity';

/** What must not compile of facts; the compiler runs this, nobody else. */
export function factsThatAreWrong(attempt: Attempt, piece: AllocatedCharge, price: PriceSpan): readonly unknown[] {
  return [
    // @ts-expect-error memory where GPUs belong
    { gpus: bytes(1n), vcpus: milliVcpus(1n), memory: bytes(1n), source: 'graph_info' } satisfies HeldResources,
    // @ts-expect-error an attempt is known by all six names
    { deployment: 'd', flow: 'F', run: '1', step: 's', task: '2' } satisfies AttemptKey,
    // @ts-expect-error an unpriced piece has no amount to add
    piece.amount + 1n,
    // @ts-expect-error an unpriced host has no price to multiply
    price.perHour * 2n,
    // @ts-expect-error an open attempt has no end to subtract from
    attempt.end - attempt.start,
    // @ts-expect-error a fact is never changed
    (attempt.end = 0),
  ];
}
