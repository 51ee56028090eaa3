import type { SeenPod } from './cluster-snapshot';
import { type NamedValues, textOf } from './ksm-name';
import type { PodFinder } from './pod-finder';
import { objectLabel, type StateSeries } from './state-series';
import { POD_KEYS } from './well-known-keys';

type Owner = NonNullable<SeenPod['owner']>;

// What Kubernetes hashes a pod template to, in its alphabet without vowels.
const TEMPLATE_HASH = /^[bcdfghjklmnpqrstvwxz2456789]{8,10}$/;

/**
 * What created each pod: its controller, else what `kube_pod_info` names. The ReplicaSet of a Deployment becomes the
 * Deployment, since its own name changes with every rollout; a Job stays a Job.
 */
export function ownersOf(
  series: StateSeries,
  { find, labels }: { find: PodFinder; labels: ReadonlyMap<string, NamedValues> },
): Map<string, Owner> {
  const deployments = deploymentsOf(series);
  const owners = new Map<string, Owner>();
  const note = (uid: string | null, owner: Owner | null, namespace: string | null): void => {
    if (uid === null || owner === null) return;
    const { kind, name } = owner;
    const hash = textOf(labels.get(uid) ?? {}, POD_KEYS.templateHash);
    const deployment = deployments.get(`${namespace}/${name}`) ?? deploymentBy(name, hash);
    owners.set(uid, kind === 'ReplicaSet' && deployment !== null ? { kind: 'Deployment', name: deployment } : owner);
  };
  for (const sample of series.of('kube_pod_info')) {
    const owner = ownerIn(sample.labels.get('created_by_kind'), sample.labels.get('created_by_name'));
    note(find(sample), owner, objectLabel(sample, 'namespace'));
  }
  for (const sample of series.of('kube_pod_owner')) {
    if (sample.labels.get('owner_is_controller') !== 'true') continue;
    const owner = ownerIn(sample.labels.get('owner_kind'), sample.labels.get('owner_name'));
    note(find(sample), owner, objectLabel(sample, 'namespace'));
  }
  return owners;
}

function deploymentsOf(series: StateSeries): Map<string, string> {
  const deployments = new Map<string, string>();
  for (const sample of series.of('kube_replicaset_owner')) {
    const owner = ownerIn(sample.labels.get('owner_kind'), sample.labels.get('owner_name'));
    const path = `${objectLabel(sample, 'namespace')}/${sample.labels.get('replicaset')}`;
    if (owner?.kind === 'Deployment') deployments.set(path, owner.name);
  }
  return deployments;
}

function deploymentBy(replicaSet: string, hash: string | null): string | null {
  const border = replicaSet.lastIndexOf('-');
  const suffix = replicaSet.slice(border + 1);
  const told = hash === null ? TEMPLATE_HASH.test(suffix) : suffix === hash;
  return border > 0 && told ? replicaSet.slice(0, border) : null;
}

function ownerIn(kind: string | undefined, name: string | undefined): Owner | null {
  return kind && name && kind !== '<none>' && name !== '<none>' ? { kind, name } : null;
}
