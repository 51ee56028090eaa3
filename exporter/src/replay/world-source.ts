import { gpuText } from '../simulation/gpu-text';
import { KUBE_STATE, kubeStateText } from '../simulation/kube-state';
import { metaflowHistory } from '../simulation/metaflow-rows';
import type { World } from '../simulation/world';
import type { ReplaySource } from './source';

/** A simulated world as it is at whatever instant is asked for. */
export function worldSource(world: World): ReplaySource {
  return {
    targets: (at) => [KUBE_STATE, ...world.planAt(at).hosts.map(({ name }) => name)],
    async scrape(target, at) {
      const plan = world.planAt(at);
      if (target === KUBE_STATE) return kubeStateText(plan, at);
      const host = plan.hosts.find(({ name }) => name === target);
      return host ? gpuText(plan, host, at) : null;
    },
    metaflow: (at) => metaflowHistory(world.planAt(at)),
  };
}
