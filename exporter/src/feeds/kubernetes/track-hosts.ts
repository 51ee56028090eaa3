import { isDeepStrictEqual } from 'node:util';
import type { DiscoveredHost } from '../../facts/host';
import { hourStart, type Instant } from '../../units/interval';
import type { Amounts, SeenNode } from './cluster-snapshot';
import { hostOfNode, lastSegment } from './node-host';
import { gpusOfNode } from './node-gpus';

/** One machine behind a node's name; the name can come back with another machine. */
export type TrackedHost = {
  /** Its name in the ledger: the node's, or `node@id` for a later machine of that name. */
  readonly name: string;
  readonly node: SeenNode;
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  readonly host: DiscoveredHost;
  /** What of its GPUs does not add up; null where all does. */
  readonly conflict: string | null;
};

/** All machines that were ever seen, by their name in the ledger. */
export type TrackedHosts = ReadonlyMap<string, TrackedHost>;

/** The machines of each node's name, earliest first. */
export function machinesByNode(hosts: TrackedHosts): Map<string, TrackedHost[]> {
  const machines = new Map<string, TrackedHost[]>();
  for (const tracked of hosts.values()) {
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

/** A machine after one more look at its node, at `at`; it is there. */
export function hostAfter(
  machines: readonly TrackedHost[] | undefined,
  { node, at, feed }: { node: SeenNode; at: Instant; feed: string },
): TrackedHost {
  const known = machines?.findLast((tracked) => !isAnother(tracked.node, node));
  const merged = known === undefined ? node : mergedNode(known, node, at);
  const firstSeen = Math.min(known?.firstSeen ?? at, at);
  const { conflict, ...gpus } = gpusAfter(known, merged);
  const name = known?.name ?? nameOf(node, machines ?? []);
  const host = { name, feed, ...hostOfNode(merged), ...gpus, from: fromOf(merged, firstSeen), to: null };
  return {
    name,
    node: merged,
    firstSeen,
    lastSeen: Math.max(known?.lastSeen ?? at, at),
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
function isAnother(known: SeenNode, seen: SeenNode): boolean {
  const differ = (a: string | null, b: string | null): boolean =>
    a !== null && b !== null && a.toLowerCase() !== b.toLowerCase();
  return differ(known.providerId, seen.providerId) || differ(known.systemUuid, seen.systemUuid);
}

function nameOf({ name, providerId, systemUuid }: SeenNode, machines: readonly TrackedHost[]): string {
  if (machines.length === 0) return name;
  const taken = new Set(machines.map((tracked) => tracked.name));
  const id = lastSegment(providerId);
  // An instance of GCP is called after its node: its UUID tells it from the one before.
  const names = [id === name ? null : id, systemUuid, providerId].flatMap((part) => (part ? [`${name}@${part}`] : []));
  return names.find((candidate) => !taken.has(candidate)) ?? `${name}@${machines.length + 1}`;
}

function mergedNode({ node: known, lastSeen }: TrackedHost, seen: SeenNode, at: Instant): SeenNode {
  const [newest, other] = at < lastSeen ? [known, seen] : [seen, known];
  const earliest = [known.created, seen.created].filter((created) => created !== null);
  return {
    ...newest,
    providerId: newest.providerId ?? other.providerId,
    systemUuid: newest.systemUuid ?? other.systemUuid,
    internalIp: newest.internalIp ?? other.internalIp,
    created: earliest.length === 0 ? null : Math.min(...earliest),
    deletion: newest.deletion ?? other.deletion,
    capacity: at === lastSeen ? larger(known.capacity, seen.capacity) : newest.capacity,
    labels: at === lastSeen ? { ...other.labels, ...newest.labels } : newest.labels,
  };
}

function larger(a: Amounts, b: Amounts): Amounts {
  const amounts = new Map(a);
  for (const [resource, amount] of b) amounts.set(resource, Math.max(amounts.get(resource) ?? 0, amount));
  return amounts;
}

type Gpus = Pick<DiscoveredHost, 'gpus' | 'gpuModel'> & { readonly conflict: string | null };

/** A machine loses no GPUs while its device plugin is away. */
function gpusAfter(known: TrackedHost | undefined, node: SeenNode): Gpus {
  const { gpus, model, conflict } = gpusOfNode(node);
  const before = known?.host.gpus ?? gpus;
  if (gpus > 0n || before === 0n) return { gpus, gpuModel: model, conflict };
  return { gpus: before, gpuModel: known?.host.gpuModel ?? model, conflict: 'offered GPUs before and offers 0 now' };
}

/** From its creation where that is of the hour in which it was first seen, else from the start of that hour. */
function fromOf({ created }: SeenNode, firstSeen: Instant): Instant {
  const hour = hourStart(firstSeen);
  return created !== null && created >= hour ? Math.min(created, firstSeen) : hour;
}
