import { z } from 'zod';
import { compareValues, costGroups, groupSent } from './cost-groups';
import { decodeCursor } from './cursor';
import { freshness, type Handler } from './handler';
import { pageOf } from './page';
import { reaches } from './team-reach';
import { windowOf, windowSent } from './window';

const place = z.tuple([z.literal('teams'), z.string().nullable()]);

/** Cost by team in a window; work without a team comes last. */
export const listTeams: Handler<'listTeams'> = async ({ query }, source) => {
  const window = windowOf(query, source.now);
  const at = decodeCursor(query.cursor, place);
  const groups = await costGroups({ by: 'team', window }, source);
  const rest = groups.filter(
    ({ value }) => reaches(source.viewer, value) && (at === undefined || compareValues(value, at[1]) > 0),
  );
  const page = pageOf(rest, {
    limit: query.limit,
    item: (group) => ({ team: group.value, ...groupSent(group) }),
    place: ({ value }) => ['teams', value],
  });
  return { ...page, ...windowSent(window), ...freshness(source.state) };
};
