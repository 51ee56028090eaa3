import type { Run } from '../../exporter/src/facts/run';
import type { RunQuery } from '../../exporter/src/store/store';

/** True when a run is one that is asked for. */
export function matches(run: Run, query: RunQuery): boolean {
  const { key, user, tags, labels, outcome, startedAt } = run;
  const q = (query.q ?? '').toLowerCase();
  return (
    [key.flow, key.run, user ?? '', ...tags].some((text) => text.toLowerCase().includes(q)) &&
    key.deployment === (query.deployment ?? key.deployment) &&
    key.flow === (query.flow ?? key.flow) &&
    (query.teams?.includes(labels.team ?? '') ?? true) &&
    outcome === (query.outcome ?? outcome) &&
    labels.experiment === (query.experiment ?? labels.experiment) &&
    startedAt >= (query.from ?? -Infinity) &&
    startedAt < (query.to ?? Infinity)
  );
}
