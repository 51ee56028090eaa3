import { z } from 'zod';
import { confidence } from './enums';
import { finding } from './finding';
import { windowFields } from './idle';
import { instantParameter } from './parameters';
import { completeUntil, currency, instantText, moneyText, secondsNumber } from './scalars';

const ratio = z.number().min(0).max(1).nullable().describe('A display number; null where there is nothing to divide.');

const coverageItem = z
  .strictObject({
    key: z
      .enum(['run', 'team', 'project', 'surely', 'telemetry'])
      .describe(
        'Known to be held by a Metaflow run, by a team, by a project; joined surely (exact, strong or declared); or ' +
          'observed by GPU telemetry, which is a ratio of GPU time and not of money.',
      ),
    ratio,
    amount: moneyText.nullable().describe('Σ of the priced parts that are known by this key; null for telemetry.'),
    total: moneyText.nullable().describe('Σ of all priced parts that were held or used; null for telemetry.'),
    gpuSeconds: secondsNumber,
    totalGpuSeconds: secondsNumber,
  })
  .meta({ id: 'CoverageItem' });

const telemetryReach = z
  .strictObject({
    host: z.string(),
    gpus: z.number().min(0),
    seen: z.number().min(0).describe('How many of them GPU telemetry sees now.'),
  })
  .meta({ id: 'TelemetryReach' });

const unmatchedHolder = z
  .strictObject({
    kind: z
      .enum(['unattributed', 'workload', 'run'])
      .describe('Used by nobody known; held by something that is no Metaflow run; held by a run without a team.'),
    deployment: z.string().nullable().describe('Of a run its deployment, of a workload its cluster.'),
    namespace: z.string().nullable(),
    workload: z.string().nullable(),
    flow: z.string().nullable(),
    runId: z.string().nullable(),
    host: z.string().nullable().describe('Set on unattributed alone.'),
    confidence: confidence.nullable(),
    hasTeam: z.boolean(),
    amount: moneyText,
    heldGpuSeconds: secondsNumber,
    likelyFix: z.string(),
  })
  .meta({ id: 'UnmatchedHolder' });

/** What is known of what was held, what is not, and what would change that. */
export const coverage = z
  .strictObject({
    window: z.strictObject(windowFields),
    computedAt: instantText,
    items: z.array(coverageItem),
    telemetry: z.array(telemetryReach),
    unmatched: z.array(unmatchedHolder).describe('The dearest 50, dearest first.'),
    findings: z.array(finding),
    completeUntil,
    currency,
  })
  .meta({ id: 'Coverage' });

/** The window of a coverage. */
export const coverageQuery = z.strictObject({
  from: instantParameter('start of the window, moved back to its UTC hour (default: 24 hours before its end)'),
  to: instantParameter('end of the window, moved on to its UTC hour (default: now)'),
});

export type Coverage = z.infer<typeof coverage>;
export type CoverageItem = z.infer<typeof coverageItem>;
export type UnmatchedHolder = z.infer<typeof unmatchedHolder>;
