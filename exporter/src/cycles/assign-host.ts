import { type Attempt, type RunKey, pathspecOf, runKeyText } from '../facts/attempt';
import { type Issue, NOWHERE } from '../facts/issue';
import type { Gaps } from '../facts/run';
import type { Estate } from './estate';

/** Where and for whom hosts are assigned. */
export type AssignContext = {
  readonly estate: Estate;
  readonly feed: string;
  /** True when the pods of a deployment come from a cluster: what has no pod yet is not put on a host by default. */
  readonly isClustered: (deployment: string) => boolean;
};

/**
 * Gives attempts that name no host the estate's only host; where there is a choice, or the named host is not
 * declared, the attempt stays uncharged and is an issue.
 */
export function assignHosts(
  attempts: readonly Attempt[],
  { estate, feed, isClustered }: AssignContext,
): { attempts: Attempt[]; issues: Issue[] } {
  const names = [...(estate.declared ?? estate.hosts.keys())];
  const only = names.length === 1 ? names[0]! : null;
  const issues = new Map<string, Issue>();
  const assigned = attempts.map((told) => {
    if (told.isClone) return told;
    const mayAssume = told.hosts.length === 0 && only !== null && !isClustered(told.key.deployment);
    const attempt = mayAssume ? { ...told, hosts: [only] } : told;
    const outside = attempt.hosts.find((host) => estate.hosts.has(host) && !existsThroughout(estate, host, attempt));
    const unknown = attempt.hosts.find((host) => !estate.hosts.has(host)) ?? null;
    if (attempt.hosts.length > 0 && unknown === null && outside === undefined) return attempt;
    const issue =
      unknown !== null
        ? unknownHost(attempt, feed, unknown)
        : outside !== undefined
          ? heldOutsideHost(attempt, feed, outside)
          : noHost(attempt, feed, names);
    const name = `${issue.code} ${issue.field} ${issue.value}`;
    issues.set(name, { ...issue, count: (issues.get(name)?.count ?? 0) + 1 });
    return attempt;
  });
  return { attempts: assigned, issues: [...issues.values()] };
}

/** Gaps by run of attempts whose hosts are assigned. */
export function gapsOf(attempts: readonly Attempt[], estate: Estate): Map<string, Gaps> {
  const gaps = new Map<string, Gaps>();
  for (const attempt of attempts) {
    const text = runKeyText(attempt.key satisfies RunKey);
    const known = gaps.get(text) ?? { unchargedAttempts: 0, lostAttempts: 0 };
    const uncharged = !attempt.isClone && (attempt.held === null || !isPlaced(attempt, estate));
    gaps.set(text, {
      unchargedAttempts: known.unchargedAttempts + (uncharged ? 1 : 0),
      lostAttempts: known.lostAttempts + (attempt.outcome === 'lost' ? 1 : 0),
    });
  }
  return gaps;
}

const isPlaced = (attempt: Attempt, estate: Estate): boolean =>
  attempt.hosts.length > 0 &&
  attempt.hosts.every((host) => estate.hosts.has(host) && existsThroughout(estate, host, attempt));

/** By how much the clocks of a host's owner and of Metaflow may differ; no time outside a host is charged anyway. */
const SKEW_MS = 60_000;

/** True when a host was declared to exist for the whole time of an attempt. */
function existsThroughout(estate: Estate, host: string, { start, end, lastSign }: Attempt): boolean {
  const { from, to } = estate.hosts.get(host)!.host;
  return (from === null || from <= start + SKEW_MS) && (to === null || (end ?? lastSign) <= to + SKEW_MS);
}

const noHost = (attempt: Attempt, feed: string, names: readonly string[]): Issue => ({
  ...NOWHERE,
  code: 'no_host',
  feed,
  field: 'feeds.metaflow[].host',
  value: null,
  reason: `${pathspecOf(attempt.key)} and others name no host, and ${names.length} hosts are declared.`,
  remedy: `Set feeds.metaflow[].host to one of: ${names.join(', ')}; or name hosts under holdings.`,
});

const unknownHost = (attempt: Attempt, feed: string, host: string): Issue => ({
  ...NOWHERE,
  code: 'unknown_host',
  feed,
  field: 'hosts[].name',
  value: host,
  reason: `${pathspecOf(attempt.key)} ran on ${host}, which is not declared under hosts.`,
  remedy: `Declare ${host} under hosts with its GPUs and a rate card or instance type.`,
});

const heldOutsideHost = (attempt: Attempt, feed: string, host: string): Issue => ({
  ...NOWHERE,
  code: 'held_outside_host',
  feed,
  field: 'hosts[].from, hosts[].to',
  value: host,
  reason: `${pathspecOf(attempt.key)} ran on ${host} when, by its dates, it did not exist; that time is not charged.`,
  remedy: `Correct hosts[].from and hosts[].to of ${host}, or name the right host.`,
});
