import type { Attempt } from '../../exporter/src/facts/attempt';
import type { DeviceStretch } from '../../exporter/src/facts/gpu-sample';
import type { Host } from '../../exporter/src/facts/host';
import type { PriceSpan } from '../../exporter/src/facts/price';
import type { Activity, AttemptHolding, HostHourInput } from '../../exporter/src/ledger/allocate';
import { bytesFromGibibytes, milliVcpusFromVcpus, nanoGpusFromGpus } from '../../exporter/src/units/quantity';
import type { AttemptLine, BusyLine, ChargeLine, NodeLine, PriceLine, Scenario } from './parse-scenario';
import { placedAttempts, stretchesOf } from './place-pods';
import type { SampleLine } from './read-sample';

const HOUR_MS = 3_600_000;

/** What the ledger is given of a scenario: every node's hours in order, the last one open where it says `until`. */
export function hostHoursOf(scenario: Scenario): HostHourInput[] {
  return nodesOf(scenario).flatMap((node) => hoursOfNode(scenario, node));
}

/** The nodes of a scenario: declared ones, and those that a charge alone describes. */
export function nodesOf({ nodes, charges, file }: Scenario): NodeLine[] {
  const declared = new Set(nodes.map(({ name }) => name));
  if (declared.size < nodes.length) throw new Error(`${file}: One node is declared twice.`);
  const names = new Set(charges.map(({ name }) => name).filter((name) => !declared.has(name)));
  return [...nodes, ...[...names].map((name) => chargedNode(charges.filter((charge) => charge.name === name)))];
}

/** A charge covers the whole time in which its node existed. */
function chargedNode(charges: readonly ChargeLine[]): NodeLine {
  const from = Math.min(...charges.map(({ start }) => start));
  const to = Math.max(...charges.map(({ end }) => end));
  return { ...charges[0]!, is: 'node', cpus: null, memoryGib: null, from, to };
}

function hoursOfNode(scenario: Scenario, node: NodeLine): HostHourInput[] {
  const holdings = scenario.pods.length > 0 ? placedOn(scenario, node) : toldOn(scenario, node);
  const { firstHeld, lastHeld } = heldSpan(holdings);
  const story = {
    host: hostOf(node),
    prices: pricesOf(scenario, node),
    holdings,
    activity: activityOf(scenario.busy.filter((line) => nodeNameOf(scenario, line) === node.name)),
    stretches: stretchesOn(scenario, node),
    firstHeld,
    lastHeld,
    splitPolicy: 'gpu-first',
  };
  const start = node.from ?? firstHeld;
  const end = scenario.until ?? node.to ?? lastHeld;
  if (start === null || end === null)
    throw placed(node, `${node.name} needs "from" and "to", or attempts that end, or "until"`);
  return hoursBetween(start, end).map((hour) => ({
    ...story,
    span: { start: hour, end: Math.min(hour + HOUR_MS, scenario.until ?? Infinity) },
  }));
}

function toldOn(scenario: Scenario, node: NodeLine): AttemptHolding[] {
  const attempts = scenario.attempts.filter((line) => nodeNameOf(scenario, line) === node.name);
  return attempts.map((line) => holdingOf(line, node));
}

function placedOn(scenario: Scenario, node: NodeLine): AttemptHolding[] {
  const attempts = placedAttempts(scenario, (line) => holdingOf(line, node).attempt);
  return attempts.filter(({ hosts }) => hosts.includes(node.name)).map((attempt) => ({ attempt }));
}

function stretchesOn(scenario: Scenario, node: NodeLine): DeviceStretch[] {
  const samples = scenario.samples.filter((line) => nodeNameOf(scenario, line) === node.name);
  const [stray] = scenario.busy;
  if (samples.length > 0 && stray) throw placed(stray, 'A story has either "sample" lines or "busy" and "gap" lines');
  return stretchesOf(node.name, samples);
}

const placed = ({ file, line }: { file: string; line: number }, problem: string): Error =>
  new Error(`${file}:${line}: ${problem}.`);

/** The node a line speaks of: the only one, where it names none. */
export function nodeNameOf(scenario: Scenario, line: AttemptLine | BusyLine | SampleLine): string {
  const names = nodesOf(scenario).map(({ name }) => name);
  const name = line.on ?? (names.length === 1 ? names[0]! : null);
  if (name === null) throw placed(line, 'There are several nodes: say "on NODE"');
  if (!names.includes(name)) throw placed(line, `There is no node ${name}`);
  return name;
}

function hoursBetween(start: number, end: number): number[] {
  const first = start - (start % HOUR_MS);
  return Array.from({ length: Math.ceil((end - first) / HOUR_MS) }, (_, hour) => first + hour * HOUR_MS);
}

const hostOf = (node: NodeLine): Host => ({
  name: node.name,
  pool: null,
  provider: null,
  region: null,
  instanceType: null,
  capacityType: null,
  gpus: nanoGpusFromGpus(node.gpus.count),
  gpuModel: null,
  vcpus: node.cpus === null ? null : milliVcpusFromVcpus(node.cpus),
  memory: node.memoryGib === null ? null : bytesFromGibibytes(node.memoryGib),
  billingResourceId: null,
  from: node.from,
  to: node.to,
});

function pricesOf({ prices, charges }: Scenario, { name }: NodeLine): PriceSpan[] {
  return [...prices, ...charges]
    .filter((line) => line.name === name)
    .map((line) => ({
      host: name,
      start: line.start,
      end: line.end,
      perHour: line.is === 'price' ? line.perHour : perHourOf(line),
      rung: 'override',
      rateCard: null,
      explanation: `Line ${line.line} of the scenario.`,
    }));
}

function perHourOf(charge: ChargeLine): PriceLine['perHour'] {
  const [hour, length] = [BigInt(HOUR_MS), BigInt(charge.end - charge.start)];
  const perHour = (charge.amount * hour) / length;
  if (perHour * length !== charge.amount * hour)
    throw placed(charge, 'This is no whole price per hour: say "node" and "price"');
  return perHour;
}

/** An end before the start is what skewed clocks write; a feed makes a zero-length attempt of it. */
function holdingOf(line: AttemptLine, node: NodeLine): AttemptHolding {
  const [flow, run, step, task] = line.path as [string, string, string, string];
  const strays =
    line.gpus?.devices?.filter((device) => node.gpus.devices !== null && !node.gpus.devices.includes(device)) ?? [];
  if (strays.length > 0 && node.gpus.count > 0) throw placed(line, `${node.name} has no gpu ${strays.join(', ')}`);
  const attempt: Attempt = {
    key: { deployment: 'scenario', flow, run, step, task, attempt: line.number },
    start: line.start,
    end: line.end === null ? null : Math.max(line.start, line.end),
    endSource: line.end === null ? 'open' : 'attempt_ok',
    outcome: line.end === null ? 'running' : 'unknown',
    isClone: line.is === 'clone',
    hosts: [node.name],
    held: line.gpus && {
      gpus: nanoGpusFromGpus(line.gpus.count),
      vcpus: milliVcpusFromVcpus(line.cpus),
      memory: bytesFromGibibytes(line.memoryGib),
      source: 'graph_info',
    },
    confidence: 'strong',
    lastSign: line.end ?? line.start,
  };
  return { attempt, devices: line.gpus?.devices ?? null };
}

function heldSpan(holdings: readonly AttemptHolding[]): { firstHeld: number | null; lastHeld: number | null } {
  const real = holdings.filter(
    ({ attempt }) => !attempt.isClone && attempt.held !== null && attempt.end !== attempt.start,
  );
  if (real.length === 0) return { firstHeld: null, lastHeld: null };
  const ends = real.map(({ attempt }) => attempt.end ?? Infinity);
  const lastHeld = Math.max(...ends);
  return {
    firstHeld: Math.min(...real.map(({ attempt }) => attempt.start)),
    lastHeld: lastHeld === Infinity ? null : lastHeld,
  };
}

/** Lines of busy GPUs as spans that do not overlap; nothing is seen in a gap. */
function activityOf(lines: readonly BusyLine[]): Activity[] {
  const borders = [...new Set(lines.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  return borders.slice(1).flatMap((end, place) => {
    const start = borders[place]!;
    const here = lines.filter((line) => line.start <= start && start < line.end);
    if (here.length === 0 || here.some(({ is }) => is === 'gap')) return [];
    const areNamed = here.every(({ gpus }) => gpus.devices !== null);
    const devices = areNamed ? [...new Set(here.flatMap(({ gpus }) => [...gpus.devices!]))] : null;
    const activeGpus = devices?.length ?? here.reduce((sum, { gpus }) => sum + gpus.count, 0);
    return [{ during: { start, end }, activeGpus, devices }];
  });
}
