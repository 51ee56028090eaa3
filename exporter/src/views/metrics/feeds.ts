import { metrics } from '../../contract/metrics';
import { bindFamily, type Shown } from './family';

const OUTCOMES = ['ok', 'empty', 'failed'] as const;

/** The health of every feed after its last poll. */
export const feeds = [
  bindFamily(metrics.feedUp, ({ state }: Shown) =>
    state.feeds.map(({ feed, up }) => ({ labels: { feed }, value: up ? 1 : 0 })),
  ),
  bindFamily(metrics.feedLastSuccess, ({ state }: Shown) =>
    state.feeds.flatMap(({ feed, lastSuccess }) =>
      lastSuccess === null ? [] : [{ labels: { feed }, value: lastSuccess / 1000 }],
    ),
  ),
  bindFamily(metrics.feedLag, ({ state }: Shown) =>
    state.feeds.flatMap(({ feed, lagSeconds }) =>
      lagSeconds === null ? [] : [{ labels: { feed }, value: lagSeconds }],
    ),
  ),
  bindFamily(metrics.feedDuration, ({ state }: Shown) =>
    state.feeds.map(({ feed, durationSeconds }) => ({ labels: { feed }, value: durationSeconds })),
  ),
  bindFamily(metrics.feedRows, ({ state }: Shown) =>
    state.feeds.flatMap(({ feed, rows }) => [
      { labels: { feed, outcome: 'accepted' }, value: rows.accepted },
      { labels: { feed, outcome: 'rejected' }, value: rows.rejected },
    ]),
  ),
  bindFamily(metrics.feedSamplesDropped, ({ state }: Shown) =>
    state.feeds.flatMap(({ feed, dropped = {} }) =>
      Object.entries(dropped).map(([reason, value]) => ({ labels: { feed, reason }, value })),
    ),
  ),
  bindFamily(metrics.feedState, ({ state }: Shown) =>
    state.feeds.flatMap(({ feed, outcome }) =>
      // Before its first poll a feed is in no state.
      outcome === undefined
        ? []
        : OUTCOMES.map((one) => ({ labels: { feed, state: one }, value: one === outcome ? 1 : 0 })),
    ),
  ),
];
