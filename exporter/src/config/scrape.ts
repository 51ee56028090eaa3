import { z } from 'zod';
import type { ScrapeSettings, Target, TargetSource } from '../feeds/scrape/settings';
import { targetUrl } from '../feeds/scrape/target-address';
import { type FieldPath, printPath, type Report } from './fault';
import { count, duration, text } from './scalars';
import { itemsOf, readBy, strictMap } from './section';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const MIB = 1_048_576;
const DEFAULT_TIMEOUT_MS = 5 * SECOND;

const truth = z.enum(['true', 'false']).transform((word) => word === 'true');

const tlsSchema = strictMap({
  ca_file: text.optional(),
  cert_file: text.optional(),
  key_file: text.optional(),
  server_name: text.optional(),
  insecure_skip_verify: truth.optional(),
});

const discoverySchema = strictMap({
  file: text.optional(),
  dns: text.optional(),
  record: z.enum(['A', 'AAAA', 'SRV']).optional(),
  port: count(1, 65_535).optional(),
  scheme: z.enum(['http', 'https']).optional(),
  path: text.optional(),
});

/** The keys of a feed that scrapes targets, beside its own. */
export const scrapeKeys = {
  name: text,
  targets: z.unknown().optional(),
  discovery: discoverySchema.optional(),
  interval: duration(SECOND, HOUR).default(15 * SECOND),
  timeout: duration(1, HOUR).optional(),
  max_body_mib: count(1, 1024).default(10),
  sample_limit: count(1, 10_000_000).default(50_000),
  tls: tlsSchema.optional(),
  basic_auth: strictMap({ username: text, password_file: text }).optional(),
  bearer_token_file: text.optional(),
} as const;

type RawScrape = z.output<z.ZodObject<typeof scrapeKeys>>;

/** Where the settings stand, and how relative paths are read. */
export type ScrapePlace = {
  readonly path: FieldPath;
  readonly report: Report;
  readonly resolve: (path: string) => string;
};

/** Scrape settings of a feed whose keys are sound by themselves; null when they do not fit together. */
export function scrapeSettings(raw: RawScrape, place: ScrapePlace): ScrapeSettings | null {
  if (raw.basic_auth && raw.bearer_token_file !== undefined) {
    const reason = 'stands beside basic_auth';
    place.report({ path: [...place.path, 'bearer_token_file'], reason, remedy: 'Keep one of the two.' });
    return null;
  }
  const source = readSource(raw, place);
  const timeoutMs = readTimeout(raw, place);
  if (source === null || timeoutMs === null) return null;
  const inFolder = (file: string | undefined): string | null => (file === undefined ? null : place.resolve(file));
  const { tls, basic_auth: auth } = raw;
  return {
    source,
    intervalMs: raw.interval,
    timeoutMs,
    bodyLimitBytes: raw.max_body_mib * MIB,
    sampleLimit: raw.sample_limit,
    tls: tls
      ? {
          caFile: inFolder(tls.ca_file),
          certFile: inFolder(tls.cert_file),
          keyFile: inFolder(tls.key_file),
          serverName: tls.server_name ?? null,
          insecureSkipVerify: tls.insecure_skip_verify ?? false,
        }
      : null,
    basicAuth: auth ? { username: auth.username, passwordFile: place.resolve(auth.password_file) } : null,
    bearerTokenFile: inFolder(raw.bearer_token_file),
  };
}

/** Four fifths of the interval, 5 s at most, unless one is given. */
function readTimeout({ interval, timeout }: RawScrape, { path, report }: ScrapePlace): number | null {
  if (timeout === undefined) return Math.min(DEFAULT_TIMEOUT_MS, Math.floor((interval * 4) / 5));
  if (timeout <= interval) return timeout;
  const remedy = 'A target must answer before it is asked again: write a timeout up to the interval.';
  report({ path: [...path, 'timeout'], reason: 'is longer than the interval', remedy });
  return null;
}

function readSource(raw: RawScrape, place: ScrapePlace): TargetSource | null {
  const { path, report, resolve } = place;
  if (raw.discovery === undefined) return readStatic(raw.targets, place);
  if (raw.targets !== undefined) {
    report({ path: [...path, 'discovery'], reason: 'stands beside targets', remedy: 'Keep one of the two.' });
    return null;
  }
  const { file, dns, record = 'A', port, scheme = 'http', path: metricsPath = '/metrics' } = raw.discovery;
  const fail = (reason: string, remedy: string): null => {
    report({ path: [...path, 'discovery'], reason, remedy });
    return null;
  };
  if ((file === undefined) === (dns === undefined)) {
    return fail('names no source, or two', 'Write file: targets.json, or dns: a name.');
  }
  if (file !== undefined) return { kind: 'file', path: resolve(file) };
  if (record !== 'SRV' && port === undefined) {
    return fail(`has no port, and ${record} records bring none`, 'Add port: 9400, or use record: SRV.');
  }
  return { kind: 'dns', name: dns!, record, port: port ?? null, scheme, path: metricsPath };
}

const targetSchema = strictMap({ url: text, host: text.optional() });

function readStatic(value: unknown, place: ScrapePlace): TargetSource | null {
  const { report } = place;
  const path = [...place.path, 'targets'];
  const items = itemsOf({ value, path, report });
  if (items.length === 0) {
    report({ path, atKey: true, reason: 'names nothing to scrape', remedy: 'List addresses, or add discovery.' });
    return null;
  }
  const targets = items.map((item) => readTarget(item.value, { path: item.path, report }));
  const sound = targets.filter((target) => target !== null);
  const first = new Map<string, FieldPath>();
  for (const [index, target] of targets.entries()) {
    if (target === null) continue;
    const known = first.get(target.url);
    if (known) {
      const reason = `is the target at ${printPath(known)} too`;
      report({ path: items[index]!.path, reason, remedy: 'Name each address once.' });
    } else first.set(target.url, items[index]!.path);
  }
  return sound.length === targets.length ? { kind: 'static', targets: sound } : null;
}

function readTarget(value: unknown, at: { path: FieldPath; report: Report }): Target | null {
  const raw = typeof value === 'string' ? { url: value } : readBy(targetSchema, { value, ...at });
  if (!raw) return null;
  const read = targetUrl(raw.url);
  if ('url' in read) return { url: read.url, host: 'host' in raw ? (raw.host ?? null) : null };
  const remedy = 'Write host:port, or http(s)://host:port/path; a password goes into basic_auth.password_file.';
  at.report({ path: at.path, reason: 'is not the address of a target', remedy });
  return null;
}
