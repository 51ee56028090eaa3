import { createHash } from 'node:crypto';
import { type Attempt, attemptKeyText, runKeyText } from '../facts/attempt';
import type { Issue } from '../facts/issue';
import type { Gaps, Labels, Run, RunRecord } from '../facts/run';
import { type Closed, type HostHour, hoursToRestate } from '../ledger/restate';
import type { LoadId, Store } from '../store/store';
import { HOUR_MS, type Instant, hourStart } from '../units/interval';
import { gapsOf } from './assign-host';
import { attemptChanged, runChanged } from './changes';
import { closeBatch } from './close-batch';
import type { Estate } from './estate';
import { heldSpans } from './ledger-span';

/** What a feed saw of runs that may have changed; each run with all its attempts. */
export type SeenRuns = {
  readonly feed: string;
  readonly runs: readonly RunRecord[];
  readonly attempts: readonly Attempt[];
  readonly issues: readonly Issue[];
};

/** Where and under which rules facts are stored. */
export type IngestContext = {
  readonly store: Store;
  readonly estate: Estate;
  readonly closed: ReadonlyMap<string, Closed>;
  readonly labelsOf: (run: RunRecord) => Labels;
  readonly at: Instant;
  readonly asOf: LoadId;
};

/**
 * Stores what changed and, in the same load, restates the closed hours that it moves.
 * Returns the load up to which the store is now to be read; seeing the same again changes nothing.
 */
export async function ingest(context: IngestContext, seen: SeenRuns): Promise<LoadId> {
  const { store, asOf, at } = context;
  const changed = await changedOf(context, seen);
  if (changed.runs.length + changed.attempts.length + seen.issues.length === 0) return asOf;
  const restated = await restate(context, changed);
  const content = JSON.stringify([changed, seen.issues], (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  const { loadId } = await store.publish({
    key: `ingest:${seen.feed}:${asOf}:${createHash('sha256').update(content).digest('hex')}`,
    at,
    runs: changed.runs,
    attempts: changed.attempts.map(({ after }) => after),
    closings: restated.closings,
    issues: [...seen.issues, ...restated.issues],
  });
  return Math.max(asOf, loadId);
}

const NO_GAPS: Gaps = { unchargedAttempts: 0, lostAttempts: 0 };

type ChangedAttempt = { readonly before: Attempt | undefined; readonly after: Attempt };
type Changed = { readonly runs: readonly Run[]; readonly attempts: readonly ChangedAttempt[] };

async function changedOf({ store, asOf, estate, labelsOf }: IngestContext, seen: SeenRuns): Promise<Changed> {
  const keys = seen.runs.map(({ key }) => key);
  const [runsBefore, attemptsBefore] = await Promise.all([
    store.runsByKey(keys, asOf),
    store.attemptsOfRuns(keys, asOf),
  ]);
  const knownRuns = new Map(runsBefore.map((run) => [runKeyText(run.key), run]));
  const knownAttempts = new Map(attemptsBefore.map((attempt) => [attemptKeyText(attempt.key), attempt]));
  const gaps = gapsOf(seen.attempts, estate);
  const runs = seen.runs.map((run) => ({
    ...run,
    labels: labelsOf(run),
    gaps: gaps.get(runKeyText(run.key)) ?? NO_GAPS,
  }));
  return {
    runs: runs.filter((run) => runChanged(knownRuns.get(runKeyText(run.key)), run)),
    attempts: seen.attempts
      .map((after) => ({ before: knownAttempts.get(attemptKeyText(after.key)), after }))
      .filter(({ before, after }) => attemptChanged(before, after)),
  };
}

async function restate(context: IngestContext, { attempts }: Changed): Promise<ReturnType<typeof closeBatch>> {
  const { store, asOf, estate, closed } = context;
  const storedSpans = await store.hostSpans(asOf);
  const fresh = attempts.map(({ after }) => after);
  const spans = heldSpans(storedSpans, fresh);
  const touched = attempts.flatMap(({ before, after }) => hoursToRestate(before, after, closed));
  const hostHours = distinct([...touched, ...hoursWhoseCauseMoves(storedSpans, spans, closed)]);
  if (hostHours.length === 0) return { closings: [], issues: [] };
  const stored = await store.attemptsOnHosts(hostsOf(hostHours), spanOf(hostHours), asOf);
  const overridden = new Set(fresh.map(({ key }) => attemptKeyText(key)));
  const current = [...stored.filter(({ key }) => !overridden.has(attemptKeyText(key))), ...fresh];
  return closeBatch({ estate, hostHours, attempts: current, heldSpans: spans });
}

/** The hours of a host's former first and last holding: what was startup or tail there may be a gap now. */
function hoursWhoseCauseMoves(
  before: Awaited<ReturnType<Store['hostSpans']>>,
  after: ReturnType<typeof heldSpans>,
  closed: ReadonlyMap<string, Closed>,
): HostHour[] {
  return before.flatMap(({ host, firstHeld, lastHeld }) => {
    const range = closed.get(host);
    const now = after.get(host);
    if (!range || !now) return [];
    const moved = [
      now.firstHeld === firstHeld ? null : hourStart(firstHeld),
      now.lastHeld === lastHeld || lastHeld === null ? null : hourStart(lastHeld),
    ];
    return moved
      .filter((hour) => hour !== null)
      .filter((hour) => range.from <= hour && hour < range.until)
      .map((hour) => ({ host, hour }));
  });
}

function distinct(hostHours: readonly HostHour[]): HostHour[] {
  return [...new Map(hostHours.map((one) => [`${one.hour} ${one.host}`, one])).values()];
}

const hostsOf = (hostHours: readonly HostHour[]): string[] => [...new Set(hostHours.map(({ host }) => host))];

function spanOf(hostHours: readonly HostHour[]): { start: Instant; end: Instant } {
  const hours = hostHours.map(({ hour }) => hour).sort((a, b) => a - b);
  return { start: hours[0]!, end: hours[hours.length - 1]! + HOUR_MS };
}
