import { type Check, counted, findingsOf } from './finding-facts';

/** Attempts that were closed at their last sign of life because none came any more. */
export const lostAttempts: Check = ({ lostAttempts: count }) =>
  findingsOf(
    'lost_attempts',
    'No attempt fell silent.',
    count === 0
      ? []
      : [
          {
            status: 'warn',
            detail: `${counted(count, 'attempt')} fell silent, charged up to the last sign of life.`,
            fix:
              'Where they still run, give their feed a longer silence (feeds.metaflow[].silence: 48h); a sign of ' +
              'life opens them again. See which: /api/v1/runs?outcome=lost',
          },
        ],
  );
