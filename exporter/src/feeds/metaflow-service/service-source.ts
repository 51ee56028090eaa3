import type { Instant } from '../../units/interval';
import { boundedMap } from '../bounded-map';
import { issueOf } from '../metaflow/issue';
import type { RunArtifacts } from '../metaflow/local-artifacts';
import { isRecord } from '../metaflow/parse-row';
import { flowIdOf } from '../metaflow/row-ids';
import { type RowSource, type RunDetails, type RunName, UnreadableRun } from '../metaflow/row-source';
import { type RowsContext, stepsWithoutEnd } from '../metaflow/rows-to-run';
import { addRows, AnswerTooLarge, type Ask } from './answer';
import { readPages } from './service-pages';

const ROWS_A_PAGE = 500;
const NEWEST_ROWS = 50;
const FLOWS_AT_ONCE = 4;

/** Rows of the metadata service, which is asked by `ask`; `feed` names it in issues. */
export function serviceSource(ask: Ask, feed: string): RowSource {
  return {
    places: placesOf,
    async runs(since) {
      const flows = await readPages(ask, '/flows', { limit: ROWS_A_PAGE });
      const names = [...new Set(flows.flatMap((row) => flowIdOf(row) ?? []))];
      const lists = await boundedMap(names, FLOWS_AT_ONCE, (flow) => runsOf(ask, { flow, since }));
      return [...flows.filter((row) => flowIdOf(row) === null), ...lists.flat()];
    },
    async run(name) {
      const { status, body } = await ask(pathOf(name), { accepted: [404] });
      return status === 404 ? null : body;
    },
    async details(name) {
      try {
        return { ...(await rowsOf(ask, name)), artifacts: artifactsOf(name, feed) };
      } catch (error) {
        throw error instanceof AnswerTooLarge ? new UnreadableRun(error.message) : error;
      }
    },
  };
}

/** The address of a run below that of its service; names may hold anything. */
export function pathOf({ flow, run }: RunName): string {
  return `/flows/${encodeURIComponent(flow)}/runs/${encodeURIComponent(run)}`;
}

/** Addresses as people write them, for issues. */
export function placesOf(name: RunName | null): RowsContext['sources'] {
  const run = name === null ? '/flows/*/runs' : `/flows/${name.flow}/runs/${name.run}`;
  return { run, tasks: `${run}/tasks`, metadata: `${run}/metadata` };
}

async function runsOf(
  ask: Ask,
  { flow, since }: { readonly flow: string; readonly since: Instant | null },
): Promise<unknown[]> {
  const path = `/flows/${encodeURIComponent(flow)}/runs`;
  if (since === null) return readPages(ask, path, { limit: ROWS_A_PAGE });
  const isEnough = (rows: readonly unknown[]): boolean => {
    const oldest = rows[rows.length - 1];
    return isRecord(oldest) && typeof oldest.ts_epoch === 'number' && oldest.ts_epoch < since;
  };
  return readPages(ask, path, { limit: NEWEST_ROWS, isEnough });
}

/** Heartbeats of tasks matter only where an attempt has no end of its own, which spares a question for each step. */
async function rowsOf(ask: Ask, name: RunName): Promise<Pick<RunDetails, 'tasks' | 'metadata'>> {
  const path = pathOf(name);
  const metadata = await readPages(ask, `${path}/metadata`, { limit: ROWS_A_PAGE });
  const tasks: unknown[] = [];
  for (const step of stepsWithoutEnd(metadata, name)) {
    const place = `${path}/steps/${encodeURIComponent(step)}/tasks`;
    addRows(tasks, await readPages(ask, place, { limit: ROWS_A_PAGE }), place);
  }
  return { tasks, metadata };
}

/** `_graph_info` and Config values lie in the object store, of which the service knows the address alone. */
function artifactsOf({ flow }: RunName, feed: string): RunArtifacts {
  const graphIssue = issueOf(feed, {
    code: 'no_resources',
    file: `/flows/${flow}`,
    field: '_graph_info',
    reason: 'The metadata service does not tell what a step requests.',
    remedy: `Declare what the step holds under holdings, e.g. {flow: ${flow}, gpus: 1}, or add a feed that knows it.`,
  });
  return { graph: null, graphIssue, configs: [], configIssues: [] };
}
