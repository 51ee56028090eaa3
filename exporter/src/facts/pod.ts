import type { Instant } from '../units/interval';
import type { HeldResources } from './attempt';
import type { PodRef } from './pod-ref';

export type { PodRef } from './pod-ref';

/** Kubernetes' phases of a pod. */
export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

/** What a pod's annotations (and Argo's label) say about the attempt that it runs; unknown parts are null. */
export type PodIdentity = {
  readonly flow: string;
  readonly run: string;
  readonly step: string | null;
  readonly task: string | null;
  readonly attempt: number | null;
  readonly user: string | null;
  readonly project: string | null;
};

/** A pod as a cluster-state feed knows it, all it ever learned of this uid included. */
export type Pod = {
  /** The name of the Kubernetes feed. */
  readonly cluster: string;
  readonly ref: PodRef & { readonly uid: string };
  /** The host it was scheduled to, by its name in the ledger; null while it is not scheduled. */
  readonly host: string | null;
  readonly phase: PodPhase;
  /** When its node accepted it: from here it holds (image pull included). Null: it holds nothing yet. */
  readonly start: Instant | null;
  /** When its last container ended, it was deleted, or it was last seen; null while it holds. */
  readonly end: Instant | null;
  /** The end is the last time it was seen, not one that somebody told. */
  readonly endEstimated: boolean;
  readonly lastSeen: Instant;
  /** Effective request in physical GPUs: MIG slices and shared replicas are fractions. */
  readonly held: HeldResources;
  /** Its GPU is time-sliced or shared by MPS. */
  readonly shared: boolean;
  /** Null where no annotation says which attempt it runs. */
  readonly identity: PodIdentity | null;
  /** What created it, for people: `Deployment`, `StatefulSet`, `Job`, … */
  readonly owner: { readonly kind: string; readonly name: string } | null;
  /** Labels and annotations that the source lets through, by sanitized key without prefix. */
  readonly labels: { readonly [key: string]: string };
};

/** How telemetry and attempts name the same pod: by uid where both know it, else by name. */
export function podTexts({ uid, namespace, name }: PodRef): string[] {
  return uid === null ? [`name:${namespace}/${name}`] : [`uid:${uid}`, `name:${namespace}/${name}`];
}
