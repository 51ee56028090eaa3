import type { PlainValue } from '../../facts/run';

/** What a step asks for: GPUs and vCPUs (may be fractions) and memory in MiB. */
export type StepResources = { readonly gpus: number; readonly vcpus: number; readonly memoryMib: number };

/** A value of `_graph_info` that says nothing usable. */
export type GraphFault = { readonly field: string; readonly value: string; readonly fault: string };

/** What `_graph_info` says about a step. */
export type StepGraph = {
  readonly resources: StepResources | GraphFault;
  /** The highest attempt number there can be: `@retry`'s times, and the fallback attempts of `@catch`. */
  readonly lastAttempt: number;
  /** Before a retry a remote step waits so long, in ms; the local runtime starts the next attempt at once. */
  readonly retryWaitMs: number;
  /** A compute decorator sends the step elsewhere: an attempt may wait for a machine before it starts. */
  readonly isRemote: boolean;
};

/** What `_graph_info` says about a flow, as far as cost needs it. */
export type GraphInfo = {
  readonly endStep: string | null;
  readonly configNames: readonly string[];
  readonly steps: ReadonlyMap<string, StepGraph>;
};

const DEFAULTS: StepResources = { gpus: 0, vcpus: 1, memoryMib: 4096 };
const COMPUTE_DECORATORS = ['kubernetes', 'batch', 'slurm', 'snowpark', 'nvidia'];
const CATCH_FALLBACK_ATTEMPTS = 3;
const MAX_ATTEMPT = 5;
const MAX_QUANTITY = 1e9;

/** Reads the unpickled `_graph_info` artifact; null when it is not one. */
export function parseGraphInfo(value: PlainValue): GraphInfo | null {
  const graph = dictionary(value);
  const steps = graph && dictionary(graph.steps);
  if (!graph || !steps) return null;
  const parsed = new Map<string, StepGraph>();
  for (const [name, step] of Object.entries(steps)) parsed.set(name, parseStep(name, decoratorsOf(step)));
  return { endStep: endStepOf(graph.end_step, steps), configNames: configNamesOf(graph.parameters), steps: parsed };
}

type Dictionary = { readonly [key: string]: PlainValue };
type Decorator = { readonly name: string; readonly attributes: Dictionary };

function parseStep(step: string, decorators: readonly Decorator[]): StepGraph {
  const attributesOf = (name: string): Dictionary | undefined =>
    decorators.find((decorator) => decorator.name === name)?.attributes;
  const compute = decorators.find(({ name }) => COMPUTE_DECORATORS.includes(name));
  const retry = attributesOf('retry');
  const times = retry ? (readQuantity(retry.times) ?? 3) : 0;
  const minutes = retry ? (readQuantity(retry.minutes_between_retries) ?? 2) : 0;
  const last = times + (attributesOf('catch') ? CATCH_FALLBACK_ATTEMPTS : 0);
  return {
    resources: resourcesOf(step, { requested: attributesOf('resources') ?? {}, compute }),
    lastAttempt: Math.min(last, MAX_ATTEMPT),
    retryWaitMs: compute ? Math.round(minutes * 60_000) : 0,
    isRemote: compute !== undefined,
  };
}

type Requests = { readonly requested: Dictionary; readonly compute: Decorator | undefined };

/** The larger of `@resources` and the compute decorator; on Kubernetes the GPUs of `@resources` win. */
function resourcesOf(step: string, { requested, compute }: Requests): StepResources | GraphFault {
  const attributes = compute?.attributes ?? {};
  for (const [key, value] of [...Object.entries(requested), ...Object.entries(attributes)]) {
    if (['gpu', 'cpu', 'memory'].includes(key) && readQuantity(value) === undefined) {
      return { field: `steps.${step}.${key}`, value: JSON.stringify(value), fault: 'is no quantity' };
    }
  }
  const larger = (key: string): number | null => {
    const given = [readQuantity(requested[key]), readQuantity(attributes[key])].filter(
      (one) => typeof one === 'number',
    );
    return given.length === 0 ? null : Math.max(...given);
  };
  const overriding = compute?.name === 'kubernetes' ? readQuantity(requested.gpu) : null;
  return {
    gpus: overriding ?? larger('gpu') ?? DEFAULTS.gpus,
    vcpus: larger('cpu') ?? DEFAULTS.vcpus,
    memoryMib: larger('memory') ?? DEFAULTS.memoryMib,
  };
}

/** A quantity; null where none is given (Metaflow writes the text "None"), undefined where it is something else. */
function readQuantity(value: PlainValue | undefined): number | null | undefined {
  if (value === undefined || value === null || value === 'None' || value === '') return null;
  const quantity = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
  return typeof quantity === 'number' && quantity >= 0 && quantity <= MAX_QUANTITY ? quantity : undefined;
}

function decoratorsOf(step: PlainValue): Decorator[] {
  const decorators = dictionary(step)?.decorators;
  return list(decorators).flatMap((entry) => {
    const decorator = dictionary(entry);
    const name = decorator?.name;
    return typeof name === 'string' ? [{ name, attributes: dictionary(decorator?.attributes) ?? {} }] : [];
  });
}

function endStepOf(named: PlainValue | undefined, steps: Dictionary): string | null {
  if (typeof named === 'string') return named;
  return Object.entries(steps).find(([, step]) => dictionary(step)?.type === 'end')?.[0] ?? null;
}

function configNamesOf(parameters: PlainValue | undefined): string[] {
  return list(parameters).flatMap((entry) => {
    const parameter = dictionary(entry);
    return parameter?.type === 'Config' && typeof parameter.name === 'string' ? [parameter.name] : [];
  });
}

function dictionary(value: PlainValue | undefined): Dictionary | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Dictionary) : null;
}

function list(value: PlainValue | undefined): readonly PlainValue[] {
  return Array.isArray(value) ? (value as readonly PlainValue[]) : [];
}
