import { type AttemptKey, pathspecOf } from '../facts/attempt';
import type { Host } from '../facts/host';
import { type Issue, NOWHERE } from '../facts/issue';
import { isWorkload } from '../facts/workload';
import type { ActiveHolding } from './holding';
import type { Slice } from './measure';
import type { Capacity } from './over-requested';

/** What is doubtful about a charge period's holdings: GPUs where there are none, and more asked than the host has. */
export function issuesOf(host: Host, holdings: readonly ActiveHolding[], slices: readonly Slice[]): Issue[] {
  const misplaced = host.gpus > 0n ? [] : holdings.filter(({ attempt }) => attempt.held!.gpus > 0n);
  const issues = misplaced.map(({ attempt }) => gpusOnGpulessHost(host, nameOf(attempt.key)));
  const exceeded = new Set(slices.flatMap(({ overRequested }) => overRequested));
  return [...issues, ...[...exceeded].map((capacity) => overRequestedHost(host, capacity))];
}

/** A pathspec; of a pod that is no run's its namespace, workload and name. */
const nameOf = (key: AttemptKey): string => (isWorkload(key) ? `${key.run}/${key.step}` : pathspecOf(key));

const gpusOnGpulessHost = (host: Host, pathspec: string): Issue => ({
  ...NOWHERE,
  feed: 'ledger',
  code: 'gpus_on_gpuless_host',
  field: pathspec,
  value: host.name,
  reason: `${pathspec} asked for GPUs on ${host.name}, which has none; it weighs there by its vCPUs and memory.`,
  remedy: `Set hosts[].gpus of ${host.name}, or name the right host under feeds.metaflow[].host or holdings.`,
});

const CALLED = { gpus: 'GPUs', vcpus: 'vCPUs', memory: 'memory' } as const;

const overRequestedHost = (host: Host, capacity: Capacity): Issue => ({
  ...NOWHERE,
  feed: 'ledger',
  code: 'over_requested_host',
  field: `hosts[].${capacity}`,
  value: host.name,
  reason:
    `Attempts on ${host.name} asked together for more ${CALLED[capacity]} than it has; ` +
    'together they are charged for what it has at most.',
  remedy: 'Check the host’s capacity under hosts, or declare what steps really hold under holdings.',
});
