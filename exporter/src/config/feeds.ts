import { z } from 'zod';
import type { FieldPath, Report } from './fault';
import { duration, text } from './scalars';
import { itemsOf, notYet, readBy, strictMap } from './section';

/** One Metaflow feed of type local: a `.metaflow` folder that is polled. */
export type MetaflowFeedConfig = {
  readonly name: string;
  /** The metadata service or datastore that the runs belong to; part of every run's key. */
  readonly deployment: string;
  readonly type: 'local';
  /** Absolute. */
  readonly path: string;
  readonly pollMs: number;
  /** The host its attempts ran on; null: the only host of the configuration. */
  readonly host: string | null;
  /** After this long without a sign of life an open attempt is lost. */
  readonly silenceMs: number;
};

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LIVE_FEEDS = 'it arrives with the live feeds';
const LATER_TYPES = ['service', 'ui', 'postgres'];

const feedType = z.string().transform((type, context) => {
  if (type === 'local') return 'local' as const;
  const isLater = LATER_TYPES.includes(type);
  const message = isLater ? 'arrives with the live feeds; not yet' : 'is not a type of Metaflow feed';
  context.issues.push({ code: 'custom', message, params: { remedy: 'Write type: local.' }, input: type });
  return z.NEVER;
});

const metaflowSchema = strictMap({
  name: text,
  deployment: text.optional(),
  type: feedType.default('local'),
  path: text.optional(),
  poll: duration(1, HOUR).default(5000),
  host: text.optional(),
  silence: duration(1000, 365 * DAY).default(DAY),
  url: notYet(LIVE_FEEDS),
  headers_file: notYet(LIVE_FEEDS),
});

const feedsSchema = strictMap({
  metaflow: z.unknown().optional(),
  kubernetes: notYet('the Kubernetes feed arrives later'),
  dcgm: notYet('GPU telemetry arrives later'),
  billing: notYet('the billing feeds arrive later'),
});

/** Reads the section `feeds`; each feed keeps its place in the list. */
export function readFeeds(at: { value: unknown; report: Report; resolve: (path: string) => string }): PlacedFeed[] {
  const { report, resolve } = at;
  const path = ['feeds'];
  const feeds = readBy(feedsSchema, { value: at.value === undefined || at.value === '' ? {} : at.value, path, report });
  const metaflow = (feeds ?? (at.value as { metaflow?: unknown } | undefined))?.metaflow;
  return itemsOf({ value: metaflow, path: [...path, 'metaflow'], report }).flatMap((item) => {
    const raw = readBy(metaflowSchema, { ...item, report });
    if (!raw) return [];
    const { name, deployment = name, type, host = null, poll: pollMs, silence: silenceMs } = raw;
    const feed = { name, deployment, type, path: resolve(raw.path ?? '.metaflow'), pollMs, host, silenceMs };
    return [{ feed, path: item.path }];
  });
}

/** A feed and where it stands in the document. */
export type PlacedFeed = { readonly feed: MetaflowFeedConfig; readonly path: FieldPath };
