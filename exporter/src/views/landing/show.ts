import { divideHalfEven } from '../../units/divide';
import { MONEY_ONE, MONEY_SCALE } from '../../units/money';
import { printAmount } from '../../units/money-text';
import type { Instant } from '../../units/interval';
import { instantOf } from '../wire';
import { type Html, html } from './html';

/** An amount to the cent, or to a hundredth of it below one, with the exact one in its title. */
export function amountHtml(amount: bigint, currency: string): Html {
  return html`<span title="${printAmount(amount)} ${currency}">${shortened(amount, currency)}</span>`;
}

function shortened(amount: bigint, currency: string): string {
  const unit = currency === 'USD' ? '$' : `${currency} `;
  const magnitude = amount < 0n ? -amount : amount;
  const places = magnitude === 0n || magnitude >= MONEY_ONE ? 2 : 4;
  const rounded = divideHalfEven(magnitude, 10n ** BigInt(MONEY_SCALE - places));
  if (rounded === 0n && amount !== 0n) return `< ${unit}0.0001`;
  const digits = rounded.toString().padStart(places + 1, '0');
  const whole = digits.slice(0, -places).replace(/\B(?=(?:\d{3})+$)/g, ',');
  return `${amount < 0n ? '-' : ''}${unit}${whole}.${digits.slice(-places)}`;
}

/** An instant to the second, in UTC. */
export function timeHtml(instant: Instant): Html {
  const iso = instantOf(instant);
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC</time>`;
}

/** A span of time in its largest unit: `42 s`, `7 min`, `3 h`, `5 d`. */
export function spanText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.round(whole / 60)} min`;
  if (whole < 172_800) return `${Math.round(whole / 3600)} h`;
  return `${Math.round(whole / 86_400)} d`;
}

/** A count with separators. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
