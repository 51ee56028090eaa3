import type { PodIdentity } from '../../facts/pod';
import { type NamedValues, textOf } from './ksm-name';
import { POD_KEYS } from './well-known-keys';

/** What identity is read from. */
export type PodWords = {
  readonly annotations: NamedValues;
  readonly labels: NamedValues;
  readonly owner: { readonly kind: string; readonly name: string } | null;
};

/**
 * Which attempt a pod runs, as far as its annotations say (Metaflow's `plugins/kubernetes/kubernetes.py` and
 * `plugins/argo/argo_workflows.py`); null without flow or run: no pod of Metaflow, an Airflow pod, or no allow-list.
 * A pod of a workflow that is no task (exit hook, heartbeat) has no step and so no task.
 */
export function podIdentity(words: PodWords): PodIdentity | null {
  const { annotations } = words;
  const [flow, run] = [textOf(annotations, POD_KEYS.flow), runOf(words)];
  if (flow === null || run === null) return null;
  const step = textOf(annotations, POD_KEYS.step);
  return {
    flow,
    run,
    step,
    task: step === null ? null : taskOf(words),
    attempt: attemptOf(textOf(annotations, POD_KEYS.attempt)),
    user: textOf(annotations, POD_KEYS.user),
    project: textOf(annotations, POD_KEYS.project),
  };
}

/** Argo's workflow gives the run where the annotation is missing: `argo-` and its name. */
function runOf({ annotations, labels }: PodWords): string | null {
  const told = textOf(annotations, POD_KEYS.run);
  if (told !== null && !told.includes('{{')) return told;
  const workflow = textOf(labels, POD_KEYS.workflow);
  return workflow === null ? null : `argo-${workflow}`;
}

function taskOf(words: PodWords): string | null {
  return textOf(words.annotations, POD_KEYS.task) ?? taskInOutputs(words.annotations) ?? gangTask(words);
}

/** Argo writes a step's outputs as JSON once it has succeeded; Metaflow's hold the task's id. */
function taskInOutputs(annotations: NamedValues): string | null {
  const outputs = parsed(textOf(annotations, POD_KEYS.workflowOutputs));
  const parameters = (outputs as { parameters?: unknown } | null)?.parameters;
  if (!Array.isArray(parameters)) return null;
  const task = (parameters as unknown[]).find((parameter) => (parameter as { name?: unknown })?.name === 'task-id');
  const value = (task as { value?: unknown } | undefined)?.value;
  return typeof value === 'string' && value !== '' ? value : null;
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * A JobSet's pods name their control task alone. The local runtime calls worker i `<control>-worker-<i>`, Argo calls
 * node i of a role `<role>-<entropy>-<i>`; i is the index of the replicated job.
 */
function gangTask(words: PodWords): string | null {
  const place = gangPlace(words);
  if (place === null) return null;
  const control = textOf(words.annotations, POD_KEYS.controlTask);
  if (control !== null) return place.role === 'control' ? control : `${control}-worker-${place.index}`;
  const entropy = textOf(words.labels, POD_KEYS.entropy);
  return entropy === null ? null : `${place.role}-${entropy}-${place.index}`;
}

// JobSet names its jobs `<jobset>-<replicated job>-<index>`.
const GANG_JOB = /-(control|worker)-(\d+)$/;

function gangPlace({ annotations, labels, owner }: PodWords): { role: string; index: string } | null {
  const [, roleOfOwner, indexOfOwner] = (owner?.kind === 'Job' && GANG_JOB.exec(owner.name)) || [];
  const said = (key: string): string | null => textOf(labels, key) ?? textOf(annotations, key);
  const role = said(POD_KEYS.gangRole) ?? roleOfOwner;
  const index = said(POD_KEYS.gangIndex) ?? indexOfOwner;
  return (role === 'control' || role === 'worker') && index !== undefined && /^\d+$/.test(index)
    ? { role, index }
    : null;
}

function attemptOf(text: string | null): number | null {
  return text !== null && /^\d{1,4}$/.test(text) ? Number(text) : null;
}

// Tokens and whole manifests with their environment travel in annotations; what is not shown cannot leak.
const PRIVATE_KEYS = [
  'token|secret|passw|pwd|auth|bearer|dsn|private|credential|api_?key',
  'last_applied|metaflow_parameters|argoproj_io_outputs',
];
const PRIVATE_KEY = new RegExp(PRIVATE_KEYS.join('|'), 'i');
const PRIVATE_VALUE = /:\/\/[^\s@]*:[^\s@]*@|^\s*(bearer|basic)\s+\S/i;
const MAX_VALUE = 200;

/** What may be shown and grouped by: labels and annotations, labels first, without secrets, tokens and long texts. */
export function shownLabels({ annotations, labels }: Pick<PodWords, 'annotations' | 'labels'>): NamedValues {
  const shown = Object.entries({ ...annotations, ...labels }).filter(
    ([name, value]) => value.length <= MAX_VALUE && !PRIVATE_KEY.test(name) && !PRIVATE_VALUE.test(value),
  );
  return Object.fromEntries(shown);
}
