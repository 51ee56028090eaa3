import { createHash } from 'node:crypto';
import type { Instant } from '../../units/interval';
import type { FileProblem } from './local-files';
import { markSteps, type RunPlace, walkRun } from './run-folders';
import type { FolderMarks } from './run-files';

/** How closely a finished run's folders are watched: for new tasks alone, or for anything new in a task as well. */
export type WatchDepth = 'steps' | 'tasks';

/**
 * What the next look at a finished run is compared with: its own mark always, the marks of its folders until `until`,
 * because gang workers and sibling tasks may outlive the task that decided the run.
 */
export type RunWatch = {
  readonly own: string;
  readonly depth: WatchDepth;
  readonly below: string;
  readonly until: Instant;
};

/** After its end a run is watched closely for a day. */
export const WATCH_MS = 86_400_000;

/** A watch as a run's fingerprint. */
export function watchText({ own, depth, below, until }: RunWatch): string {
  return [own, depth, below, until].join('|');
}

/** Reads a fingerprint; null for one that is no watch, which compares equal to nothing. */
export function parseWatch(fingerprint: string): RunWatch | null {
  const [own, depth, below, until, ...rest] = fingerprint.split('|');
  if ((depth !== 'steps' && depth !== 'tasks') || !/^\d{1,16}$/.test(until ?? '') || rest.length > 0) return null;
  return { own: own!, depth, below: below!, until: Number(until) };
}

/** A hash of the folders that `depth` watches. */
export function belowMark(folders: FolderMarks, depth: WatchDepth): string {
  const isWatched = (path: string): boolean => depth === 'tasks' || path.split('/').length === STEP_PARTS;
  const watched = [...folders].filter(([path]) => isWatched(path)).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(watched)).digest('hex');
}

const STEP_PARTS = 3;

/** Looks at the folders that `depth` watches; a run that cannot be listed has the mark of none. Throws FeedError. */
export async function lookBelow(place: RunPlace, depth: WatchDepth): Promise<string> {
  const found: { readonly folders: FolderMarks } | FileProblem =
    depth === 'tasks' ? await walkRun(place) : await steps(place);
  return 'problem' in found ? found.problem : belowMark(found.folders, depth);
}

async function steps(place: RunPlace): Promise<{ readonly folders: FolderMarks } | FileProblem> {
  const marks = await markSteps(place);
  return 'problem' in marks ? marks : { folders: marks };
}
