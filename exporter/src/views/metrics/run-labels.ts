import type { RunKey } from '../../facts/attempt';

/** The identity labels of a run. */
export function runLabels({ deployment, flow, run }: RunKey): { deployment: string; flow: string; run_id: string } {
  return { deployment, flow, run_id: run };
}
