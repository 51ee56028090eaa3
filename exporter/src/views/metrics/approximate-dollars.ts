import { printAmount } from '../../units/money-text';

const EXACT = BigInt(Number.MAX_SAFE_INTEGER);
const ONE = 1e12;

/** An amount at scale 12 as the nearest float: the one place where money meets a gauge. */
export function approximateDollars(amount: bigint): number {
  const isExact = amount <= EXACT && amount >= -EXACT;
  return isExact ? Number(amount) / ONE : Number(printAmount(amount));
}
