import type { Instant } from '../../units/interval';

/** A target that has not been read for so long does not speak for what it once had. */
export const GAP_MS = 5 * 60_000;

const READS_TO_BE_GONE = 2;

type Absence = { readonly since: Instant; readonly reads: number };

type TargetWords = {
  readonly at: Instant;
  readonly present: ReadonlySet<string>;
  /** What it once had and has no more, with how many complete reads lacked it. */
  readonly absent: ReadonlyMap<string, Absence>;
};

/** Which target had which object when; objects are named by one text each. */
export type Presence = {
  readonly targets: ReadonlyMap<string, TargetWords>;
  /** Objects of targets that are listed no more, with the last time they were seen. */
  readonly orphans: ReadonlyMap<string, Instant>;
};

/** Nothing has been read yet. */
export const NO_PRESENCE: Presence = { targets: new Map(), orphans: new Map() };

/** What is there after a complete read of one target at `at`, which had the objects of `keys` and no others. */
export function afterRead(
  { targets, orphans }: Presence,
  read: { readonly target: string; readonly at: Instant; readonly keys: ReadonlySet<string> },
): Presence {
  const before = targets.get(read.target);
  const absent = new Map<string, Absence>();
  for (const key of [...(before?.absent.keys() ?? []), ...(before?.present ?? [])]) {
    if (read.keys.has(key)) continue;
    const { since, reads } = before?.absent.get(key) ?? { since: read.at, reads: 0 };
    absent.set(key, { since, reads: reads + 1 });
  }
  const words = { at: read.at, present: read.keys, absent };
  const left = [...orphans].filter(([key]) => !read.keys.has(key));
  return { targets: new Map(targets).set(read.target, words), orphans: new Map(left) };
}

/** What is there once objects that no read had are missed: each target's newest read was the first to lack them. */
export function withMissed({ targets, orphans }: Presence, keys: readonly string[]): Presence {
  const words = [...targets].map(([name, one]): [string, TargetWords] => {
    const missed = keys.map((key): [string, Absence] => [key, { since: one.at, reads: 1 }]);
    return [name, { ...one, absent: new Map([...one.absent, ...missed]) }];
  });
  return { targets: new Map(words), orphans };
}

/** What is there once a target is listed no more; only what no other target knows becomes an orphan. */
export function withoutTarget({ targets, orphans }: Presence, target: string): Presence {
  const rest = new Map(targets);
  const words = targets.get(target);
  rest.delete(target);
  const others = [...rest.values()];
  const left = new Map(orphans);
  const knownElsewhere = (key: string): boolean =>
    others.some(({ present, absent }) => present.has(key) || absent.has(key));
  for (const key of [...(words?.present ?? []), ...(words?.absent.keys() ?? [])])
    if (!knownElsewhere(key)) left.set(key, words!.at);
  return { targets: rest, orphans: left };
}

/** What is there without these objects, which nobody has to remember any more. */
export function withoutKeys({ targets, orphans }: Presence, keys: ReadonlySet<string>): Presence {
  const kept = <Value>(entries: ReadonlyMap<string, Value>): Map<string, Value> =>
    new Map([...entries].filter(([key]) => !keys.has(key)));
  const words = [...targets].map(([name, one]): [string, TargetWords] => [name, { ...one, absent: kept(one.absent) }]);
  return { targets: new Map(words), orphans: kept(orphans) };
}

/**
 * Since when an object is gone, as of `at`; null while it is there. It is gone when each target that had it has been
 * read twice without it. A target silent for five minutes does not count beside one that was read, and one that is
 * listed no more counts for five minutes: a gap of the source ends nothing.
 */
export function goneSince({ targets, orphans }: Presence, key: string, at: Instant): Instant | null {
  const knowing = [...targets.values()].filter(({ present, absent }) => present.has(key) || absent.has(key));
  if (knowing.length === 0) {
    const lastSeen = orphans.get(key);
    return lastSeen !== undefined && at - lastSeen >= GAP_MS ? lastSeen + GAP_MS : null;
  }
  const fresh = knowing.filter((words) => at - words.at < GAP_MS);
  const speaking = fresh.length > 0 ? fresh : knowing;
  const absences = speaking.map(({ absent }) => absent.get(key));
  if (absences.some((absence) => absence === undefined || absence.reads < READS_TO_BE_GONE)) return null;
  return Math.max(...absences.map((absence) => absence!.since));
}

/** Objects whose standing a read of `target` can change: those it has, those it lacks, and the orphans. */
export function touchedBy({ targets, orphans }: Presence, target: string): Set<string> {
  const words = targets.get(target);
  return new Set([...(words?.present ?? []), ...(words?.absent.keys() ?? []), ...orphans.keys()]);
}
