import { z } from 'zod';
import { windowFields, windowQuery } from './idle';
import { listFields, pageQuery } from './paging';
import { cost } from './run';
import { moneyText, secondsNumber } from './scalars';

const groupFields = {
  cost,
  billed: moneyText.nullable(),
  estimated: moneyText.nullable(),
  costComplete: z
    .boolean()
    .describe(
      'False when some held time in the window has no price, or an attempt has no resources, no host or no sure end.',
    ),
  unpricedSeconds: secondsNumber,
  runs: z.number().int().min(0),
  heldGpuSeconds: secondsNumber,
};

/** What one team cost in the window; a null team is work without one. */
export const teamCost = z.strictObject({ team: z.string().nullable(), ...groupFields }).meta({ id: 'TeamCost' });

/** What one experiment cost in the window; a null experiment is work without one. */
export const experimentCost = z
  .strictObject({ experiment: z.string().nullable(), ...groupFields })
  .meta({ id: 'ExperimentCost' });

/** A page of teams by name, the nameless last. */
export const teamList = z.strictObject({ items: z.array(teamCost), ...windowFields, ...listFields });

/** A page of experiments by name, the nameless last. */
export const experimentList = z.strictObject({ items: z.array(experimentCost), ...windowFields, ...listFields });

/** The window and page of a list of teams or experiments. */
export const groupQuery = z.strictObject({ ...windowQuery, ...pageQuery });
