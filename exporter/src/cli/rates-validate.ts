import { type Config, type ConfigFault, loadConfig, printFault } from '../config';
import { yamlToPaste } from '../config/yaml-to-paste';
import type { Host } from '../facts/host';
import type { PriceSpan } from '../facts/price';
import { readBuiltInPrices } from '../feeds/prices/read';
import { listPricesByType } from '../ledger/list-price';
import { priceAt } from '../ledger/charge-periods';
import { pricesOf } from '../ledger/price-ladder';
import { printDecimal } from '../units/decimal';
import { divideHalfEven } from '../units/divide';
import type { Instant } from '../units/interval';
import { printAmount } from '../units/money-text';
import { NANO } from '../units/quantity';
import { alignColumns } from './rates-columns';
import type { RatesIo } from './rates-io';

const DEFAULT_CONFIG = './flowledger.yaml';
const EXIT_CONFIGURATION = 2;

/** `rates validate`: all faults on stderr and exit code 2, or every host with its price now on stdout. */
export function validate(options: { readonly config?: string; readonly json?: boolean }, io: RatesIo): void {
  const path = options.config ?? DEFAULT_CONFIG;
  const prices = readBuiltInPrices();
  const { config, faults } = loadConfig({ path, env: io.env, prices });
  if (config === null) {
    if (options.json) io.stdout.write(`${JSON.stringify({ valid: false, faults, hosts: [] })}\n`);
    else io.stderr.write(faultsText(faults));
    io.exit(EXIT_CONFIGURATION);
    return;
  }
  const priced = pricedHosts(config, { now: io.clock.now(), listPrices: prices.listPrices });
  io.stdout.write(options.json ? `${JSON.stringify(asJson(priced))}\n` : hostsText(path, { config, priced }));
}

type Priced = { readonly host: Host; readonly price: PriceSpan };
type PricedAt = { readonly now: Instant; readonly listPrices: ReturnType<typeof readBuiltInPrices>['listPrices'] };

function pricedHosts(config: Config, { now, listPrices }: PricedAt): Priced[] {
  const sources = {
    cards: config.rateCards,
    discounts: config.discounts,
    listPrices: listPricesByType(listPrices),
    currency: config.ledger.currency,
  };
  return config.hosts.map((host) => ({ host, price: priceAt(pricesOf(host, sources), now) }));
}

function faultsText(faults: readonly ConfigFault[]): string {
  return `${faults.map((fault) => `${printFault(fault)}\n`).join('')}${counted(faults.length, 'fault')}.\n`;
}

function hostsText(path: string, { config, priced }: { config: Config; priced: readonly Priced[] }): string {
  const cards = counted(config.rateCards.length, 'rate card');
  const heading = `${path} is valid: ${counted(priced.length, 'host')}, ${cards}.\n`;
  if (priced.length === 0) return `${heading}No hosts are declared: this machine's runs will be unpriced.\n`;
  const { currency } = config.ledger;
  const rows = priced.map(({ host, price }) => [
    host.name,
    printDecimal({ digits: host.gpus, scale: 9 }),
    host.gpuModel ?? '',
    amountText(price.perHour),
    amountText(perGpuHour({ host, price })),
    price.rung,
  ]);
  const header = ['host', 'GPUs', 'GPU model', `${currency} per hour`, `${currency} per GPU-hour`, 'rung'];
  const sentences = priced.map(({ host, price }) => `${host.name}: ${price.explanation}\n`).join('');
  return `${heading}\n${alignColumns([header, ...rows])}\n${sentences}${pasteText(priced)}`;
}

function pasteText(priced: readonly Priced[]): string {
  const unpriced = priced.filter(({ price }) => price.rung === 'unpriced');
  const where = 'below rate_cards: where the file has that key';
  const heading = (name: string): string => `\nTo price ${name}, add (${where}):\n\n`;
  return unpriced.map(({ host }) => heading(host.name) + yamlToPaste(host.name, host, { isDeclared: true })).join('');
}

function asJson(priced: readonly Priced[]): unknown {
  const hosts = priced.map(({ host, price }) => ({
    host: host.name,
    gpus: printDecimal({ digits: host.gpus, scale: 9 }),
    gpuModel: host.gpuModel,
    perHour: price.perHour === null ? null : printAmount(price.perHour),
    perGpuHour: nullOrAmount(perGpuHour({ host, price })),
    rung: price.rung,
    rateCard: price.rateCard,
    explanation: price.explanation,
  }));
  return { valid: true, faults: [], hosts };
}

function perGpuHour({ host, price }: Priced): bigint | null {
  return price.perHour === null || host.gpus === 0n ? null : divideHalfEven(price.perHour * NANO, host.gpus);
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
const nullOrAmount = (amount: bigint | null): string | null => (amount === null ? null : printAmount(amount));
const amountText = (amount: bigint | null): string => nullOrAmount(amount) ?? '';
