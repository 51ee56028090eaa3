import { stringify } from 'yaml';
import type { Finding } from '../config/fault';
import { readRateCard } from '../config/rate-cards';
import { cardPrice } from '../ledger/rate-card';
import { divideHalfEven } from '../units/divide';
import { printAmount } from '../units/money-text';
import { NANO, nanoGpus } from '../units/quantity';
import { alignColumns } from './rates-columns';
import type { RatesIo } from './rates-io';

const EXIT_USAGE = 2;

/** The options of `rates calc`; each but `gpus` is the rate card's key of the same name. */
export const calcOptions = [
  { flags: '--capex <amount>', about: 'what the host cost to buy' },
  { flags: '--residual <amount>', about: 'what it is worth once the months are over' },
  { flags: '--months <count>', about: 'months over which it is amortized' },
  { flags: '--lease-per-month <amount>', about: 'its lease, in the place of capex and months' },
  { flags: '--power-kw <kw>', about: 'kilowatts it draws' },
  { flags: '--pue <factor>', about: 'power usage effectiveness of the site' },
  { flags: '--price-per-kwh <amount>', about: 'price of a kilowatt-hour' },
  { flags: '--facility-per-month <amount>', about: 'rack, space or colocation' },
  { flags: '--support-per-month <amount>', about: 'support and maintenance' },
  { flags: '--gpus <count>', about: 'GPUs of the host, for the price per GPU-hour' },
] as const;

/** The options as commander gives them: texts by camel-cased name. */
export type CalcOptions = { readonly [name: string]: string | boolean | undefined };

/** `rates calc`: the terms of a fully loaded rate card, its price per host-hour and per GPU-hour. */
export function calculate(options: CalcOptions, io: RatesIo): void {
  const card = cardKeysOf(options);
  const findings: Finding[] = [];
  const value = { name: 'calc', applies_to: { host: 'calc' }, ...card };
  const read = readRateCard({ value, path: [], report: (finding) => findings.push(finding) });
  const gpus = gpusOf(options.gpus, findings);
  if (read === null || findings.length > 0) {
    for (const finding of findings) io.stderr.write(faultText(finding));
    io.exit(EXIT_USAGE);
    return;
  }
  const price = cardPrice(read.terms, { gpus: nanoGpus(gpus ?? 0n), isAmortized: false });
  const perGpuHour = gpus === null ? null : divideHalfEven(price.perHour * NANO, gpus);
  if (options.json) {
    const terms = price.terms.map(({ name, arithmetic, perHour }) => ({
      name,
      arithmetic,
      perHour: printAmount(perHour),
    }));
    const totals = {
      perHour: printAmount(price.perHour),
      perGpuHour: perGpuHour === null ? null : printAmount(perGpuHour),
    };
    io.stdout.write(`${JSON.stringify({ terms, ...totals })}\n`);
    return;
  }
  const rows = price.terms.map(({ name, arithmetic, perHour }) => [name, arithmetic, printAmount(perHour)]);
  const totals = [['per host-hour', '', printAmount(price.perHour)]];
  if (perGpuHour !== null) totals.push(['per GPU-hour', `÷ ${String(options.gpus)} GPUs`, printAmount(perGpuHour)]);
  io.stdout.write(`${alignColumns([...rows, ...totals])}\n${cardText(card)}`);
}

function cardKeysOf(options: CalcOptions): { readonly [key: string]: string } {
  const keys = calcOptions.map(({ flags }) => flagName(flags)).filter((flag) => flag !== 'gpus');
  const written = keys.map((flag) => [flag.replaceAll('-', '_'), options[camelCased(flag)]] as const);
  return Object.fromEntries(written.filter((pair): pair is readonly [string, string] => typeof pair[1] === 'string'));
}

function gpusOf(text: string | boolean | undefined, findings: Finding[]): bigint | null {
  if (text === undefined) return null;
  if (typeof text === 'string' && /^[1-9]\d{0,5}$/.test(text)) return BigInt(text) * NANO;
  findings.push({ path: ['gpus'], reason: 'is not a number of GPUs', remedy: 'Write e.g. --gpus 8.' });
  return null;
}

function cardText(card: { readonly [key: string]: string }): string {
  const name = 'my-card';
  const appliesTo = { host: '<host>' };
  const item = { name, applies_to: appliesTo, ...card };
  return `As a rate card:\n\n${stringify({ rate_cards: [item] }).replaceAll('"', '')}`;
}

function flagName(flags: string): string {
  return flags.slice(2).split(' ')[0]!;
}

function camelCased(flag: string): string {
  return flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function faultText({ path: [key], reason, remedy }: Finding): string {
  if (key === undefined)
    return 'Nothing to calculate. Give --capex and --months, --lease-per-month, or power. See --help.\n';
  return `--${dashed(String(key))} ${reason.replace(RATE_CARD_KEY, (name) => `--${dashed(name)}`)}. ${remedy}\n`;
}

const RATE_CARD_KEY = new RegExp(
  `\\b(${calcOptions.map(({ flags }) => flagName(flags).replaceAll('-', '_')).join('|')})\\b`,
  'g',
);

function dashed(key: string): string {
  return key.replaceAll('_', '-');
}
