import type { WorkloadMetrics } from '../../facts/published';
import { printAmount } from '../../units/money-text';
import { type Check, findingsOf, type Trouble } from './finding-facts';

/** A workload counts as warm and idle once it held GPUs for this long in all without using them. */
const IDLE_SECONDS = 900;
/** And where this part of what was observed of it was idle. */
const IDLE_RATIO = 0.9;

/** Which workloads that are no run hold GPUs and do next to nothing with them: endpoints that nobody asks. */
export const warmEndpoints: Check = ({ state: { workloads, currency } }) => {
  const troubles = workloads.filter(isWarmAndIdle).map((endpoint): Trouble => {
    const { namespace, workload, perHour, workloadIdleGpuSeconds } = endpoint;
    const price = perHour === null ? 'at no known price' : `at ${printAmount(perHour)} ${currency} an hour`;
    const hours = (workloadIdleGpuSeconds / 3600).toFixed(1);
    return {
      status: 'warn',
      detail: `${namespace}/${workload} holds GPUs ${price} and hardly uses them: ${hours} GPU-hours idle so far.`,
      fix: `Let it scale to zero, or give it a share of a GPU: kubectl -n ${namespace} get pods | grep ${workload}`,
    };
  });
  return findingsOf('warm_endpoints', 'No workload beside the runs holds GPUs that it does not use.', troubles);
};

function isWarmAndIdle({ live, usedGpuSeconds, workloadIdleGpuSeconds }: WorkloadMetrics): boolean {
  const observed = usedGpuSeconds + workloadIdleGpuSeconds;
  return live && workloadIdleGpuSeconds >= IDLE_SECONDS && workloadIdleGpuSeconds >= observed * IDLE_RATIO;
}
