import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { checkAcross, type Placed } from './config/cross-checks';
import { readDimensions } from './config/dimensions';
import { type ConfigDocument, type Environment, readDocument } from './config/document';
import type { ConfigFault, FieldPath, Finding, Report } from './config/fault';
import { readBudget } from './config/budgets';
import { readFeeds } from './config/feeds';
import type { GpuFeedConfig, KubernetesFeedConfig } from './config/live-feeds';
import type { MetaflowFeedConfig } from './config/metaflow-feeds';
import { readHolding, readHost } from './config/hosts';
import { readDiscount, readRateCard } from './config/rate-cards';
import type { ListenAddress } from './config/scalars';
import { itemsOf, keysOf, readBy } from './config/section';
import { readSection, readSplitPolicy, type SplitPolicy, topSchema } from './config/sections';
import type { Budget } from './facts/budget';
import type { DimensionRules } from './facts/dimension-rule';
import type { Holding } from './facts/holding';
import type { Host } from './facts/host';
import type { Discount, RateCard } from './facts/rate-card';
import type { Prices } from './feeds/prices/parse';
import { readBuiltInPrices } from './feeds/prices/read';

export { type ConfigFault, printFault } from './config/fault';
export type { MetaflowFeedConfig } from './config/metaflow-feeds';
export type { ListenAddress } from './config/scalars';

/** The configuration, checked and with every default filled in; paths are absolute. */
export type Config = {
  readonly ledger: { readonly currency: string };
  readonly server: {
    readonly listen: ListenAddress;
    readonly tokensFile: string | null;
    readonly webConfig: string | null;
  };
  /** `chdb:/absolute/folder` or `http(s)://…`. */
  readonly store: { readonly url: string };
  readonly cycles: { readonly liveMs: number; readonly closeDelayMs: number };
  readonly feeds: {
    readonly metaflow: readonly MetaflowFeedConfig[];
    readonly kubernetes: readonly KubernetesFeedConfig[];
    readonly dcgm: readonly GpuFeedConfig[];
  };
  readonly rateCards: readonly RateCard[];
  readonly discounts: readonly Discount[];
  /** With what their instance types say filled in. */
  readonly hosts: readonly Host[];
  readonly holdings: readonly Holding[];
  readonly budgets: readonly Budget[];
  readonly dimensions: DimensionRules;
  readonly splitPolicy: SplitPolicy;
  readonly metrics: { readonly maxRuns: number; readonly finishedTtlMs: number };
};

/** Where a configuration comes from: a file, or a text with the folder its relative paths start from. */
export type ConfigSource = ({ readonly path: string } | { readonly text: string; readonly folder?: string }) & {
  readonly env: Environment;
  /** List prices and instance types, which fill hosts and find mistakes; the built-in ones where left out. */
  readonly prices?: Prices;
};

/** A configuration, or every fault that keeps it from being one. */
export type LoadedConfig =
  | { readonly config: Config; readonly faults: readonly [] }
  | { readonly config: null; readonly faults: readonly ConfigFault[] };

/** Reads and checks a whole configuration; all faults are listed at once, in the order of the document. */
export function loadConfig(source: ConfigSource): LoadedConfig {
  const read = textOf(source);
  if ('fault' in read) return { config: null, faults: [read.fault] };
  const document = readDocument(read.text, { file: read.file, env: source.env });
  const findings: Finding[] = [];
  const config = document.value === null ? null : readConfig(document, { source, folder: read.folder, findings });
  const isNew = (fault: ConfigFault): boolean => !document.faults.some((other) => isSamePlace(fault, other));
  const found = findings.map((finding) => document.faultOf(finding));
  const faults = [...document.faults, ...found.filter(isNew)];
  if (config !== null && faults.length === 0) return { config, faults: [] };
  return { config: null, faults: faults.sort((a, b) => a.line - b.line || a.column - b.column) };
}

/** A value whose variable is not set says nothing else of interest. */
function isSamePlace(a: ConfigFault, b: ConfigFault): boolean {
  return a.line === b.line && a.column === b.column;
}

type ReadText = { readonly text: string; readonly file: string | null; readonly folder: string };

function textOf(source: ConfigSource): ReadText | { readonly fault: ConfigFault } {
  if ('text' in source) return { text: source.text, file: null, folder: resolve(source.folder ?? '.') };
  const { path } = source;
  try {
    return { text: readFileSync(path, 'utf8'), file: path, folder: dirname(resolve(path)) };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read: ${code ?? String(cause)}`;
    const remedy = 'Name a file that exists and may be read.';
    return { fault: { file: path, line: 1, column: 1, field: '(document)', value: null, reason, remedy } };
  }
}

type Reading = { readonly source: ConfigSource; readonly folder: string; readonly findings: Finding[] };

function readConfig(document: ConfigDocument, { source, folder, findings }: Reading): Config {
  const report: Report = (finding) => findings.push(finding);
  readBy(topSchema, { value: document.value, path: [], report });
  const top = keysOf(document.value);
  const inFolder = (path: string): string => resolve(folder, path);
  const { listPrices, instanceTypes } = source.prices ?? readBuiltInPrices();
  const listed = <T>(name: string, read: (at: Item) => T | null): Placed<T>[] => readList(name, { top, report, read });

  const ledger = readSection('ledger', { value: top.ledger, report });
  const feeds = readFeeds({ value: top.feeds, report, resolve: inFolder });
  const hosts = listed('hosts', (at) => readHost(at, instanceTypes));
  const cards = listed('rate_cards', readRateCard);
  const discounts = listed('discounts', readDiscount);
  const holdings = listed('holdings', readHolding);
  const hostNames = keysInList(top.hosts, { key: 'name', path: ['hosts'] }).map(({ text }) => text);
  const hostReferences = [
    ...keysInList(keysOf(top.feeds).metaflow, { key: 'host', path: ['feeds', 'metaflow'] }),
    ...keysInList(top.holdings, { key: 'host', path: ['holdings'] }),
  ];
  const { currency } = ledger;
  checkAcross({ hosts, cards, discounts, feeds, hostNames, hostReferences, listPrices, currency }, report);

  return {
    ledger,
    server: readServer(top.server, { report, inFolder }),
    ...readSettings(top, { report, inFolder }),
    feeds: {
      metaflow: feeds.metaflow.map(({ feed }) => feed),
      kubernetes: feeds.kubernetes.map(({ feed }) => feed),
      dcgm: feeds.dcgm.map(({ feed }) => feed),
    },
    rateCards: cards.map(({ it }) => it),
    discounts: discounts.map(({ it }) => it),
    hosts: hosts.map(({ it }) => it),
    holdings: holdings.map(({ it }) => it),
    budgets: listed('budgets', readBudget).map(({ it }) => it),
    dimensions: readDimensions({ value: top.dimensions, report }),
    splitPolicy: readSplitPolicy({ value: top.split_policy, report }),
  };
}

type Item = { readonly value: unknown; readonly path: FieldPath; readonly report: Report };
type Shell = { readonly report: Report; readonly inFolder: (path: string) => string };

function readList<T>(
  name: string,
  { top, report, read }: { top: { readonly [key: string]: unknown }; report: Report; read: (at: Item) => T | null },
): Placed<T>[] {
  return itemsOf({ value: top[name], path: [name], report }).flatMap((item) => {
    const it = read({ ...item, report });
    return it === null ? [] : [{ it, path: item.path }];
  });
}

/** The texts under one key of a list's items as written, whether the items are sound or not. */
function keysInList(
  list: unknown,
  { key, path }: { key: string; path: FieldPath },
): { text: string; path: FieldPath }[] {
  return (Array.isArray(list) ? list : []).flatMap((item, index) => {
    const text = keysOf(item)[key];
    return typeof text === 'string' ? [{ text, path: [...path, index, key] }] : [];
  });
}

function readSettings(
  top: { readonly [key: string]: unknown },
  { report, inFolder }: Shell,
): Pick<Config, 'store' | 'cycles' | 'metrics'> {
  const { url } = readSection('store', { value: top.store, report });
  const cycles = readSection('cycles', { value: top.cycles, report });
  const metrics = readSection('metrics', { value: top.metrics, report });
  return {
    store: { url: url.startsWith('chdb:') ? `chdb:${inFolder(url.slice('chdb:'.length))}` : url },
    cycles: { liveMs: cycles.live, closeDelayMs: cycles.close_delay },
    metrics: { maxRuns: metrics.max_runs, finishedTtlMs: metrics.finished_ttl },
  };
}

function readServer(value: unknown, { report, inFolder }: Shell): Config['server'] {
  const raw = readSection('server', { value, report });
  const fileOf = (key: 'tokens_file' | 'web_config'): string | null => {
    const written = raw[key];
    if (written === undefined) return null;
    const path = inFolder(written);
    if (!existsSync(path)) {
      report({ path: ['server', key], reason: 'is not a file', remedy: `Create ${path} or correct the path.` });
    }
    return path;
  };
  const server = { listen: raw.listen, tokensFile: fileOf('tokens_file'), webConfig: fileOf('web_config') };
  if (!isLoopback(raw.listen.host) && raw.tokens_file === undefined && raw.web_config === undefined) {
    const reason = 'is not a loopback address, and nothing says who may read';
    report({ path: ['server', 'listen'], reason, remedy: 'Add server.tokens_file, or listen on 127.0.0.1.' });
  }
  return server;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
