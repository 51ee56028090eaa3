import type { Instant } from '../../units/interval';
import { boundedMap } from '../bounded-map';
import { FeedError } from '../feed';
import type { MetaflowFeedOptions } from './feed-options';
import type { MetaflowFeed } from './local-feed';
import { type Found, type RowEntry, RowIndex } from './row-index';
import { lastWordsOf, type RowReader, type RowReading, readRowEntry } from './row-reading';
import type { RowSource } from './row-source';
import { factsOf } from './see-run';

const RUNS_A_POLL = 200;
const RUNS_AT_ONCE = 4;
/** A run that failed so many polls in a row while others could be read no longer fails the poll. */
const TOLERATED_AFTER = 3;

/**
 * The feed of a source of rows. A poll tells the runs that are new or have changed; it throws FeedError, and has told
 * nothing, when the source cannot be asked. Polls must not overlap.
 */
export function createRowFeed(options: MetaflowFeedOptions, source: RowSource): MetaflowFeed {
  const index = new RowIndex({ feed: options.name, source });
  const reader: RowReader = { options, source };
  let waiting: RowEntry[] = [];
  let found: Omit<Found, 'due'> = { issues: [], isEmpty: false };
  return {
    name: options.name,
    forget: (keys) => keys.forEach((key) => index.reopen(key)),
    async poll({ now, known }) {
      if (waiting.length === 0) ({ due: waiting, ...found } = await index.discover(now, known));
      const batch = waiting.slice(0, RUNS_A_POLL);
      const rest = waiting.slice(RUNS_A_POLL);
      waiting = [];
      const readings = await readAll(reader, batch, now);
      for (const [at, entry] of batch.entries()) Object.assign(entry, readings[at]!.memory);
      waiting = rest;
      const issues = [...found.issues, ...readings.flatMap((reading) => reading.issues)];
      found = { ...found, issues: [] };
      const { newest, rows } = factsOf(readings.flatMap(({ seen }) => (seen === null ? [] : [seen])));
      const news = readings.flatMap(({ seen, isOld }) => (seen === null || isOld ? [] : [seen]));
      const emptyReason = found.isEmpty ? 'There are no runs yet.' : null;
      return { ...factsOf(news), rows, newest, issues, emptyReason, complete: waiting.length === 0 };
    },
  };
}

/** Reads the runs of one poll. The first failure stops it, unless its run fails for long and others can be read. */
async function readAll(reader: RowReader, batch: readonly RowEntry[], now: Instant): Promise<RowReading[]> {
  let stop: FeedError | null = null;
  const failed: FeedError[] = [];
  const readings = await boundedMap(batch, RUNS_AT_ONCE, async (entry) => {
    if (stop !== null) throw stop;
    try {
      return await readRowEntry(reader, entry, now);
    } catch (error) {
      if (!(error instanceof FeedError)) throw error;
      entry.failures += 1;
      failed.push(error);
      if (entry.failures > TOLERATED_AFTER) return lastWordsOf(reader, { entry, now }, error);
      stop = error;
      throw error;
    }
  });
  if (failed.length > 0 && failed.length === batch.length) throw failed[0]!;
  return readings;
}
