import { z } from 'zod';
import type { FieldPath, Report } from './fault';
import { duration, text } from './scalars';
import { readBy, strictMap } from './section';

type Common = {
  readonly name: string;
  /** The metadata service or datastore that the runs belong to; part of every run's key. */
  readonly deployment: string;
  readonly pollMs: number;
  /** The host its attempts ran on where nothing else says; null: the only host of the configuration. */
  readonly host: string | null;
  /** After this long without a sign of life an open attempt is lost. */
  readonly silenceMs: number;
};

/** A `.metaflow` folder that is polled; `path` is absolute. */
export type LocalFeedConfig = Common & { readonly type: 'local'; readonly path: string };
/** A metadata service or a UI backend, asked over HTTP; `headersFile` holds a JSON map of headers to send. */
export type HttpFeedConfig = Common & {
  readonly type: 'service' | 'ui';
  readonly url: string;
  readonly headersFile: string | null;
  readonly timeoutMs: number;
};
/** The metadata service's own database; the password stands in a file. */
export type PostgresFeedConfig = Common & {
  readonly type: 'postgres';
  readonly url: string;
  readonly passwordFile: string | null;
  readonly timeoutMs: number;
};
/** One Metaflow feed. */
export type MetaflowFeedConfig = LocalFeedConfig | HttpFeedConfig | PostgresFeedConfig;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const metaflowSchema = strictMap({
  name: text,
  deployment: text.optional(),
  type: z.enum(['local', 'service', 'ui', 'postgres']).default('local'),
  path: text.optional(),
  url: text.optional(),
  headers_file: text.optional(),
  password_file: text.optional(),
  poll: duration(1, HOUR).default(5 * SECOND),
  timeout: duration(1, HOUR).default(10 * SECOND),
  host: text.optional(),
  silence: duration(SECOND, 365 * DAY).optional(),
});
type Raw = z.output<typeof metaflowSchema>;

/** Which keys a type of feed has beside those of all. */
const KEYS_OF_TYPE = {
  local: ['path'],
  service: ['url', 'headers_file', 'timeout'],
  ui: ['url', 'headers_file', 'timeout'],
  postgres: ['url', 'password_file', 'timeout'],
} as const;
const SPECIAL_KEYS = ['path', 'url', 'headers_file', 'password_file', 'timeout'] as const;

/** Heartbeats tell of life every few seconds; a local tree has none. */
const SILENCE_MS = { local: DAY, service: 10 * MINUTE, ui: 10 * MINUTE, postgres: 10 * MINUTE } as const;

type Place = {
  readonly value: unknown;
  readonly path: FieldPath;
  readonly report: Report;
  readonly resolve: (path: string) => string;
};

/** Reads one Metaflow feed; null when something is wrong with it. */
export function readMetaflowFeed(place: Place): MetaflowFeedConfig | null {
  const raw = readBy(metaflowSchema, place);
  if (!raw || !hasOwnKeysAlone(raw, place)) return null;
  const { name, deployment = name, type, host = null, poll: pollMs, silence: silenceMs = SILENCE_MS[type] } = raw;
  const common = { name, deployment, pollMs, host, silenceMs };
  const inFolder = (file: string | undefined): string | null => (file === undefined ? null : place.resolve(file));
  if (type === 'local') return { ...common, type, path: place.resolve(raw.path ?? '.metaflow') };
  const url = readUrl(raw, type, place);
  if (url === null) return null;
  const remote = { ...common, url, timeoutMs: raw.timeout };
  if (type === 'postgres') return { ...remote, type, passwordFile: inFolder(raw.password_file) };
  return { ...remote, type, headersFile: inFolder(raw.headers_file) };
}

function hasOwnKeysAlone(raw: Raw, { value, path, report }: Place): boolean {
  const own: readonly string[] = KEYS_OF_TYPE[raw.type];
  const foreign = SPECIAL_KEYS.filter((key) => !own.includes(key) && key in (value as object));
  for (const key of foreign) {
    const reason = `means nothing for type: ${raw.type}`;
    report({ path: [...path, key], atKey: true, reason, remedy: `Remove it; this type has ${own.join(', ')}.` });
  }
  return foreign.length === 0;
}

function readUrl(raw: Raw, type: 'service' | 'ui' | 'postgres', { path, report }: Place): string | null {
  const isDatabase = type === 'postgres';
  const example = isDatabase ? 'postgresql://reader@host:5432/metaflow' : 'http://metaflow-metadata:8080';
  const fail = (reason: string, remedy: string): null => {
    report({ path: [...path, 'url'], reason, remedy });
    return null;
  };
  if (raw.url === undefined) return fail('is missing', `Add it, e.g. url: ${example}.`);
  const scheme = isDatabase ? /^postgres(ql)?:\/\// : /^https?:\/\//;
  if (!scheme.test(raw.url) || !URL.canParse(raw.url))
    return fail(`is not the address of a ${type}`, `E.g. ${example}.`);
  const url = new URL(raw.url);
  if (url.password !== '' || (!isDatabase && url.username !== '')) {
    const file = isDatabase ? 'password_file' : 'headers_file';
    return fail('carries a password', `Keep secrets out of this file: use ${file}.`);
  }
  if (!isDatabase && /[?#]/.test(raw.url)) {
    return fail('has more than a path, which would be lost', 'End it before ? and #; a key goes into headers_file.');
  }
  return raw.url.replace(/\/+$/, '');
}
