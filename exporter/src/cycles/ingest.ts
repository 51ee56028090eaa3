import { type Attempt, attemptKeyText, type RunKey, runKeyText } from '../facts/attempt';
import type { DiscoveredHost } from '../facts/host';
import type { Issue } from '../facts/issue';
import type { Gaps, Labels, Run, RunRecord } from '../facts/run';
import { type Closed, type HostHour, hoursToRestate } from '../ledger/restate';
import type { LoadId, Store } from '../store/store';
import { HOUR_MS, type Instant, hoursTouching, hourStart, overlap } from '../units/interval';
import { assignHosts, gapsOf } from './assign-host';
import type { PlacedRun, TouchedRun } from './attribution';
import { attemptChanged, runChanged } from './changes';
import { closeBatch, spanOf } from './close-batch';
import { contentHash } from './content-hash';
import type { Estate, EstateHost } from './estate';
import { type HeldSpan, heldSpans, type SpansAt } from './ledger-span';
import { distinctHours, retiredHosts, slotOf } from './retired-hosts';
import type { Telemetry } from './telemetry';
import { closedAtLastSign } from './vanished-runs';

/** Runs that may have changed, each with all its attempts as far as they are told. */
export type SeenRuns = {
  readonly feed: string;
  readonly runs: readonly TouchedRun[];
  readonly issues: readonly Issue[];
  /** Puts a run's attempts where they ran. */
  readonly place: (touched: TouchedRun, before: readonly Attempt[], known: RunRecord | null) => PlacedRun;
  /** True for an open attempt that nothing shows any more, though what would show it has been read. */
  readonly isGone: (attempt: Attempt) => boolean;
  /** Leaves out the issues that were told before. */
  readonly news: (issues: readonly Issue[]) => Issue[];
};

/** Where and under which rules facts are stored. */
export type IngestContext = {
  readonly store: Store;
  readonly estate: Estate;
  readonly closed: ReadonlyMap<string, Closed>;
  readonly labelsOf: (run: RunRecord) => Labels;
  readonly spansAt: SpansAt;
  readonly at: Instant;
  readonly asOf: LoadId;
  /** When the last process stored something. */
  readonly leftOffAt: Instant | null;
  readonly telemetry: Telemetry;
  /** True when the pods of a deployment come from a cluster: then no attempt is put on a host for want of another. */
  readonly isClustered: (deployment: string) => boolean;
};

/** The load up to which the store is now to be read, and how many closed host-hours were closed again. */
export type Ingested = { readonly asOf: LoadId; readonly restated: number };

/**
 * Stores what changed and, in the same load, restates the closed hours that it moves.
 * Seeing the same again changes nothing.
 */
export async function ingest(context: IngestContext, seen: SeenRuns): Promise<Ingested> {
  const { store, asOf, at } = context;
  const changed = await changedOf(context, seen);
  const issues = seen.news([...withoutPlaced(seen.issues, changed.standing), ...changed.issues]);
  if (changed.runs.length + changed.attempts.length + issues.length + changed.hosts.length === 0)
    return { asOf, restated: 0 };
  const restated = await restate(context, changed);
  const { loadId } = await store.publish({
    key: `ingest:${seen.feed}:${asOf}:${contentHash([changed.runs, changed.attempts, issues, changed.hosts])}`,
    at,
    runs: changed.runs,
    attempts: changed.attempts.map(({ after }) => after),
    closings: restated.closings,
    issues: [...issues, ...restated.issues],
    hosts: changed.hosts,
  });
  return { asOf: Math.max(asOf, loadId), restated: restated.closings.length };
}

/** An issue of a step of which nothing told what it held is over once every pod of it does. */
function withoutPlaced(issues: readonly Issue[], standing: readonly Attempt[]): Issue[] {
  return issues.map((issue) => {
    if (issue.code !== 'no_resources') return issue;
    const unknown = standing.some(
      ({ key, held, isClone }) =>
        held === null && !isClone && issue.file === `${key.flow}/${key.run}` && issue.field === `steps.${key.step}`,
    );
    return unknown ? issue : { ...issue, count: 0 };
  });
}

const NO_GAPS: Gaps = { unchargedAttempts: 0, lostAttempts: 0 };

type ChangedAttempt = { readonly before: Attempt | undefined; readonly after: Attempt };
type Changed = {
  readonly keys: readonly RunKey[];
  readonly runs: readonly Run[];
  readonly attempts: readonly ChangedAttempt[];
  /** Every attempt of these runs as it is to stand. */
  readonly standing: readonly Attempt[];
  readonly issues: readonly Issue[];
  readonly hosts: readonly DiscoveredHost[];
};

async function changedOf(
  { store, asOf, estate, labelsOf, leftOffAt, isClustered }: IngestContext,
  seen: SeenRuns,
): Promise<Changed> {
  const keys = seen.runs.map(({ key }) => key);
  const [runsBefore, attemptsBefore] = await Promise.all([
    store.runsByKey(keys, asOf),
    store.attemptsOfRuns(keys, asOf),
  ]);
  const knownRuns = new Map(runsBefore.map((run) => [runKeyText(run.key), run]));
  const knownAttempts = new Map(attemptsBefore.map((attempt) => [attemptKeyText(attempt.key), attempt]));
  const { retracted, ...placed } = placeAll(seen, knownRuns, attemptsBefore);
  const hosts = begunBefore(placed.attempts, estate);
  const { attempts, issues } = assignHosts(placed.attempts, { estate, feed: seen.feed, isClustered });
  const standing = standingAttempts({
    known: knownAttempts,
    shown: attempts,
    retracted,
    leftOffAt,
    isGone: seen.isGone,
  });
  const gaps = gapsOf(standing, estate);
  const runs = placed.runs.map((run) => ({
    ...run,
    labels: labelsOf(run),
    gaps: gaps.get(runKeyText(run.key)) ?? NO_GAPS,
  }));
  return {
    keys,
    runs: runs.filter((run) => runChanged(knownRuns.get(runKeyText(run.key)), run)),
    attempts: standing
      .map((after) => ({ before: knownAttempts.get(attemptKeyText(after.key)), after }))
      .filter(({ before, after }) => attemptChanged(before, after)),
    standing,
    issues,
    hosts,
  };
}

/** Nodes that held something before a feed saw them: they existed from the hour in which they first did. */
function begunBefore(attempts: readonly Attempt[], estate: Estate): DiscoveredHost[] {
  const begun = new Map<string, DiscoveredHost>();
  for (const { hosts, start, pod, confidence, isClone } of attempts) {
    if (isClone || !(pod || confidence === 'exact')) continue;
    for (const name of hosts) {
      const earlier = estate.begin?.(name, hourStart(start)) ?? null;
      if (earlier !== null) begun.set(name, earlier);
    }
  }
  return [...begun.values()];
}

type Placed = {
  readonly runs: readonly RunRecord[];
  readonly attempts: readonly Attempt[];
  readonly retracted: ReadonlySet<string>;
};

function placeAll(seen: SeenRuns, known: ReadonlyMap<string, Run>, before: readonly Attempt[]): Placed {
  const byRun = new Map<string, Attempt[]>();
  for (const attempt of before) {
    const text = runKeyText(attempt.key satisfies RunKey);
    const others = byRun.get(text);
    if (others) others.push(attempt);
    else byRun.set(text, [attempt]);
  }
  const placed = seen.runs.map((touched) => {
    const text = runKeyText(touched.key);
    return seen.place(touched, byRun.get(text) ?? [], known.get(text) ?? null);
  });
  const sound = placed.filter(({ run }) => run !== null);
  return {
    runs: sound.map(({ run }) => run!),
    attempts: sound.flatMap(({ attempts }) => attempts),
    retracted: new Set(sound.flatMap(({ retracted }) => retracted.map(attemptKeyText))),
  };
}

type Shown = {
  readonly known: ReadonlyMap<string, Attempt>;
  readonly shown: readonly Attempt[];
  readonly retracted: ReadonlySet<string>;
  readonly leftOffAt: Instant | null;
  readonly isGone: (attempt: Attempt) => boolean;
};

/**
 * What is shown, and what is shown no more: that stands, but holds nothing beyond its last sign; what stood for a pod
 * whose attempt is known now held nothing at all.
 */
function standingAttempts({ known, shown, retracted, leftOffAt, isGone }: Shown): Attempt[] {
  const texts = new Set(shown.map(({ key }) => attemptKeyText(key)));
  const gone = [...known].filter(([text]) => !texts.has(text));
  return [
    ...shown,
    ...gone.map(([text, attempt]) => {
      if (retracted.has(text)) return unheld(attempt);
      return isGone(attempt) ? closedAtLastSign(attempt, leftOffAt) : attempt;
    }),
  ];
}

/** The attempt without length: it weighs nothing. */
function unheld(attempt: Attempt): Attempt {
  return { ...attempt, end: attempt.start, endSource: 'last_record', outcome: 'unknown' };
}

async function restate(context: IngestContext, changed: Changed): Promise<ReturnType<typeof closeBatch>> {
  const { store, asOf, estate, closed } = context;
  if (closed.size === 0 || changed.attempts.length === 0) return { closings: [], issues: [] };
  const before = await context.spansAt(asOf);
  const after = await spansAfter(context, changed, before);
  const touched = changed.attempts.flatMap(({ before: old, after: now }) => hoursToRestate(old, now, closed));
  const hostHours = distinctHours([...touched, ...hoursWhoseCauseMoves(before, after, { closed, estate })]);
  if (hostHours.length === 0) return { closings: [], issues: [] };
  const hosts = [...new Set(hostHours.map(({ host }) => host))];
  const stored = await store.attemptsOnHosts(hosts, spanOf(hostHours), asOf);
  const replaced = new Set(changed.standing.map(({ key }) => attemptKeyText(key)));
  const attempts = [...stored.filter(({ key }) => !replaced.has(attemptKeyText(key))), ...changed.standing];
  const retired = await retiredHosts({ store, estate }, hostHours, asOf);
  const hostIn = (one: HostHour): EstateHost | undefined => estate.hosts.get(one.host) ?? retired.get(slotOf(one));
  const { splitPolicy } = estate;
  const stretches = await context.telemetry.during(hosts, spanOf(hostHours));
  return closeBatch({ splitPolicy, hostIn, hostHours, attempts, heldSpans: after, stretches });
}

type Ledger = { readonly closed: ReadonlyMap<string, Closed>; readonly estate: Estate };

type Spans = ReadonlyMap<string, HeldSpan>;

/** Held spans once the change stands; counted anew only where it may move a host's first or known last holding. */
async function spansAfter({ store, asOf, estate }: IngestContext, changed: Changed, before: Spans): Promise<Spans> {
  const mayShrink = changed.attempts.some(
    ({ before: old, after: now }) =>
      old?.hosts.some((host) => {
        const isFirst = before.get(host)?.firstHeld === old.start;
        const holdsStill = now.hosts.includes(host) && now.held !== null && !now.isClone && now.start === old.start;
        const hasEnd = (estate.hosts.get(host)?.host.to ?? null) !== null;
        return (isFirst && !holdsStill) || hasEnd;
      }) ?? false,
  );
  if (mayShrink) return heldSpans(await store.hostSpans(asOf, changed.keys), changed.standing);
  const known = [...before].map(([host, span]) => ({ host, ...span }));
  return heldSpans(
    known,
    changed.attempts.map(({ after }) => after),
  );
}

/**
 * The closed hours between a host's former and its present first holding (what was startup may be a gap, what existed
 * may not), and, where its end is known, between its former and its present last one.
 */
function hoursWhoseCauseMoves(before: Spans, after: Spans, { closed, estate }: Ledger): HostHour[] {
  return [...before].flatMap(([host, was]) => {
    const range = closed.get(host);
    if (!range) return [];
    const now = after.get(host);
    if (!now) return hoursBetween(host, range.from, range.until, range);
    const known = estate.hosts.get(host)?.host;
    const first = now.firstHeld === was.firstHeld ? [] : hoursBetween(host, was.firstHeld, now.firstHeld, range);
    const moved = (known?.to ?? null) !== null && now.lastHeld !== was.lastHeld;
    const ends = [was.lastHeld ?? range.until, now.lastHeld ?? range.until] as const;
    return [...first, ...(moved ? hoursBetween(host, ...ends, range) : [])];
  });
}

function hoursBetween(host: string, ...[a, b, range]: readonly [Instant, Instant, Closed]): HostHour[] {
  const span = overlap(
    { start: hourStart(Math.min(a, b)), end: hourStart(Math.max(a, b)) + HOUR_MS },
    { start: range.from, end: range.until },
  );
  return span ? hoursTouching(span).map(({ start }) => ({ host, hour: start })) : [];
}
