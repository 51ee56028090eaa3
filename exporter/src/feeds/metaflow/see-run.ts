import type { ToldAttempt } from '../../facts/attempt';
import type { Issue } from '../../facts/issue';
import type { RunRecord } from '../../facts/run';
import type { Instant } from '../../units/interval';
import type { RowCounts } from '../feed';
import { concludeRun } from './conclude-run';
import { shownConfig, variantOf } from './config-variant';
import type { MetaflowFeedOptions } from './feed-options';
import type { RunArtifacts } from './local-artifacts';
import type { ParsedRun } from './parse-run';

/** A run as facts; the fingerprint is still empty. */
export type SeenRun = {
  readonly run: RunRecord;
  readonly attempts: readonly ToldAttempt[];
  readonly issues: readonly Issue[];
  readonly rows: RowCounts;
  readonly lastSign: Instant;
};

/** What is known beside a run's records when it is seen. */
export type Sighting = {
  readonly options: MetaflowFeedOptions;
  readonly flow: string;
  readonly artifacts: RunArtifacts;
  readonly now: Instant;
};

/** Makes facts of a parsed run. */
export function seeRun(parsed: ParsedRun, { options, flow, artifacts, now }: Sighting): SeenRun {
  const { name: feed, deployment, holdings, host, silenceMs } = options;
  const { startedAt, user, tags, systemTags, runtime, rows, lastSign } = parsed;
  const key = { deployment, flow, run: parsed.run };
  const { graph, graphIssue, configs, configIssues } = artifacts;
  const concluded = concludeRun(parsed, { feed, key, graph, graphIssue, holdings, host, now, silenceMs });
  const { endedAt, outcome, attempts } = concluded;
  const variant = variantOf(tags, configs);
  const config = shownConfig(configs);
  const about = { user, tags, systemTags, runtime, variant, config };
  return {
    run: { key, startedAt, endedAt, outcome, ...about, fingerprint: '' },
    attempts,
    issues: [...parsed.issues, ...concluded.issues, ...configIssues],
    rows,
    lastSign,
  };
}

/** Runs, attempts, rows and the newest fact of what one poll saw. */
export function factsOf(seen: readonly SeenRun[]): {
  readonly runs: readonly RunRecord[];
  readonly attempts: readonly ToldAttempt[];
  readonly rows: RowCounts;
  readonly newest: Instant | null;
} {
  const total = (count: (rows: RowCounts) => number): number => seen.reduce((sum, { rows }) => sum + count(rows), 0);
  return {
    runs: seen.map(({ run }) => run),
    attempts: seen.flatMap(({ attempts }) => attempts),
    rows: { accepted: total(({ accepted }) => accepted), rejected: total(({ rejected }) => rejected) },
    newest: seen.reduce<Instant | null>((newest, { lastSign }) => Math.max(newest ?? lastSign, lastSign), null),
  };
}
