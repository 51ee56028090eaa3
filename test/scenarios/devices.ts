import { nodeNameOf, nodesOf } from './host-hours';
import type { AttemptLine, BusyLine, ExpectLine, NodeLine, Scenario } from './parse-scenario';

const HOUR_MS = 3_600_000;

type During = { readonly start: number; readonly end: number | null };

/** GPUs of the nodes an `expect` speaks of that are neither held nor busy at some moment of it. */
export function idleDevices(scenario: Scenario, line: ExpectLine): Set<number> {
  return devicesEver(scenario, line, (node, held, busy) =>
    node.gpus.devices!.filter((gpu) => !held.has(gpu) && !busy.has(gpu)),
  );
}

/** GPUs that are busy while nobody holds them at some moment of it. */
export function strayDevices(scenario: Scenario, line: ExpectLine): Set<number> {
  return devicesEver(scenario, line, (_, held, busy) => [...busy].filter((gpu) => !held.has(gpu)));
}

type Choose = (node: NodeLine, held: ReadonlySet<number>, busy: ReadonlySet<number>) => number[];

function devicesEver(scenario: Scenario, line: ExpectLine, choose: Choose): Set<number> {
  const [first] = [...scenario.pods, ...scenario.samples];
  if (first) throw new Error(`${line.file}:${line.line}: Which GPU it is cannot be said of pods and samples.`);
  const nodes = nodesOf(scenario).filter(({ name }) => line.on === null || line.on === name);
  return new Set(nodes.flatMap((node) => devicesOn(scenario, { line, node, choose })));
}

function devicesOn(
  scenario: Scenario,
  { line, node, choose }: { line: ExpectLine; node: NodeLine; choose: Choose },
): number[] {
  const here = <Line extends AttemptLine | BusyLine>(lines: readonly Line[]): Line[] =>
    lines.filter((one) => nodeNameOf(scenario, one) === node.name);
  const attempts = here(scenario.attempts).filter(({ is }) => is === 'attempt');
  const busy = here(scenario.busy);
  const unknown = [node, ...attempts, ...busy].find(({ gpus }) => gpus === null || gpus.devices === null);
  if (unknown) throw new Error(`${line.file}:${line.line}: Which GPU it is can only be said where all lines say so.`);
  const ends = attempts.map((one) => one.end ?? one.start);
  const lastHour = Math.ceil(Math.max(...ends) / HOUR_MS) * HOUR_MS;
  const [start, end] = [line.start ?? node.from ?? -Infinity, line.end ?? scenario.until ?? node.to ?? lastHour];
  const moments = [start, ...[...attempts, ...busy].flatMap((one) => [one.start, one.end ?? end])];
  return moments
    .filter((moment) => Number.isFinite(moment) && start <= moment && moment < end)
    .filter((moment) => line.cause === null || (line.cause === 'beside_work') === devicesAt(attempts, moment).size > 0)
    .flatMap((moment) => choose(node, devicesAt(attempts, moment), devicesAt(busy, moment)));
}

function devicesAt(lines: readonly (AttemptLine | BusyLine)[], moment: number): Set<number> {
  const now = lines.filter(({ start, end }: During) => start <= moment && moment < (end ?? Infinity));
  if (now.some(({ is }) => is === 'gap')) return new Set();
  return new Set(now.flatMap(({ gpus }) => [...gpus!.devices!]));
}
