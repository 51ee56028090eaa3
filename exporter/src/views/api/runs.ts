import { z } from 'zod';
import type { Run } from '../../facts/run';
import type { RunQuery } from '../../store/store';
import { decodeCursor } from './cursor';
import { type Asked, freshness, type Handler, type Source } from './handler';
import { pageOf } from './page';
import { summarize } from './run-cost';
import { teamsInReach } from './team-reach';
import type { routes } from '../../contract/routes';

const place = z.tuple([z.literal('runs'), z.number().int(), z.string(), z.string(), z.string()]);

/** Runs, newest first, with what they cost. */
export const listRuns: Handler<'listRuns'> = async (asked, source) => {
  const { limit } = asked.query;
  const runs = await newestRuns(asked, source);
  const { items, nextCursor } = pageOf(runs, {
    limit,
    item: (run) => run,
    place: ({ startedAt, key }) => ['runs', startedAt, key.deployment, key.flow, key.run],
  });
  return { items: await summarize(items, source), nextCursor, ...freshness(source.state) };
};

async function newestRuns({ query }: Asked<(typeof routes)['listRuns']>, source: Source): Promise<Run[]> {
  const { cursor, limit, state, team, ...filters } = query;
  const after = placeAfter(decodeCursor(cursor, place));
  const teams = teamsInReach(source.viewer, team);
  // Nothing is billed yet, so every run is in one state.
  if (state !== undefined && state !== 'estimated') return [];
  return source.store.runs(
    { ...filters, limit: limit + 1, ...(teams && { teams }), ...(after && { after }) },
    source.state.asOf,
  );
}

function placeAfter(at: z.output<typeof place> | undefined): RunQuery['after'] {
  if (at === undefined) return undefined;
  const [, startedAt, deployment, flow, run] = at;
  return { startedAt, key: { deployment, flow, run } };
}
