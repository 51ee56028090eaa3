import { z } from 'zod';
import { compareValues, costGroups, groupSent } from './cost-groups';
import { decodeCursor } from './cursor';
import { freshness, type Handler } from './handler';
import { pageOf } from './page';
import { windowOf, windowSent } from './window';

const place = z.tuple([z.literal('experiments'), z.string().nullable()]);

/** Cost by experiment in a window; work without one comes last. */
export const listExperiments: Handler<'listExperiments'> = async ({ query }, source) => {
  const window = windowOf(query, source.now);
  const at = decodeCursor(query.cursor, place);
  const groups = await costGroups({ by: 'experiment', window }, source);
  const page = pageOf(
    groups.filter(({ value }) => at === undefined || compareValues(value, at[1]) > 0),
    {
      limit: query.limit,
      item: (group) => ({ experiment: group.value, ...groupSent(group) }),
      place: ({ value }) => ['experiments', value],
    },
  );
  return { ...page, ...windowSent(window), ...freshness(source.state) };
};
