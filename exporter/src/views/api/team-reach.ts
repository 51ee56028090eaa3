import type { Run } from '../../facts/run';
import type { Viewer } from '../auth/authenticate';
import { ProblemError } from './problem';

/**
 * The teams whose runs are to be asked for; undefined stands for all of them.
 * @throws ProblemError when the viewer is bound to teams and asks for another.
 */
export function teamsInReach({ teams }: Viewer, asked: string | undefined): readonly string[] | undefined {
  if (teams === null) return asked === undefined ? undefined : [asked];
  if (asked === undefined) return teams;
  if (teams.includes(asked)) return [asked];
  throw new ProblemError('forbidden', { detail: 'These credentials are bound to other teams.', parameter: 'team' });
}

/** True when the viewer may see what belongs to `team`. */
export function reaches({ teams }: Viewer, team: string | null): boolean {
  return teams === null || (team !== null && teams.includes(team));
}

/** The runs among these that the viewer may see. */
export function runsInReach(viewer: Viewer, runs: readonly Run[]): Run[] {
  return runs.filter(({ labels }) => reaches(viewer, labels.team));
}
