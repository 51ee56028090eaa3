import { z } from 'zod';
import { type Decimal, parseDecimal } from '../units/decimal';
import { divideHalfEven } from '../units/divide';
import type { Instant } from '../units/interval';
import { readAmount } from '../units/money-text';
import {
  type Bytes,
  bytes,
  BYTES_PER_GIB,
  type MilliVcpus,
  milliVcpus,
  type NanoGpus,
  nanoGpus,
} from '../units/quantity';

type Fault = { readonly reason: string; readonly remedy: string };
type Read<T> = { readonly value: T } | Fault;

/** A scalar made from its source text; what is wrong with it becomes one issue with a remedy. */
function scalar<T>(read: (text: string) => Read<T>): z.ZodType<T, string> {
  return z.string().transform((text, context) => {
    const result = read(text);
    if ('value' in result) return result.value;
    const { reason, remedy } = result;
    context.issues.push({ code: 'custom', message: reason, params: { remedy }, input: text });
    return z.NEVER;
  });
}

const EMPTY: Fault = { reason: 'is empty', remedy: 'Write a value or remove the key.' };
const fault = (reason: string, remedy: string): Fault => ({ reason, remedy });

/** Any text but the empty one, without line breaks. */
export const text = scalar((source) => {
  if (source.trim() === '') return EMPTY;
  return /\p{Cc}/u.test(source) ? fault('has a line break or control character', 'Write one line.') : { value: source };
});

/** An exact decimal of at least 0: money, kilowatts. */
export const amount = decimal((value) =>
  value.digits < 0n ? fault('is negative', 'Amounts are 0 or more.') : { value },
);

/** An exact decimal above 0 and up to 10: a factor on a price. */
export const factor = decimal((value) => {
  const isPositive = value.digits > 0n;
  const isSmall = value.digits <= 10n * 10n ** BigInt(value.scale);
  if (isPositive && isSmall) return { value };
  return fault('is not above 0 and up to 10', 'A factor multiplies the list price: 0.8 is 20 % off.');
});

/** Power usage effectiveness: 1 or more, up to 10. */
export const pue = decimal((value) => {
  const one = 10n ** BigInt(value.scale);
  if (value.digits >= one && value.digits <= 10n * one) return { value };
  return fault('is not between 1 and 10', 'PUE is all power ÷ the power of the machines: 1.2 to 2 as a rule.');
});

/** GPUs of a host or held by an attempt: 0 or more, to nine decimals. */
export const gpus: z.ZodType<NanoGpus, string> = scaled(9, 'Write the number of GPUs, e.g. 8.').transform(nanoGpus);

/** vCPUs: 0 or more, to three decimals. */
export const vcpus: z.ZodType<MilliVcpus, string> = scaled(3, 'Write the number of vCPUs, e.g. 96.').transform(
  milliVcpus,
);

/** GiB of memory as bytes. */
export const gibibytes: z.ZodType<Bytes, string> = decimal((value) =>
  value.digits < 0n
    ? fault('is negative', 'Write GiB of memory, e.g. 768.')
    : { value: bytes(divideHalfEven(value.digits * BYTES_PER_GIB, 10n ** BigInt(value.scale))) },
);

/** A number above 0 by which a measured value is multiplied, such as 0.001. */
export const scale = scalar((source) => {
  const value = /^\d{1,15}(\.\d{1,15})?$/.test(source) ? Number(source) : NaN;
  return value > 0 ? { value } : fault('is not a factor above 0', 'Write e.g. 0.001 for a metric in thousandths.');
});

/** A whole number from `least` to `most`. */
export function count(least: number, most: number): z.ZodType<number, string> {
  return scalar((source) => {
    const value = /^\d{1,15}$/.test(source) ? Number(source) : NaN;
    if (value >= least && value <= most) return { value };
    return fault(`is not a whole number from ${least} to ${most}`, 'Write digits alone.');
  });
}

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d{1,9})(ms|s|m|h|d)$/;

/** A duration such as `5s`, `10m`, `24h` or `10d`, in milliseconds, from `least` to `most` of them. */
export function duration(least: number, most: number): z.ZodType<number, string> {
  return scalar((source) => {
    const [, digits, unit] = DURATION.exec(source) ?? [];
    if (!digits) return fault('is not a duration', 'Write a whole number and ms, s, m, h or d, e.g. 5s or 10m.');
    const value = Number(digits) * UNIT_MS[unit as keyof typeof UNIT_MS];
    if (value >= least && value <= most) return { value };
    return fault('is out of range', `Write a duration from ${durationText(least)} to ${durationText(most)}.`);
  });
}

function durationText(milliseconds: number): string {
  const unit = (['d', 'h', 'm', 's', 'ms'] as const).find(
    (name) => milliseconds % UNIT_MS[name] === 0 && milliseconds > 0,
  );
  return milliseconds === 0 ? '0s' : `${milliseconds / UNIT_MS[unit!]}${unit!}`;
}

const INSTANT = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(:\d\d(?:\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

/** A date (its UTC midnight) or an instant with its zone. */
export const instant: z.ZodType<Instant, string> = scalar((source) => {
  const [, day, time, seconds = ':00', zone] = INSTANT.exec(source) ?? [];
  const remedy = 'Write a date (2026-01-31, UTC) or an instant with its zone (2026-01-31T12:00:00Z).';
  if (!day) return fault('is not a date or an instant with its zone', remedy);
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const isRealDay = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
  const value = time ? Date.parse(`${day}T${time}${seconds}${zone}`) : midnight;
  return isRealDay && !Number.isNaN(value) ? { value } : fault('is not a day of the calendar', remedy);
});

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** An ISO 4217 currency code. */
export const currency = scalar((source) =>
  CURRENCIES.has(source) ? { value: source } : fault('is not an ISO 4217 currency code', 'Write e.g. USD or EUR.'),
);

/** Where a server listens. */
export type ListenAddress = { readonly host: string; readonly port: number };

const LISTEN = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/]*)):(\d{1,5})$/;

/** `host:port`, `[IPv6]:port`, or `:port` for every address. */
export const listenAddress: z.ZodType<ListenAddress, string> = scalar((source) => {
  const [, v6, host, port] = LISTEN.exec(source) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    return fault('is not host:port', 'Write e.g. 127.0.0.1:9715, or [::1]:9715.');
  }
  return { value: { host: v6 ?? (host || '0.0.0.0'), port: Number(port) } };
});

function decimal<T>(check: (value: Decimal) => Read<T>): z.ZodType<T, string> {
  return scalar((source) => {
    const value = parseDecimal(source);
    const remedy = 'Write digits with a point at most, e.g. 120000 or 0.08.';
    if ('fault' in value) return source === '' ? EMPTY : fault(value.fault, remedy);
    const asMoney = readAmount(source);
    return 'fault' in asMoney ? fault(asMoney.fault, remedy) : check(value);
  });
}

function scaled(places: number, remedy: string): z.ZodType<bigint, string> {
  return decimal(({ digits, scale }) => {
    if (digits < 0n) return fault('is negative', remedy);
    const shift = 10n ** BigInt(Math.abs(places - scale));
    if (scale <= places) return { value: digits * shift };
    const value = divideHalfEven(digits, shift);
    return value * shift === digits ? { value } : fault(`has more than ${places} decimals`, remedy);
  });
}
