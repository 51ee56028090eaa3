import { z } from 'zod';
import type { Outcome } from '../../facts/attempt';
import type { PlainValue, Run, Variant } from '../../facts/run';
import { hashOf } from '../content-hash';
import type { Row } from '../engine';
import { int64Text, numberCell } from './scalars';

const OUTCOMES = ['running', 'succeeded', 'failed', 'killed', 'lost', 'unknown'] as const satisfies readonly Outcome[];
const METHODS = ['tag', 'config_values', 'config_sha'] as const satisfies readonly Variant['method'][];

/** An outcome as stored. */
export const outcomeCell = z.enum(OUTCOMES);

/** One row of `runs` → the fact. */
export const runRow = z
  .object({
    deployment: z.string(),
    flow: z.string(),
    run: z.string(),
    started_at: numberCell,
    ended_at: numberCell.nullable(),
    outcome: outcomeCell,
    user: z.string().nullable(),
    tags: z.array(z.string()),
    system_tags: z.array(z.string()),
    runtime: z.string().nullable(),
    variant_id: z.string().nullable(),
    variant_method: z.enum(METHODS).nullable(),
    config: z.string().nullable(),
    fingerprint: z.string(),
    team: z.string().nullable(),
    project: z.string().nullable(),
    cost_center: z.string().nullable(),
    experiment: z.string().nullable(),
    model_version: z.string().nullable(),
    uncharged_attempts: z.number().int(),
    lost_attempts: z.number().int(),
  })
  .transform((row): Run => {
    const { deployment, flow, run, outcome, user, tags, runtime, fingerprint } = row;
    const { team, project, cost_center, experiment, model_version } = row;
    const { variant_id: id, variant_method: method } = row;
    return {
      key: { deployment, flow, run },
      startedAt: row.started_at,
      endedAt: row.ended_at,
      outcome,
      user,
      tags,
      systemTags: row.system_tags,
      runtime,
      variant: id === null || method === null ? null : { id, method },
      config: row.config === null ? null : (JSON.parse(row.config) as Record<string, PlainValue>),
      fingerprint,
      labels: { team, project, cost_center, experiment, model_version },
      gaps: { unchargedAttempts: row.uncharged_attempts, lostAttempts: row.lost_attempts },
    };
  });

/** The fact → one row of `runs`, without its load. */
export function rowOfRun(run: Run): Row & { content_hash: string } {
  const { deployment, flow, run: id } = run.key;
  const row = {
    deployment,
    flow,
    run: id,
    started_at: int64Text(run.startedAt),
    ended_at: run.endedAt === null ? null : int64Text(run.endedAt),
    outcome: run.outcome,
    user: run.user,
    tags: run.tags,
    system_tags: run.systemTags,
    runtime: run.runtime,
    variant_id: run.variant?.id ?? null,
    variant_method: run.variant?.method ?? null,
    config: run.config === null ? null : JSON.stringify(run.config),
    fingerprint: run.fingerprint,
    team: run.labels.team,
    project: run.labels.project,
    cost_center: run.labels.cost_center,
    experiment: run.labels.experiment,
    model_version: run.labels.model_version,
    uncharged_attempts: run.gaps.unchargedAttempts,
    lost_attempts: run.gaps.lostAttempts,
    search: [flow, id, run.user ?? '', ...run.tags].map((text) => text.toLowerCase()),
  };
  return { ...row, content_hash: hashOf(JSON.stringify(row)) };
}
