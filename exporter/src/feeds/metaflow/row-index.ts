import { createHash } from 'node:crypto';
import type { Outcome, RunKey } from '../../facts/attempt';
import type { Issue } from '../../facts/issue';
import type { Instant } from '../../units/interval';
import { compareUtf8 } from '../../units/utf8-order';
import { boundedMap } from '../bounded-map';
import type { RowCounts } from '../feed';
import { isRecord } from './parse-row';
import { RowFaults } from './row-faults';
import { flowIdOf, type Row, runIdOf } from './row-ids';
import type { RowSource, RunDetails, RunName } from './row-source';
import type { KnownRun } from './run-index';
import { isSaneInstant } from './sane-instant';
import { showValue } from './show-value';

/** What is remembered of a run: an `open` one is read in every poll, a finished one at a few times after its end. */
export type RowEntry = {
  readonly flow: string;
  readonly run: string;
  /** Its own row as it was last seen; null where only the store knows the run. */
  row: unknown;
  /** A hash of what of that row matters, and its last heartbeat as text: what tells that a finished run changed. */
  mark: string;
  beat: string;
  /** The source has it no more. */
  isGone: boolean;
  state: 'open' | 'closed' | 'lost';
  /** Something changed since it was read. */
  isStale: boolean;
  endedAt: Instant | null;
  /** How many of {@link LOOKS_MS} were taken. */
  looks: number;
  /** A hash of the facts that were told last; empty: none. */
  told: string;
  counted: RowCounts;
  reported: string;
  /** What was last read of it, of runs that are open or gone alone. */
  details: RunDetails | null;
  /** Polls in a row in which it could not be read. */
  failures: number;
};

/** So long after its end a run is read once more, because rows may come late. */
export const LOOKS_MS: readonly number[] = [60_000, 600_000, 3_600_000];

const RELIST_MS = 3_600_000;
const OVERLAP_MS = 600_000;
const ROWS_AT_ONCE = 4;

/** What one look at the list of runs found. */
export type Found = { readonly due: RowEntry[]; readonly issues: readonly Issue[]; readonly isEmpty: boolean };

/** Remembers the runs of a source and finds out, from their own rows alone, which of them to read. */
export class RowIndex {
  readonly #entries = new Map<string, RowEntry>();
  #relistedAt: Instant | null = null;
  #newest: Instant | null = null;

  constructor(private readonly place: { readonly feed: string; readonly source: RowSource }) {}

  /** New and open runs, and finished ones that changed or whose next look is due. Throws FeedError. */
  async discover(now: Instant, known: readonly KnownRun[]): Promise<Found> {
    const { source, feed } = this.place;
    const isFirst = this.#relistedAt === null;
    const isWhole = this.#relistedAt === null || Math.abs(now - this.#relistedAt) >= RELIST_MS;
    const since = isWhole || this.#newest === null ? null : Math.min(this.#newest, now) - OVERLAP_MS;
    const faults = new RowFaults();
    const listed = readList(await source.runs(since), { file: source.places(null).run, faults });
    const stored = isFirst ? memoryOf(known) : new Map<string, RowEntry>();
    for (const [name, row] of listed) this.#note(name, { row, stored });
    for (const [name, entry] of stored) if (entry.state === 'open') this.#entries.set(name, entry);
    await this.#lookForMissing(listed);
    if (since === null) this.#dropUnlisted(listed);
    if (isWhole) this.#relistedAt = now;
    const due = [...this.#entries.values()].filter((entry) => isDue(entry, now)).sort(mostUrgentFirst);
    return { due, issues: faults.issues(feed), isEmpty: this.#entries.size === 0 };
  }

  /** Makes a run due although nothing of it changed. */
  reopen({ flow, run }: RunKey): void {
    const entry = this.#entries.get(nameOf({ flow, run }));
    if (entry) Object.assign(entry, { isStale: true, told: '', reported: '' });
  }

  #note(name: string, { row, stored }: { row: Row; stored: Map<string, RowEntry> }): void {
    const entry = this.#entries.get(name) ?? stored.get(name) ?? newEntry(row);
    stored.delete(name);
    this.#entries.set(name, entry);
    const [mark, beat] = [markOf(row), beatOf(row)];
    if (mark !== entry.mark || (entry.state === 'lost' && beat !== entry.beat)) entry.isStale = true;
    Object.assign(entry, { row, mark, beat, isGone: false });
    const at = startOf(row);
    if (at !== null && at > (this.#newest ?? 0)) this.#newest = at;
  }

  /** A list of the newest runs says nothing of an older one: each open one is asked for by its name. */
  async #lookForMissing(listed: ReadonlyMap<string, Row>): Promise<void> {
    const missing = [...this.#entries].filter(([name, { state }]) => state === 'open' && !listed.has(name));
    await boundedMap(missing, ROWS_AT_ONCE, async ([, entry]) => {
      const row = await this.place.source.run({ flow: entry.flow, run: entry.run });
      entry.isGone = row === null;
      if (isRecord(row)) Object.assign(entry, { row, mark: markOf(row), beat: beatOf(row) });
    });
  }

  #dropUnlisted(listed: ReadonlyMap<string, Row>): void {
    for (const [name, { state, isStale }] of this.#entries) {
      if (state !== 'open' && !isStale && !listed.has(name)) this.#entries.delete(name);
    }
  }
}

/** What the store keeps to know that a finished run is still the same: its row, when it ended, its last heartbeat. */
export function fingerprintOf({ mark, beat }: RowEntry, endedAt: Instant | null): string {
  return [mark, endedAt ?? '', beat].join('|');
}

/** How many looks at a finished run are over at `now`. */
export function looksOver(endedAt: Instant | null, now: Instant): number {
  return endedAt === null ? 0 : LOOKS_MS.filter((wait) => endedAt + wait <= now).length;
}

function readList(
  rows: readonly unknown[],
  { file, faults }: { readonly file: string; readonly faults: RowFaults },
): Map<string, Row> {
  const listed = new Map<string, Row>();
  for (const row of rows) {
    const [flow, run] = [flowIdOf(row), runIdOf(row)];
    if (!isRecord(row) || flow === null || run === null) {
      const field = flow === null ? 'flow_id' : 'run_number';
      faults.add({ code: 'bad_value', file, field, value: showValue(row), reason: `A run's row has no ${field}.` });
      continue;
    }
    const name = nameOf({ flow, run });
    const known = listed.get(name);
    if (known && startOf(known) !== startOf(row)) {
      const reason = 'Two runs have the same id; the older row counts, and what both recorded counts as one run.';
      faults.add({ code: 'duplicate_record', file, field: 'run_number', value: `${flow}/${run}`, reason });
    }
    if (!known || (startOf(row) ?? Infinity) < (startOf(known) ?? Infinity)) listed.set(name, row);
  }
  return listed;
}

/** The runs that the store knows, as this feed left them. */
function memoryOf(known: readonly KnownRun[]): Map<string, RowEntry> {
  const ends = known.map(({ fingerprint }) => parseFingerprint(fingerprint)?.endedAt ?? 0);
  const leftOffAt = ends.reduce((last, end) => Math.max(last, end), 0);
  const entries = known.map(({ key, outcome, fingerprint }): [string, RowEntry] => {
    const entry = { ...blank({ flow: key.flow, run: key.run }), state: stateOf(outcome) };
    const read = outcome === 'running' ? null : parseFingerprint(fingerprint);
    if (read === null) return [nameOf(key), { ...entry, isStale: true }];
    return [nameOf(key), { ...entry, ...read, looks: looksOver(read.endedAt, leftOffAt) }];
  });
  return new Map(entries);
}

/** The state of a run by its outcome. */
export function stateOf(outcome: Outcome): RowEntry['state'] {
  return outcome === 'running' ? 'open' : outcome === 'lost' ? 'lost' : 'closed';
}

function parseFingerprint(text: string): { mark: string; endedAt: Instant; beat: string } | null {
  const [, mark, endedAt, beat] = /^([0-9a-f]{16})\|(\d{1,16})\|(\d*)$/.exec(text) ?? [];
  return mark === undefined ? null : { mark, endedAt: Number(endedAt), beat: beat! };
}

/** Whatever of a run's row may change and matters, heartbeats apart; a list of tags has no order. */
function markOf({ ts_epoch: at, user_name: user, ...row }: Row): string {
  const tags = [row.tags, row.system_tags].map((list) =>
    Array.isArray(list) ? [...(list as unknown[])].sort() : list,
  );
  return createHash('sha256')
    .update(JSON.stringify([at, user, tags]))
    .digest('hex')
    .slice(0, 16);
}

const beatOf = ({ last_heartbeat_ts: beat }: Row): string => (typeof beat === 'number' ? String(beat) : '');

const startOf = (row: unknown): Instant | null => (isRecord(row) && isSaneInstant(row.ts_epoch) ? row.ts_epoch : null);

function newEntry(row: Row): RowEntry {
  const name = { flow: flowIdOf(row)!, run: runIdOf(row)! };
  return { ...blank(name), row, mark: markOf(row), beat: beatOf(row) };
}

function blank({ flow, run }: RunName): RowEntry {
  return {
    flow,
    run,
    row: null,
    mark: '',
    beat: '',
    isGone: false,
    state: 'open',
    isStale: false,
    endedAt: null,
    looks: 0,
    told: '',
    counted: { accepted: 0, rejected: 0 },
    reported: '',
    details: null,
    failures: 0,
  };
}

function isDue({ state, isStale, endedAt, looks }: RowEntry, now: Instant): boolean {
  return state === 'open' || isStale || looksOver(endedAt, now) > looks;
}

const mostUrgentFirst = (a: RowEntry, b: RowEntry): number =>
  Number(b.details !== null) - Number(a.details !== null) ||
  (startOf(b.row) ?? 0) - (startOf(a.row) ?? 0) ||
  compareUtf8(nameOf(a), nameOf(b));

const nameOf = ({ flow, run }: RunName): string => JSON.stringify([flow, run]);
