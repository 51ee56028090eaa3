import { divideHalfEven } from '../../units/divide';
import { printAmount } from '../../units/money-text';
import type { Instant } from '../../units/interval';
import { type Html, html } from './html';

const CENT = 10_000_000_000n;

/** An amount to the cent, with the exact one in its title. */
export function amountHtml(amount: bigint, currency: string): Html {
  return html`<span title="${printAmount(amount)} ${currency}">${toCents(amount, currency)}</span>`;
}

function toCents(amount: bigint, currency: string): string {
  const unit = currency === 'USD' ? '$' : `${currency} `;
  const cents = divideHalfEven(amount, CENT);
  if (cents === 0n && amount !== 0n) return `< ${unit}0.01`;
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(?:\d{3})+$)/g, ',');
  return `${cents < 0n ? '-' : ''}${unit}${whole}.${digits.slice(-2)}`;
}

/** An instant to the second, in UTC. */
export function timeHtml(instant: Instant): Html {
  const iso = new Date(instant).toISOString();
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
