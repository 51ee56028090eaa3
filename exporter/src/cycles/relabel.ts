import type { Labels, Run, RunRecord } from '../facts/run';
import type { LoadId, Store } from '../store/store';
import type { Instant } from '../units/interval';

const RUNS_PER_LOAD = 20_000;

/** The rules in force and the store that they are applied to. */
export type RelabelContext = {
  readonly store: Store;
  readonly labelsOf: (run: RunRecord) => Labels;
  readonly at: Instant;
};

/** Applies the rules in force to every stored run: an edited rule moves attribution, never money. */
export async function relabel({ store, labelsOf, at }: RelabelContext, asOf: LoadId): Promise<LoadId> {
  let reached = asOf;
  let after: { startedAt: Instant; key: Run['key'] } | undefined;
  for (;;) {
    const page = await store.runs({ limit: RUNS_PER_LOAD, ...(after ? { after } : {}) }, asOf);
    const moved = page
      .map((run) => ({ ...run, labels: labelsOf(run), before: run.labels }))
      .filter(({ labels, before }) => JSON.stringify(labels) !== JSON.stringify(before))
      .map(({ before: _before, ...run }) => run);
    if (moved.length > 0) {
      const key = `relabel:${asOf}:${moved[0]!.startedAt}:${moved.length}:${JSON.stringify(moved[0]!.key)}`;
      const load = { key, at, runs: moved, attempts: [], closings: [], issues: [] };
      reached = Math.max(reached, (await store.publish(load)).loadId);
    }
    const last = page[page.length - 1];
    if (!last || page.length < RUNS_PER_LOAD) return reached;
    after = { startedAt: last.startedAt, key: last.key };
  }
}
