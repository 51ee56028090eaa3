import type { Run } from '../../facts/run';
import type { Source } from './handler';
import { ProblemError } from './problem';
import { runsInReach } from './team-reach';

/** The one run that is meant. @throws ProblemError when there is none in reach, or several deployments have it. */
export async function findRun(
  { flow, run, deployment }: { flow: string; run: string; deployment: string | undefined },
  { store, state, viewer }: Source,
): Promise<Run> {
  const found = runsInReach(viewer, await store.findRun({ flow, run, deployment }, state.asOf));
  if (found.length > 1) {
    const deployments = found.map(({ key }) => key.deployment).sort();
    throw new ProblemError('ambiguous', {
      detail: `${found.length} deployments have a run ${flow}/${run}: ${deployments.join(', ')}.`,
      remedy: 'Say which with ?deployment=.',
      deployments,
    });
  }
  const [only] = found;
  if (only) return only;
  throw new ProblemError('not-found', {
    detail: `No run ${flow}/${run} is known${deployment === undefined ? '' : ` in deployment ${deployment}`}.`,
    remedy: 'List the runs that are known with /api/v1/runs?q=.',
  });
}
