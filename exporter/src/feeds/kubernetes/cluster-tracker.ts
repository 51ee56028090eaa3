import { isDeepStrictEqual } from 'node:util';
import type { DiscoveredHost } from '../../facts/host';
import type { Pod } from '../../facts/pod';
import type { Instant } from '../../units/interval';
import type { ClusterSnapshot } from './cluster-snapshot';
import { heldOnNode } from './node-gpus';
import { podIdentity, shownLabels } from './pod-identity';
import { podEnd, podStart, type PodSight, sightAfter } from './pod-sight';
import {
  afterRead,
  GAP_MS,
  goneSince,
  NO_PRESENCE,
  type Presence,
  touchedBy,
  withMissed,
  withoutKeys,
  withoutTarget,
} from './presence';
import { hostAfter, machineAt, machinesByNode, type TrackedHost, type TrackedHosts, withEnd } from './track-hosts';

/** One pod as it was seen, and what was told of it; null before. */
export type TrackedPod = { readonly sight: PodSight; readonly pod: Pod | null };

/** All that is remembered of a cluster between two reads. */
export type ClusterState = {
  readonly cluster: string;
  readonly intervalMs: number;
  readonly pods: ReadonlyMap<string, TrackedPod>;
  readonly hosts: TrackedHosts;
  /** Machines that the store knew when this process began; those of `hosts` stand above them. */
  readonly stored: TrackedHosts;
  readonly podPresence: Presence;
  readonly hostPresence: Presence;
  /** Targets that answer without the pods, or without the nodes, that they had, and since when. */
  readonly hollow: ReadonlyMap<string, Instant>;
};

/** A complete read of one target. */
export type ClusterRead = { readonly target: string; readonly snapshot: ClusterSnapshot; readonly at: Instant };

/** What a read changed; `complete` is false for one that was taken for a gap and changed nothing. */
export type ClusterChanges = {
  readonly complete: boolean;
  readonly pods: readonly Pod[];
  readonly hosts: readonly DiscoveredHost[];
};

const POD_KEPT_MS = 24 * 3_600_000;
// Longer, so that a node name that comes back is known for another machine's.
const HOST_KEPT_MS = 31 * 24 * 3_600_000;

/** A cluster of which nothing has been read; `intervalMs` is the time between two reads of one target. */
export function newCluster(cluster: string, intervalMs: number, stored: TrackedHosts = new Map()): ClusterState {
  const presence = { podPresence: NO_PRESENCE, hostPresence: NO_PRESENCE };
  return { cluster, intervalMs, pods: new Map(), hosts: new Map(), stored, ...presence, hollow: new Map() };
}

/**
 * Takes in one read: what is in it is there, what two reads of all that knew it lack is gone, and all that was learned
 * once is kept. The targets of a cluster add up, so that shards and replicas may come in any order, twice too. A read
 * without any of the pods (or nodes) that its target had is a gap until that has lasted five minutes.
 */
export function track(
  state: ClusterState,
  read: ClusterRead,
): { readonly state: ClusterState; readonly changes: ClusterChanges } {
  if (isGap(state, read)) {
    const since = state.hollow.get(read.target) ?? read.at;
    const hollow = new Map(state.hollow).set(read.target, since);
    return { state: { ...state, hollow }, changes: { complete: false, pods: [], hosts: [] } };
  }
  const filled = new Map(state.hollow);
  filled.delete(read.target);
  const seen = withPods(withHosts({ ...state, hollow: filled }, read), read);
  const { state: known, hosts } = endHosts(state, seen, read);
  const { state: told, pods } = tellPods(known, { read, moved: new Set(hosts.map(({ name }) => name)) });
  return { state: forgotten(told, read.at), changes: { complete: true, pods, hosts } };
}

/** The cluster once a target is listed no more: what it alone knew stays for five minutes. */
export function withoutClusterTarget(state: ClusterState, target: string): ClusterState {
  return {
    ...state,
    podPresence: withoutTarget(state.podPresence, target),
    hostPresence: withoutTarget(state.hostPresence, target),
  };
}

/**
 * The cluster once each of its targets has been read: stored machines without an end that none of them had are missed,
 * and gone with the next read of all. Null while a target has no node at all and `knownForMs` is below five minutes.
 */
export function withStoredMissed(state: ClusterState, knownForMs: number): ClusterState | null {
  const { hosts, stored, hostPresence } = state;
  const missed = [...stored.values()].filter(({ name, host }) => host.to === null && !hosts.has(name));
  const isHollow = [...hostPresence.targets.values()].some(({ present }) => present.size === 0);
  if (missed.length > 0 && isHollow && knownForMs < GAP_MS) return null;
  const names = missed.map(({ name }) => name);
  return { ...state, hostPresence: withMissed(hostPresence, names) };
}

function isGap({ podPresence, hostPresence, hollow }: ClusterState, { target, snapshot, at }: ClusterRead): boolean {
  const [pods, hosts] = [podPresence.targets.get(target), hostPresence.targets.get(target)];
  const lost =
    ((pods?.present.size ?? 0) > 0 && snapshot.pods.size === 0) ||
    ((hosts?.present.size ?? 0) > 0 && snapshot.nodes.size === 0);
  return lost && at - (hollow.get(target) ?? at) < GAP_MS;
}

function withHosts(state: ClusterState, { target, snapshot, at }: ClusterRead): ClusterState {
  if (state.hostPresence.targets.get(target)?.at === at) return state;
  const hosts = new Map(state.hosts);
  const machines = machinesByNode(hosts, state.stored);
  const keys = new Set<string>();
  for (const node of snapshot.nodes.values()) {
    const tracked = hostAfter(machines.get(node.name), { node, at, feed: state.cluster });
    hosts.set(tracked.name, tracked);
    keys.add(tracked.name);
  }
  return { ...state, hosts, hostPresence: afterRead(state.hostPresence, { target, at, keys }) };
}

function withPods(state: ClusterState, { target, snapshot, at }: ClusterRead): ClusterState {
  if (state.podPresence.targets.get(target)?.at === at) return state;
  const pods = new Map(state.pods);
  for (const [uid, seen] of snapshot.pods) {
    const before = pods.get(uid);
    pods.set(uid, { sight: sightAfter(before?.sight, seen, at), pod: before?.pod ?? null });
  }
  const keys = new Set(snapshot.pods.keys());
  return { ...state, pods, podPresence: afterRead(state.podPresence, { target, at, keys }) };
}

/** Gives hosts that are gone their end and takes it from those that came back; tells which have changed. */
function endHosts(
  before: ClusterState,
  state: ClusterState,
  { target, at }: ClusterRead,
): { state: ClusterState; hosts: DiscoveredHost[] } {
  const hosts = new Map(state.hosts);
  const changed: DiscoveredHost[] = [];
  for (const name of touchedBy(state.hostPresence, target)) {
    const known = hosts.get(name) ?? state.stored.get(name)!;
    const tracked = withEnd(known, goneSince(state.hostPresence, name, at));
    if (!tracked.isSeen && tracked === known) continue;
    hosts.set(name, tracked);
    if (!isDeepStrictEqual(before.hosts.get(name)?.host, tracked.host)) changed.push(tracked.host);
  }
  return { state: { ...state, hosts }, hosts: changed };
}

/** Makes anew the pods that this read touched or whose host moved; tells which are otherwise than they were told. */
function tellPods(
  state: ClusterState,
  { read, moved }: { read: ClusterRead; moved: ReadonlySet<string> },
): { state: ClusterState; pods: Pod[] } {
  const { target, at } = read;
  const pods = new Map(state.pods);
  const machines = machinesByNode(state.hosts, state.stored);
  const movedNodes = new Set<string | null>([...moved].map((name) => state.hosts.get(name)!.node.name));
  const touched = touchedBy(state.podPresence, target);
  if (moved.size > 0) for (const [uid, { sight }] of pods) if (movedNodes.has(sight.seen.node)) touched.add(uid);
  const changed: Pod[] = [];
  for (const uid of touched) {
    const { sight, pod: before } = pods.get(uid)!;
    const tracked = machineAt(machines.get(sight.seen.node ?? ''), podStart(sight) ?? sight.seen.created);
    const pod = podOf(state, { sight, tracked, gone: goneSince(state.podPresence, uid, at) });
    pods.set(uid, { sight, pod });
    if (before === null || !isDeepStrictEqual({ ...before, lastSeen: 0 }, { ...pod, lastSeen: 0 })) changed.push(pod);
  }
  return { state: { ...state, pods }, pods: changed };
}

type PodPlace = { readonly sight: PodSight; readonly tracked: TrackedHost | null; readonly gone: Instant | null };

function podOf({ cluster, intervalMs }: ClusterState, { sight, tracked, gone }: PodPlace): Pod {
  const { uid, namespace, name, node, phase, labels, owner, requests } = sight.seen;
  const annotations = sight.seen.annotations ?? {};
  const nodeEnd = tracked === null ? null : nodeEndOf(tracked, podStart(sight));
  return {
    cluster,
    ref: { uid, namespace, name },
    host: tracked?.name ?? node,
    phase,
    start: podStart(sight),
    ...podEnd(sight, { goneSince: gone, nodeEnd, intervalMs }),
    lastSeen: sight.lastSeen,
    ...heldOnNode(requests, tracked?.node ?? null),
    identity: podIdentity({ annotations, labels, owner }),
    owner,
    labels: shownLabels({ annotations, labels }),
  };
}

/** A pod that began after a stored machine's end is on another one, whose node has not been read yet. */
function nodeEndOf({ host, isSeen }: TrackedHost, start: Instant | null): Instant | null {
  return !isSeen && host.to !== null && start !== null && start > host.to ? null : host.to;
}

/** Forgets pods that have been gone for a day and hosts that have been gone for a month. */
function forgotten(state: ClusterState, at: Instant): ClusterState {
  const pods = new Set(
    [...state.pods]
      .filter(([uid, { sight }]) => at - sight.lastSeen > POD_KEPT_MS && goneSince(state.podPresence, uid, at) !== null)
      .map(([uid]) => uid),
  );
  const hosts = new Set(
    [...state.hosts]
      .filter(([, { host, lastSeen }]) => host.to !== null && at - lastSeen > HOST_KEPT_MS)
      .map(([name]) => name),
  );
  if (pods.size === 0 && hosts.size === 0) return state;
  return {
    ...state,
    pods: new Map([...state.pods].filter(([uid]) => !pods.has(uid))),
    hosts: new Map([...state.hosts].filter(([name]) => !hosts.has(name))),
    podPresence: withoutKeys(state.podPresence, pods),
    hostPresence: withoutKeys(state.hostPresence, hosts),
  };
}
