import { isDeepStrictEqual } from 'node:util';
import type { DiscoveredHost } from '../../facts/host';
import { hourStart, type Instant } from '../../units/interval';
import type { Amounts, SeenNode } from './cluster-snapshot';
import { billingResourceIdOf, type HostOfNode, hostOfNode, lastSegment } from './node-host';
import { gpusOfNode } from './node-gpus';

/** One machine behind a node's name; the name can come back with another machine. */
export type TrackedHost = {
  /** Its name in the ledger: the node's, or `node@id` for a later machine of that name. */
  readonly name: string;
  readonly node: SeenNode;
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  /** False while only the store tells of it. */
  readonly isSeen: boolean;
  readonly host: DiscoveredHost;
  /** What of its GPUs does not add up; null where all does. */
  readonly conflict: string | null;
};

/** All machines that were ever seen, by their name in the ledger. */
export type TrackedHosts = ReadonlyMap<string, TrackedHost>;

/** Machines as the store knows them, by name; those without an end were there until `knownUntil`. */
export function storedMachines(known: readonly DiscoveredHost[], knownUntil: Instant | null): TrackedHosts {
  const own = known.map((host) => ({ ...host, name: ownName(host) }));
  return new Map(own.map((host) => [host.name, storedMachine(host, knownUntil)]));
}

/** Where two clusters have a node of one name, the name of one ends with its feed's, which the feed does not know. */
function ownName({ name, feed }: DiscoveredHost): string {
  return name.endsWith(`@${feed}`) ? name.slice(0, -`@${feed}`.length) : name;
}

function storedMachine(host: DiscoveredHost, knownUntil: Instant | null): TrackedHost {
  const firstSeen = host.from ?? host.to ?? knownUntil ?? 0;
  const node = {
    ...{ name: nodeNameOf(host.name), ...idsInName(host), internalIp: host.internalIp },
    ...{ created: null, deletion: null, capacity: new Map<string, number>(), labels: {} },
  };
  const lastSeen = host.to ?? Math.max(firstSeen, knownUntil ?? firstSeen);
  return { name: host.name, node, firstSeen, lastSeen, isSeen: false, host, conflict: null };
}

// No node's name has an @.
const nodeNameOf = (name: string): string => name.split('@', 1)[0]!;

/** What a name of {@link nameOf} says of its machine beside its billing id. */
function idsInName({ name, billingResourceId }: DiscoveredHost): Pick<SeenNode, 'providerId' | 'systemUuid'> {
  const id = name.slice(nodeNameOf(name).length + 1);
  if (id.includes('://')) return { providerId: id, systemUuid: null };
  const isUuid = id !== '' && !/^\d+$/.test(id) && !areEqual(id, lastSegment(billingResourceId));
  return { providerId: null, systemUuid: isUuid ? id : null };
}

/** The machines of each node's name, earliest first; a machine that was seen stands above what is stored of it. */
export function machinesByNode(hosts: TrackedHosts, stored: TrackedHosts): Map<string, TrackedHost[]> {
  const machines = new Map<string, TrackedHost[]>();
  for (const tracked of new Map([...stored, ...hosts]).values()) {
    const known = machines.get(tracked.node.name);
    if (known === undefined) machines.set(tracked.node.name, [tracked]);
    else known.push(tracked);
  }
  for (const known of machines.values()) known.sort((a, b) => createdOf(a) - createdOf(b));
  return machines;
}

/** The machine that a pod of this start ran on; null while no node of that name was seen. */
export function machineAt(machines: readonly TrackedHost[] | undefined, start: Instant | null): TrackedHost | null {
  if (machines === undefined) return null;
  const newest = machines[machines.length - 1] ?? null;
  if (start === null || machines.length < 2) return newest;
  return machines.findLast((tracked) => createdOf(tracked) <= start) ?? machines[0] ?? null;
}

/** A machine after one more look at its node, at `at`; it is there. What was learned of it once stays. */
export function hostAfter(
  machines: readonly TrackedHost[] | undefined,
  { node, at, feed }: { node: SeenNode; at: Instant; feed: string },
): TrackedHost {
  const known = machines?.findLast((tracked) => !isAnother(tracked, node));
  const merged = known === undefined ? node : mergedNode(known, node, at);
  const firstSeen = Math.min(known?.firstSeen ?? at, at);
  const { conflict, ...gpus } = gpusAfter(known, merged);
  const name = known?.name ?? nameOf(node, machines ?? []);
  const facts = factsAfter(known?.host, hostOfNode(merged));
  const host = { name, feed, ...facts, ...gpus, from: fromAfter(known, { node: merged, firstSeen }), to: null };
  return {
    name,
    node: merged,
    firstSeen,
    lastSeen: Math.max(known?.lastSeen ?? at, at),
    isSeen: true,
    host: known !== undefined && isDeepStrictEqual(known.host, host) ? known.host : host,
    conflict,
  };
}

/** A machine with the end that its absence tells; `goneSince` null: it is there. */
export function withEnd(tracked: TrackedHost, goneSince: Instant | null): TrackedHost {
  const { lastSeen, node, host } = tracked;
  const told = node.deletion === null ? lastSeen : Math.max(lastSeen, node.deletion);
  const to = goneSince === null ? null : Math.max(Math.min(told, goneSince), host.from ?? told);
  return to === host.to ? tracked : { ...tracked, host: { ...host, to } };
}

function createdOf({ node, firstSeen }: TrackedHost): Instant {
  return node.created ?? firstSeen;
}

/** A node's id or its board's UUID changed: it is another machine. What one look does not tell is no change. */
function isAnother(tracked: TrackedHost, seen: SeenNode): boolean {
  const { node: known, host } = tracked;
  const differ = (a: string | null, b: string | null): boolean => a !== null && b !== null && !areEqual(a, b);
  return (
    differ(known.providerId, seen.providerId) ||
    differ(host.billingResourceId, billingResourceIdOf(seen.providerId)) ||
    differ(known.systemUuid, seen.systemUuid) ||
    (!tracked.isSeen && !isKnownById(tracked, seen) && seen.created !== null && seen.created > tracked.lastSeen)
  );
}

/** A name is no id: in GCP an instance is called after its node, and so is the one that replaces it. */
function isKnownById({ node, host }: TrackedHost, seen: SeenNode): boolean {
  const id = billingResourceIdOf(seen.providerId);
  return areEqual(node.systemUuid, seen.systemUuid) || (id !== seen.name && areEqual(host.billingResourceId, id));
}

function areEqual(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a.toLowerCase() === b.toLowerCase();
}

function nameOf({ name, providerId, systemUuid }: SeenNode, machines: readonly TrackedHost[]): string {
  if (machines.length === 0) return name;
  const taken = new Set(machines.map((tracked) => tracked.name));
  const id = lastSegment(providerId);
  // An instance of GCP is called after its node: its UUID tells it from the one before.
  const names = [id === name ? null : id, systemUuid, providerId].flatMap((part) => (part ? [`${name}@${part}`] : []));
  return names.find((candidate) => !taken.has(candidate)) ?? `${name}@${machines.length + 1}`;
}

function mergedNode({ node: known, lastSeen, isSeen }: TrackedHost, seen: SeenNode, at: Instant): SeenNode {
  const [newest, other] = isSeen && at < lastSeen ? [known, seen] : [seen, known];
  const earliest = [known.created, seen.created].filter((created) => created !== null);
  return {
    ...newest,
    providerId: newest.providerId ?? other.providerId,
    systemUuid: newest.systemUuid ?? other.systemUuid,
    internalIp: newest.internalIp ?? other.internalIp,
    created: earliest.length === 0 ? null : Math.min(...earliest),
    deletion: newest.deletion ?? other.deletion,
    capacity: at === lastSeen ? larger(known.capacity, seen.capacity) : newest.capacity,
    labels: { ...other.labels, ...newest.labels },
  };
}

function larger(a: Amounts, b: Amounts): Amounts {
  const amounts = new Map(a);
  for (const [resource, amount] of b) amounts.set(resource, Math.max(amounts.get(resource) ?? 0, amount));
  return amounts;
}

/** A label that is gone takes nothing with it, and a machine does not shrink. */
function factsAfter(known: DiscoveredHost | undefined, node: HostOfNode): HostOfNode {
  if (known === undefined) return node;
  return {
    pool: node.pool ?? known.pool,
    provider: node.provider ?? known.provider,
    region: node.region ?? known.region,
    zone: node.zone ?? known.zone,
    instanceType: node.instanceType ?? known.instanceType,
    capacityType: node.capacityType ?? known.capacityType,
    gpus: node.gpus,
    gpuModel: node.gpuModel ?? known.gpuModel,
    vcpus: largest(known.vcpus, node.vcpus),
    memory: largest(known.memory, node.memory),
    billingResourceId: node.billingResourceId ?? known.billingResourceId,
    internalIp: node.internalIp ?? known.internalIp,
  };
}

function largest<Quantity extends bigint>(a: Quantity | null, b: Quantity | null): Quantity | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}

type Gpus = Pick<DiscoveredHost, 'gpus'> & { readonly conflict: string | null };

/** A machine loses no GPUs while its device plugin is away, or offers some of them only. */
function gpusAfter(known: TrackedHost | undefined, node: SeenNode): Gpus {
  const { gpus, conflict } = gpusOfNode(node);
  const before = known === undefined ? gpus : gpusBefore(known, node);
  if (gpus === 0n && before > 0n) return { gpus: before, conflict: 'offered GPUs before and offers 0 now' };
  return { gpus: before > gpus ? before : gpus, conflict };
}

/** The GPUs it had. Labels that are told after them may say that they were replicas, which are no GPUs. */
function gpusBefore({ node, host }: TrackedHost, { labels }: SeenNode): DiscoveredHost['gpus'] {
  const then = gpusOfNode(node).gpus;
  const { gpus } = gpusOfNode({ capacity: node.capacity, labels: { ...labels, ...node.labels } });
  return then === host.gpus && gpus < then ? gpus : host.gpus;
}

/** Its first look tells from when it is; only one from before that moves it. */
function fromAfter(known: TrackedHost | undefined, seen: { node: SeenNode; firstSeen: Instant }): Instant {
  const from = known?.host.from ?? null;
  if (known === undefined || from === null) return fromOf(seen.node, seen.firstSeen);
  return seen.firstSeen < known.firstSeen ? Math.min(from, fromOf(seen.node, seen.firstSeen)) : from;
}

/** From its creation where that is of the hour in which it was first seen, else from the start of that hour. */
function fromOf({ created }: SeenNode, firstSeen: Instant): Instant {
  const hour = hourStart(firstSeen);
  return created !== null && created >= hour ? Math.min(created, firstSeen) : hour;
}
