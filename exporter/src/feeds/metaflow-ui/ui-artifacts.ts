import type { Issue } from '../../facts/issue';
import type { PlainValue } from '../../facts/run';
import type { ConfigArtifact } from '../metaflow/config-variant';
import { type GraphInfo, parseGraphInfo } from '../metaflow/graph-info';
import { issueOf } from '../metaflow/issue';
import type { RunArtifacts } from '../metaflow/local-artifacts';
import { isRecord } from '../metaflow/parse-row';

/** What the UI backend answered, or why it did not; `file` is the address. */
export type UiAnswer = { readonly file: string } & ({ readonly data: unknown } | { readonly problem: string });

/** Reads a run's graph from `/dag`. */
export function graphOf(dag: UiAnswer, feed: string): Pick<RunArtifacts, 'graph' | 'graphIssue'> {
  const graph = 'data' in dag ? parseGraphInfo((dag.data ?? null) as PlainValue) : null;
  if (graph) return { graph, graphIssue: null };
  const why = 'problem' in dag ? dag.problem : 'The answer holds no description of a flow.';
  const graphIssue = issueOf(feed, {
    code: 'no_resources',
    file: dag.file,
    field: '_graph_info',
    reason: `The UI backend does not tell what the run's steps requested: ${why}`,
    remedy: 'Let the UI backend read the object store, or declare what the steps hold under `holdings`.',
  });
  return { graph: null, graphIssue };
}

/** Reads the values of a run's Configs from `/parameters`, which mixes them with Parameters: the graph tells which. */
export function configsOf(
  parameters: UiAnswer,
  { names }: { readonly names: GraphInfo['configNames'] },
  feed: string,
): Pick<RunArtifacts, 'configs' | 'configIssues'> {
  const values = 'data' in parameters && isRecord(parameters.data) ? parameters.data : {};
  const configs: ConfigArtifact[] = [];
  const configIssues: Issue[] = [];
  for (const name of names) {
    const read = readConfig(Object.hasOwn(values, name) ? values[name] : undefined);
    configs.push({ name, sha: null, ...('value' in read ? read : {}) });
    if ('value' in read) continue;
    const reason = 'problem' in parameters ? parameters.problem : read.problem;
    const remedy = 'Tag the run with `variant:NAME`, or raise MAX_PROCESSABLE_S3_ARTIFACT_SIZE_KB of the UI backend.';
    configIssues.push(issueOf(feed, { code: read.code, file: parameters.file, field: name, reason, remedy }));
  }
  return { configs, configIssues };
}

type ReadConfig =
  { readonly value: PlainValue } | { readonly code: 'oversized_blob' | 'missing_blob'; readonly problem: string };

/** In place of a value that it cannot read the backend gives a sentence: why not, or the exception's own text. */
function readConfig(answer: unknown): ReadConfig {
  const value = isRecord(answer) ? answer.value : undefined;
  if (value === undefined) return { code: 'missing_blob', problem: 'The UI backend has no value of this Config.' };
  if (typeof value !== 'string') return { value: value as PlainValue };
  const isLarge = value.startsWith('Artifact too large');
  if (isLarge) return { code: 'oversized_blob', problem: 'The Config is larger than what the UI backend reads.' };
  return { code: 'missing_blob', problem: 'The UI backend gives a text, perhaps why it could not read the value.' };
}
