import { join } from 'node:path';
import type { Outcome, RunKey } from '../../facts/attempt';
import type { Issue } from '../../facts/issue';
import type { Instant } from '../../units/interval';
import { boundedMap } from '../bounded-map';
import { FeedError, type RowCounts } from '../feed';
import { issueOf } from './issue';
import { listFolder, listNames, statPath } from './local-files';
import { readRun, runMark, type TaskCache } from './local-tree';
import { rebasedRunId } from './parse-run';
import type { RunFiles } from './run-files';
import type { RunPlace } from './run-folders';
import { everySignOf } from './run-mark';
import { lookBelow, parseWatch, WATCH_MS } from './run-watch';

/** A run stored before a restart: nothing of it is read again while its fingerprint stays the same. */
export type KnownRun = { readonly key: RunKey; readonly outcome: Outcome; readonly fingerprint: string };

/** What is remembered of a run directory: an `open` one is read in every poll, a `lost` one watched for any sign. */
export type RunEntry = {
  readonly flow: string;
  readonly run: string;
  state: 'open' | 'closed' | 'lost';
  fingerprint: string;
  /** Of closed runs alone: the last look below the run is yet to come. */
  watched: boolean;
  counted: RowCounts;
  reported: string;
  /** Of open runs alone: `files` as they were last read without fault. */
  cache: TaskCache | null;
  files: RunFiles | null;
};

/** What one look at the tree found: the runs worth reading, and folders that could not be listed. */
export type Discovery = { readonly due: RunEntry[]; readonly issues: Issue[]; readonly emptyReason: string | null };

type Look = 'gone' | 'same' | 'changed';
type Flow = { mark: string; readonly runs: Map<string, RunEntry> };
type Place = { readonly feed: string; readonly root: string; readonly rebaseMs: number };

/** Every finished run is looked at once in so long (and so within a minute). */
const SWEEP_MS = 50_000;
const LOOKS_AT_ONCE = 16;
const NOT_RUNS = new Set(['_meta', 'data', 'latest_run']);

/** Remembers the runs of a tree and finds out, with a stat or two a run, which of them to read. */
export class RunIndex {
  private readonly flows = new Map<string, Flow>();
  private entries: RunEntry[] = [];
  private readonly gone = new Set<RunEntry>();
  private cursor = 0;
  private sweptAt: Instant | null = null;
  private relistedAt: Instant | null = null;
  private watchedFrom: Instant = 0;

  constructor(private readonly place: Place) {}

  /** New and open runs, and those finished ones of this poll's share that changed. Throws {@link FeedError}. */
  async discover(now: Instant, known: readonly KnownRun[]): Promise<Discovery> {
    const flows = await listFolder(this.place.root);
    if ('problem' in flows) {
      if (flows.problem === 'missing') return { due: [], issues: [], emptyReason: `${this.place.root} is not there.` };
      throw new FeedError(`${this.place.root} ${flows.reason}.`);
    }
    const isFirst = this.sweptAt === null;
    const remembered = new Map(isFirst ? known.map((run) => [nameOf(run.key.flow, run.key.run), run]) : []);
    const isRelisted = this.relistedAt === null || Math.abs(now - this.relistedAt) >= SWEEP_MS;
    if (isRelisted) this.relistedAt = now;
    this.watchedFrom = isFirst ? watchedFromOf(known) : this.watchedFrom;
    const issues: Issue[] = [];
    for (const flow of flows.folders.filter((name) => !name.startsWith('.'))) {
      issues.push(...(await this.listRuns({ flow, isRelisted }, remembered)));
    }
    this.clearGone();
    const swept = await this.sweep(now);
    this.clearGone();
    const open = this.entries.filter(({ state }) => state === 'open').sort(newestFirst);
    return { due: [...open, ...swept], issues: [...issues, ...this.goneIssues(remembered)], emptyReason: null };
  }

  /** Forgets what is known of a run, so that it is read again if it is still there. */
  reopen(key: RunKey): void {
    for (const entry of this.flows.get(key.flow)?.runs.values() ?? []) {
      if (rebasedRunId(entry.run, this.place.rebaseMs) === key.run)
        Object.assign(entry, { state: 'open', reported: '' });
    }
  }

  /** Drops a run whose directory is gone. */
  drop(entry: RunEntry): void {
    this.flows.get(entry.flow)?.runs.delete(entry.run);
    this.gone.add(entry);
  }

  private clearGone(): void {
    if (this.gone.size === 0) return;
    this.entries = this.entries.filter((entry) => !this.gone.has(entry));
    this.gone.clear();
  }

  private async listRuns(
    { flow, isRelisted }: { flow: string; isRelisted: boolean },
    remembered: ReadonlyMap<string, KnownRun>,
  ): Promise<Issue[]> {
    const path = join(this.place.root, flow);
    const known = this.flows.get(flow) ?? { mark: '', runs: new Map<string, RunEntry>() };
    this.flows.set(flow, known);
    const mark = (await statPath(path))?.mark ?? '';
    if (mark === known.mark && !isRelisted) return [];
    const names = await listNames(path);
    if ('problem' in names) return names.problem === 'missing' ? [] : [this.unlistable(flow, names.reason)];
    const fresh = names.filter((name) => !known.runs.has(name) && !NOT_RUNS.has(name) && !name.startsWith('.'));
    const folders = await boundedMap(
      fresh,
      LOOKS_AT_ONCE,
      async (name) => (await statPath(join(path, name)))?.isFolder,
    );
    for (const [index, run] of fresh.entries()) {
      if (!folders[index]) continue;
      const stored = remembered.get(nameOf(flow, rebasedRunId(run, this.place.rebaseMs)));
      const entry = entryOf({ flow, run }, { known: stored, watchedFrom: this.watchedFrom });
      known.runs.set(run, entry);
      this.entries.push(entry);
    }
    known.mark = mark;
    return [];
  }

  /** Looks at this poll's share of the finished runs; returns those that changed and drops those that are gone. */
  private async sweep(now: Instant): Promise<RunEntry[]> {
    const elapsed = this.sweptAt === null ? SWEEP_MS : Math.min(Math.abs(now - this.sweptAt), SWEEP_MS);
    this.sweptAt = now;
    const share = Math.ceil((this.entries.length * elapsed) / SWEEP_MS);
    const looked: RunEntry[] = [];
    for (let count = 0; count < share; count++) looked.push(this.entries[this.cursor++ % this.entries.length]!);
    this.cursor %= Math.max(1, this.entries.length);
    const finished = looked.filter(({ state }) => state !== 'open');
    const looks = await boundedMap(finished, LOOKS_AT_ONCE, (entry) => this.lookAt(entry, now));
    const changed: RunEntry[] = [];
    for (const [index, entry] of finished.entries()) {
      if (looks[index] === 'gone') this.drop(entry);
      else if (looks[index] === 'changed') changed.push(entry);
    }
    return changed;
  }

  private async lookAt(entry: RunEntry, now: Instant): Promise<Look> {
    const place = { root: this.place.root, flow: entry.flow, run: entry.run };
    if (entry.state === 'closed') return lookAtClosed(place, entry, now);
    const files = await readRun(place, new Map());
    if ('problem' in files) return files.problem === 'missing' ? 'gone' : 'same';
    return everySignOf(files) === entry.fingerprint ? 'same' : 'changed';
  }

  private goneIssues(remembered: ReadonlyMap<string, KnownRun>): Issue[] {
    const present = new Set(this.entries.map(({ flow, run }) => nameOf(flow, rebasedRunId(run, this.place.rebaseMs))));
    return [...remembered]
      .filter(([name, { outcome }]) => outcome === 'running' && !present.has(name))
      .map(([, { key }]) => goneIssue(this.place.feed, `${key.flow}/${key.run}`));
  }

  private unlistable(flow: string, reason: string): Issue {
    const remedy = 'Let the exporter list the folder.';
    return issueOf(this.place.feed, {
      code: 'unreadable_file',
      file: flow,
      reason: `The folder ${reason}, so the runs of ${flow} are unknown.`,
      remedy,
    });
  }
}

/** The issue of a run that went away while it was open. */
export function goneIssue(feed: string, path: string): Issue {
  return issueOf(feed, {
    code: 'unreadable_file',
    file: path,
    reason: 'The directory of a run that had not ended is gone, so nothing says when it ended.',
    remedy: 'Restore the directory; where it was removed on purpose the run is closed at its last sign.',
  });
}

/** A stat or two; while the run is watched, and once after, its folders as well. */
async function lookAtClosed(place: RunPlace, entry: RunEntry, now: Instant): Promise<Look> {
  const own = await runMark(place);
  if (own === null) return 'gone';
  const watch = parseWatch(entry.fingerprint);
  if (watch?.own !== own) return 'changed';
  if (!entry.watched) return 'same';
  if ((await lookBelow(place, watch.depth)) !== watch.below) return 'changed';
  entry.watched = now < watch.until;
  return 'same';
}

/** Runs whose watch ended before the newest known run did were looked at to its end by whoever stored them. */
function watchedFromOf(known: readonly KnownRun[]): Instant {
  return known.reduce((newest, { fingerprint }) => {
    const watch = parseWatch(fingerprint);
    return Math.max(newest, watch === null ? 0 : watch.until - WATCH_MS);
  }, 0);
}

type Memory = { readonly known: KnownRun | undefined; readonly watchedFrom: Instant };

function entryOf({ flow, run }: { flow: string; run: string }, { known, watchedFrom }: Memory): RunEntry {
  const watch = known ? parseWatch(known.fingerprint) : null;
  const watched = watch !== null && watch.until > watchedFrom;
  const blank = { flow, run, watched, counted: { accepted: 0, rejected: 0 }, reported: '', cache: null, files: null };
  if (!known || known.outcome === 'running') return { ...blank, state: 'open', fingerprint: '' };
  return { ...blank, state: known.outcome === 'lost' ? 'lost' : 'closed', fingerprint: known.fingerprint };
}

const nameOf = (flow: string, run: string): string => JSON.stringify([flow, run]);

const newestFirst = (a: RunEntry, b: RunEntry): number => (a.run < b.run ? 1 : a.run > b.run ? -1 : 0);
