import { join } from 'node:path';
import type { Issue } from '../../facts/issue';
import type { PlainValue } from '../../facts/run';
import { BoundedCache } from '../bounded-cache';
import { type ArtifactShas, newestDataFile, parseArtifactShas } from './artifact-names';
import { type BlobProblem, blobPath, readBlob } from './blob';
import type { ConfigArtifact } from './config-variant';
import { type GraphInfo, parseGraphInfo } from './graph-info';
import { issueOf } from './issue';
import { readPlainFile } from './local-files';
import { readPickle } from './pickle';
import type { RunFiles, TaskFiles } from './run-files';

/** What a run's artifacts say, as far as cost needs it. */
export type RunArtifacts = {
  readonly graph: GraphInfo | null;
  readonly configs: readonly ConfigArtifact[];
  /** Why the graph, or a Config, could not be read. */
  readonly graphIssue: Issue | null;
  readonly configIssues: readonly Issue[];
};

/** Reads artifacts of runs below one root; blobs are content-addressed, so what was read once stays true. */
export type ArtifactReader = (files: RunFiles) => Promise<RunArtifacts>;

const KEPT_BLOBS = 256;
const OTHER_TASKS = 3;
const MAX_DATA_BYTES = 1 << 20;

type Reading = { readonly value: PlainValue } | { readonly problem: BlobProblem };

/** Makes the reader for the feed called `feed`, whose tree is at `root`. */
export function artifactReader({ feed, root }: { readonly feed: string; readonly root: string }): ArtifactReader {
  const kept = new BoundedCache<Reading>(KEPT_BLOBS);
  const read = async (flow: string, sha: string): Promise<Reading> => {
    const known = kept.get(`${flow}/${sha}`);
    if (known) return known;
    const blob = await readBlob(root, { flow, sha });
    if ('code' in blob) return { problem: blob };
    const reading = readWhole(blob.bytes);
    kept.set(`${flow}/${sha}`, reading);
    return reading;
  };
  return async (files) => {
    const shas = await artifactShas(root, files);
    const graph = await readGraph(feed, { files, shas, read });
    const configs = await readConfigs(feed, { files, shas, read, names: graph.graph?.configNames ?? [] });
    return { ...graph, ...configs };
  };
}

/** Bytes that have the hash they are named by always read the same, refusals included. */
function readWhole(bytes: Buffer): Reading {
  const pickle = readPickle(bytes);
  return 'value' in pickle ? pickle : { problem: { code: 'refused_pickle', reason: pickle.refused } };
}

/** The artifacts of `_parameters`; of another task, which carries them on, where those cannot be read. */
async function artifactShas(root: string, { tasks }: RunFiles): Promise<ArtifactShas | null> {
  const others = tasks.filter(({ step }) => step !== '_parameters').slice(0, OTHER_TASKS);
  for (const task of [...tasks.filter(({ step }) => step === '_parameters'), ...others]) {
    const shas = parseArtifactShas({ text: await dataText(root, task) });
    if (shas?.has('_graph_info')) return shas;
  }
  return null;
}

async function dataText(root: string, task: TaskFiles): Promise<string | null> {
  const name = newestDataFile(task);
  if (name === null) return null;
  const known = task.files.get(name)?.text ?? null;
  if (known !== null) return known;
  const read = await readPlainFile(join(root, task.path, name), MAX_DATA_BYTES);
  return 'problem' in read ? null : read.bytes.toString('utf8');
}

type Search = {
  readonly files: RunFiles;
  readonly shas: ArtifactShas | null;
  readonly read: (flow: string, sha: string) => Promise<Reading>;
};

async function readGraph(
  feed: string,
  { files, shas, read }: Search,
): Promise<Pick<RunArtifacts, 'graph' | 'graphIssue'>> {
  const sha = shas?.get('_graph_info');
  if (sha === undefined) return { graph: null, graphIssue: noGraph(feed, files.path) };
  const reading = await read(files.flow, sha);
  const graph = 'value' in reading ? parseGraphInfo(reading.value) : null;
  if (graph) return { graph, graphIssue: null };
  const problem = 'problem' in reading ? reading.problem : NOT_A_GRAPH;
  return {
    graph: null,
    graphIssue: blobIssue(feed, { ...problem, file: blobPath(files.flow, sha), field: '_graph_info' }),
  };
}

const NOT_A_GRAPH: BlobProblem = { code: 'bad_value', reason: 'holds no description of a flow' };

async function readConfigs(
  feed: string,
  { files, shas, read, names }: Search & { readonly names: readonly string[] },
): Promise<Pick<RunArtifacts, 'configs' | 'configIssues'>> {
  const configs: ConfigArtifact[] = [];
  const configIssues: Issue[] = [];
  for (const name of names) {
    const sha = shas?.get(name);
    if (sha === undefined) continue;
    const reading = await read(files.flow, sha);
    if ('value' in reading) configs.push({ name, sha, value: reading.value });
    else {
      configs.push({ name, sha });
      configIssues.push(blobIssue(feed, { ...reading.problem, file: blobPath(files.flow, sha), field: name }));
    }
  }
  return { configs, configIssues };
}

function blobIssue(feed: string, blob: BlobProblem & { readonly file: string; readonly field: string }): Issue {
  const { code, file, field } = blob;
  const isGraph = field === '_graph_info';
  return issueOf(feed, {
    code,
    file,
    field,
    reason: `The blob of ${field} ${blob.reason}.`,
    remedy: isGraph
      ? 'Restore the blob, or declare what the steps hold under `holdings`.'
      : 'Restore the blob, or tag the run with `variant:NAME` to name its config variant.',
  });
}

function noGraph(feed: string, path: string): Issue {
  return issueOf(feed, {
    code: 'no_resources',
    file: path,
    field: '_graph_info',
    reason: 'No task of the run names its _graph_info, so what its steps requested is unknown.',
    remedy: 'Declare what the steps hold under `holdings`.',
  });
}
