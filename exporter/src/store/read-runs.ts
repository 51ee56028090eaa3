import { z } from 'zod';
import type { RunKey } from '../facts/attempt';
import type { Run } from '../facts/run';
import type { Instant } from '../units/interval';
import type { Engine } from './engine';
import { outcomeCell, runRow } from './rows/run-row';
import { numberCell } from './rows/scalars';
import { readByKeys } from './run-keys';
import { statement } from './sql-file';
import type { FlowRow, KnownRun, LoadId, RunQuery, Store } from './store';

const knownRunRow = z
  .object({ deployment: z.string(), flow: z.string(), run: z.string(), outcome: outcomeCell, fingerprint: z.string() })
  .transform(({ deployment, flow, run, outcome, fingerprint }): KnownRun => {
    return { key: { deployment, flow, run }, outcome, fingerprint };
  });

const flowRow = z
  .object({ deployment: z.string(), flow: z.string(), run_count: numberCell, last_started_at: numberCell })
  .transform(({ deployment, flow, run_count, last_started_at }): FlowRow => {
    return { deployment, flow, runs: run_count, lastStartedAt: last_started_at };
  });

type RunReads = Pick<
  Store,
  'knownRuns' | 'flows' | 'runs' | 'runsByKey' | 'findRun' | 'recentRuns' | 'runsChangedSince'
>;

/** Reads of runs and flows; each sees the latest version up to `asOf`. */
export function runReads(engine: Engine): RunReads {
  return {
    knownRuns: (deployment: string, asOf: LoadId) =>
      engine.reader().query(statement('known-runs'), knownRunRow, { deployment, asOf }),
    flows: (asOf: LoadId, { q, deployment, limit, after }) =>
      engine.reader().query(statement('flows'), flowRow, {
        asOf,
        limit,
        q: q?.toLowerCase() ?? null,
        deployment: deployment ?? null,
        afterDeployment: after?.deployment ?? null,
        afterFlow: after?.flow ?? '',
      }),
    runs: (query: RunQuery, asOf: LoadId) => listRuns(engine, query, asOf),
    runsByKey: (keys: readonly RunKey[], asOf: LoadId) =>
      readByKeys(keys, (params) => engine.reader().query(statement('runs-by-key'), runRow, { ...params, asOf })),
    findRun: ({ flow, run, deployment }, asOf: LoadId) =>
      engine.reader().query(statement('find-run'), runRow, { flow, run, deployment: deployment ?? null, asOf }),
    recentRuns: (since: Instant, asOf: LoadId) =>
      engine.reader().query(statement('recent-runs'), runRow, { since, asOf }),
    runsChangedSince: (after: LoadId, since: Instant, asOf: LoadId) =>
      engine.reader().query(statement('runs-changed-since'), runRow, { after, since, asOf }),
  };
}

function listRuns(engine: Engine, query: RunQuery, asOf: LoadId): Promise<Run[]> {
  const { q, deployment, flow, teams, outcome, experiment, from, to, limit, after } = query;
  return engine.reader().query(statement('list-runs'), runRow, {
    asOf,
    limit,
    q: q?.toLowerCase() ?? null,
    deployment: deployment ?? null,
    flow: flow ?? null,
    ofTeams: teams === undefined ? 0 : 1,
    teams: teams ?? [],
    outcome: outcome ?? null,
    experiment: experiment ?? null,
    from: from ?? null,
    to: to ?? null,
    afterStart: after?.startedAt ?? null,
    afterDeployment: after?.key.deployment ?? '',
    afterFlow: after?.key.flow ?? '',
    afterRun: after?.key.run ?? '',
  });
}
