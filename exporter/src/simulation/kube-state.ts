import type { Instant } from '../units/interval';
import { printFamilies } from './exposition-text';
import { nodeFamilies } from './kube-nodes';
import { podFamilies } from './kube-pods';
import { type Plan, podsOf } from './world-facts';

/** What a kube-state-metrics of the simulated cluster prints at an instant. */
export function kubeStateText(plan: Plan, at: Instant): string {
  return printFamilies([...nodeFamilies(plan.hosts, at), ...podFamilies(podsOf(plan), at)]);
}

/** What the target of the cluster's kube-state-metrics is called; dcgm-exporters are called as their nodes. */
export const KUBE_STATE = 'ksm';
