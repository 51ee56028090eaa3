import { metrics } from '../../contract/metrics';
import { bindFamily } from './family';

/** Which build answers; `example` says that it shows the bundled example data. */
export type Build = { readonly version: string; readonly revision: string; readonly example: boolean };

/** What is known without a published state. */
export type ProcessFacts = { readonly build: Build; readonly scrapeIntervals: ReadonlyMap<string, number> };

/** What the process says of itself, rendered anew for every scrape. */
export const processFamilies = [
  bindFamily(metrics.scrapeInterval, ({ scrapeIntervals }: ProcessFacts) =>
    [...scrapeIntervals].map(([scraper, seconds]) => ({ labels: { scraper }, value: seconds })),
  ),
  bindFamily(metrics.buildInfo, ({ build }: ProcessFacts) => [
    { labels: { version: build.version, revision: build.revision, example: String(build.example) }, value: 1 },
  ]),
];
