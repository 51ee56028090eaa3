import type { Store } from '../../exporter/src/store/store';

/** All that a reader can see of a small store at its last load, for comparing two stores. */
export async function contentsOf(store: Store): Promise<unknown> {
  const asOf = await store.lastLoad();
  const runs = await store.runs({ limit: 1_000 }, asOf);
  const keys = runs.map(({ key }) => key);
  const periods = await store.hostPeriods({ from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1_000 }, asOf);
  const pieces = [];
  for (const { origin } of periods) pieces.push(await store.piecesOfPeriod(origin.host, origin.period, asOf));
  return {
    runs,
    attempts: await store.attemptsOfRuns(keys, asOf),
    costs: await store.closedCosts(keys, asOf),
    periods,
    pieces,
    closedUntil: await store.closedUntil(asOf),
    hostSpans: await store.hostSpans(asOf),
    gpuTime: await store.gpuTime(asOf),
    hosts: await store.discoveredHosts(asOf),
    coverage: await store.coverage({ start: 0, end: Number.MAX_SAFE_INTEGER }, asOf),
    issues: await store.issues(asOf, { limit: 1_000 }),
  };
}
