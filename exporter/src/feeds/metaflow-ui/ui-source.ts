import { BoundedCache } from '../bounded-cache';
import type { RunArtifacts } from '../metaflow/local-artifacts';
import { type RowSource, type RunName, UnreadableRun } from '../metaflow/row-source';
import { stepsWithoutEnd } from '../metaflow/rows-to-run';
import { AnswerRefused, AnswerTooLarge, type Ask } from '../metaflow-service/answer';
import { pathOf, placesOf } from '../metaflow-service/service-source';
import { configsOf, graphOf, type UiAnswer } from './ui-artifacts';
import { dataOf, readUiPages } from './ui-pages';

const KEPT_ARTIFACTS = 1024;

/**
 * Rows of the UI backend, which is asked by `ask`; `feed` names it in issues. Its own statuses and ends are not used:
 * it takes the next attempt's start, or a heartbeat from before the start, for an end.
 */
export function uiSource(ask: Ask, feed: string): RowSource {
  const kept = new BoundedCache<RunArtifacts>(KEPT_ARTIFACTS);
  const artifactsOf = async (name: RunName): Promise<RunArtifacts> => {
    const key = JSON.stringify([name.flow, name.run]);
    const known = kept.get(key);
    if (known) return known;
    const artifacts = await readArtifacts(ask, name, feed);
    if (artifacts.graph !== null && artifacts.configIssues.every(({ code }) => code !== 'missing_blob')) {
      kept.set(key, artifacts);
    }
    return artifacts;
  };
  return {
    places: placesOf,
    runs: (since) =>
      readUiPages(ask, '/runs', { order: 'ts_epoch', filter: since === null ? '' : `&ts_epoch%3Age=${since}` }),
    async run(name) {
      const { status, body } = await ask(pathOf(name), { accepted: [404] });
      return status === 404 ? null : dataOf(body);
    },
    async details(name) {
      try {
        const path = pathOf(name);
        const metadata = await readUiPages(ask, `${path}/metadata`, { order: 'id' });
        const isOpen = stepsWithoutEnd(metadata, name).length > 0;
        const tasks = isOpen ? await readUiPages(ask, `${path}/tasks`, { order: 'task_id' }) : [];
        return { tasks, metadata, artifacts: await artifactsOf(name) };
      } catch (error) {
        throw error instanceof AnswerTooLarge ? new UnreadableRun(error.message) : error;
      }
    },
  };
}

async function readArtifacts(ask: Ask, name: RunName, feed: string): Promise<RunArtifacts> {
  const graph = graphOf(await askAbout(ask, name, 'dag'), feed);
  const names = graph.graph?.configNames ?? [];
  if (names.length === 0) return { ...graph, configs: [], configIssues: [] };
  return { ...graph, ...configsOf(await askAbout(ask, name, 'parameters'), { names }, feed) };
}

/** The backend reads artifacts from the object store on demand; that it cannot is no fault of the run's records. */
async function askAbout(ask: Ask, name: RunName, what: 'dag' | 'parameters'): Promise<UiAnswer> {
  const file = `${placesOf(name).run}/${what}`;
  try {
    const { body } = await ask(`${pathOf(name)}/${what}`, { isTriedOnce: true });
    return { file, data: dataOf(body) };
  } catch (error) {
    if (error instanceof AnswerRefused || error instanceof AnswerTooLarge) return { file, problem: error.message };
    throw error;
  }
}
