import { type RunKey, runKeyText } from '../facts/attempt';
import type { Run } from '../facts/run';
import type { LoadId, Store } from '../store/store';
import type { Instant } from '../units/interval';

type Kept = {
  readonly since: Instant;
  readonly asOf: LoadId;
  readonly runs: Map<string, Run>;
  readonly list: readonly Run[];
};

/** Tells the runs that are open or ended since an instant; a new load costs reading what it changed alone. */
export function recentRunsReader(store: Store): (since: Instant, asOf: LoadId) => Promise<readonly Run[]> {
  let kept: Kept | null = null;
  return async (since, asOf) => {
    if (kept && kept.since === since && kept.asOf === asOf) return kept.list;
    const isLater = kept !== null && kept.since <= since && kept.asOf <= asOf;
    kept = isLater ? await grown(store, kept!, { since, asOf }) : await whole(store, since, asOf);
    return kept.list;
  };
}

async function whole(store: Store, since: Instant, asOf: LoadId): Promise<Kept> {
  const list = await store.recentRuns(since, asOf);
  return { since, asOf, runs: new Map(list.map((run) => [textOf(run), run])), list };
}

async function grown(store: Store, kept: Kept, { since, asOf }: Pick<Kept, 'since' | 'asOf'>): Promise<Kept> {
  const changed = kept.asOf === asOf ? [] : await store.runsChangedSince(kept.asOf, since, asOf);
  const { runs } = kept;
  for (const run of changed) runs.set(textOf(run), run);
  for (const [text, { endedAt }] of runs) {
    const isRecent = endedAt === null || endedAt >= since;
    if (!isRecent) runs.delete(text);
  }
  return { since, asOf, runs, list: [...runs.values()] };
}

const textOf = ({ key }: Run): string => runKeyText(key satisfies RunKey);
