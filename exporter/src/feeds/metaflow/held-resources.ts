import type { Confidence, HeldResources } from '../../facts/attempt';
import type { Holding } from '../../facts/holding';
import { bytesFromMebibytes, milliVcpusFromVcpus, nanoGpusFromGpus } from '../../units/quantity';
import type { GraphFault, GraphInfo, StepResources } from './graph-info';

/** What an attempt of a step holds and where, and why nothing is known when nothing is. */
export type HeldByStep = {
  readonly held: HeldResources | null;
  readonly confidence: Confidence;
  /** The host a holding names; null when none does. */
  readonly host: string | null;
  readonly problem: 'no_graph' | 'no_step' | GraphFault | null;
};

const METAFLOW_DEFAULTS: StepResources = { gpus: 0, vcpus: 1, memoryMib: 4096 };

/** What every attempt of `flow`/`step` holds: the first matching holding, else what `_graph_info` requests. */
export function heldBy(
  { flow, step }: { readonly flow: string; readonly step: string },
  holdings: readonly Holding[],
  graph: GraphInfo | null,
): HeldByStep {
  const holding = holdings.find((one) => matches(one.flow, flow) && (one.step === null || matches(one.step, step)));
  const requested = graph?.steps.get(step)?.resources;
  const resources = requested && !('fault' in requested) ? requested : null;
  const host = holding?.host ?? null;
  if (holding) {
    const held = heldOf(resources ?? METAFLOW_DEFAULTS, 'holdings');
    return { held: { ...held, gpus: holding.gpus }, confidence: 'declared', host, problem: null };
  }
  if (resources) return { held: heldOf(resources, 'graph_info'), confidence: 'estimated', host, problem: null };
  const problem = !graph ? 'no_graph' : requested && 'fault' in requested ? requested : 'no_step';
  return { held: null, confidence: 'none', host, problem };
}

function heldOf({ gpus, vcpus, memoryMib }: StepResources, source: HeldResources['source']): HeldResources {
  return {
    gpus: nanoGpusFromGpus(gpus),
    vcpus: milliVcpusFromVcpus(vcpus),
    memory: bytesFromMebibytes(memoryMib),
    source,
  };
}

/** True when `name` is `pattern`, in which `*` stands for any text. */
function matches(pattern: string, name: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === name;
  const tail = rest.pop()!;
  if (!name.startsWith(head) || !name.endsWith(tail) || name.length < head.length + tail.length) return false;
  let inside = name.slice(head.length, name.length - tail.length);
  for (const part of rest) {
    const at = inside.indexOf(part);
    if (at < 0) return false;
    inside = inside.slice(at + part.length);
  }
  return true;
}
