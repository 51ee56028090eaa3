import type { PublishedState, WorkloadMetrics } from '../../facts/published';
import { printAmount } from '../../units/money-text';
import { gpuSecondsFromNanoGpuMilliseconds } from '../../units/quantity';
import { NO_FLOW } from '../../facts/workload';
import { openPiecesOf } from '../open-pieces';
import { type Check, findingsOf, type Trouble } from './finding-facts';

/** A workload counts as warm and idle once it held what it holds now for this long in all without using it. */
const IDLE_SECONDS = 900;
/** And where this part of what was observed of it was idle. */
const IDLE_RATIO = 0.9;

/** Which workloads that are no run hold GPUs and do next to nothing with them: endpoints that nobody asks. */
export const warmEndpoints: Check = ({ state }) => {
  const { workloads, currency } = state;
  const warm = workloads.filter((one) => isWarmAndIdle(one, state));
  const troubles = warm.map((endpoint): Trouble => {
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

function isWarmAndIdle(endpoint: WorkloadMetrics, state: PublishedState): boolean {
  const { live, usedGpuSeconds, workloadIdleGpuSeconds } = endpoint;
  const observed = usedGpuSeconds + workloadIdleGpuSeconds;
  if (!live || workloadIdleGpuSeconds === 0 || workloadIdleGpuSeconds < observed * IDLE_RATIO) return false;
  const gpus = gpusNow(endpoint, state);
  return gpus > 0 && workloadIdleGpuSeconds >= IDLE_SECONDS * gpus;
}

/** How many GPUs its pods hold at the end of what is computed; a pod holds the same from its start to its end. */
function gpusNow({ cluster, namespace, workload }: WorkloadMetrics, state: PublishedState): number {
  const key = { deployment: cluster, flow: NO_FLOW, run: `${namespace}/${workload}` };
  const pieces = openPiecesOf(state, key).map(({ piece }) => piece);
  const last = pieces.reduce((latest, { held }) => Math.max(latest, held.end), 0);
  return pieces
    .filter(({ held, heldMs }) => held.end === last && heldMs > 0)
    .reduce((sum, { gpuTime, heldMs }) => sum + gpuSecondsFromNanoGpuMilliseconds(gpuTime) / (heldMs / 1000), 0);
}
