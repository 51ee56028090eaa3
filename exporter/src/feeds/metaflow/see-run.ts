import type { Attempt } from '../../facts/attempt';
import type { Issue } from '../../facts/issue';
import type { RunRecord } from '../../facts/run';
import type { Instant } from '../../units/interval';
import type { RowCounts } from '../feed';
import { concludeRun } from './conclude-run';
import { shownConfig, variantOf } from './config-variant';
import type { RunArtifacts } from './local-artifacts';
import type { LocalFeedOptions } from './local-feed-options';
import type { ParsedRun } from './parse-run';

/** A run as facts; the fingerprint is still empty. */
export type SeenRun = {
  readonly run: RunRecord;
  readonly attempts: readonly Attempt[];
  readonly issues: readonly Issue[];
  readonly rows: RowCounts;
  readonly lastSign: Instant;
};

/** What is known beside a run's records when it is seen. */
export type Sighting = {
  readonly options: LocalFeedOptions;
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
