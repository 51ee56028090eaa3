import { pathspecOf } from '../facts/attempt';
import type { Host } from '../facts/host';
import { type Issue, NOWHERE } from '../facts/issue';
import type { ActiveHolding } from './holding';
import type { Slice } from './measure';

/** What is doubtful about a charge period's holdings: GPUs where there are none, and more asked than the host has. */
export function issuesOf(host: Host, holdings: readonly ActiveHolding[], slices: readonly Slice[]): Issue[] {
  const misplaced = host.gpus > 0n ? [] : holdings.filter(({ attempt }) => attempt.held!.gpus > 0n);
  const issues = misplaced.map(({ attempt }) => gpusOnGpulessHost(host, pathspecOf(attempt.key)));
  return slices.some(({ overRequested }) => overRequested) ? [...issues, overRequestedHost(host)] : issues;
}

const gpusOnGpulessHost = (host: Host, pathspec: string): Issue => ({
  ...NOWHERE,
  feed: 'ledger',
  code: 'gpus_on_gpuless_host',
  field: pathspec,
  value: host.name,
  reason: `${pathspec} asked for GPUs on ${host.name}, which has none; it weighs there by its vCPUs and memory.`,
  remedy: `Set hosts[].gpus of ${host.name}, or name the right host under feeds.metaflow[].host or holdings.`,
});

const overRequestedHost = (host: Host): Issue => ({
  ...NOWHERE,
  feed: 'ledger',
  code: 'over_requested_host',
  field: 'hosts[].gpus',
  value: host.name,
  reason: `Attempts on ${host.name} asked together for more than it has; their shares were scaled to its capacity.`,
  remedy: 'Check the host’s capacity under hosts, or declare what steps really hold under holdings.',
});
