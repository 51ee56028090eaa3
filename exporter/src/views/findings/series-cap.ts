import { isWorkload } from '../../facts/workload';
import { type Check, counted, findingsOf } from './finding-facts';

/** Whether there are more runs than get series of their own; the rest is shown as a sum. */
export const seriesCap: Check = ({ state: { runs, workloads }, maxRuns }) => {
  const count = Math.max(runs.filter(({ key }) => !isWorkload(key)).length, workloads.length);
  const well = `Room for ${counted(maxRuns, 'run')} in /metrics; ${count} there.`;
  const places = `${counted(count, 'run')} for ${maxRuns} places in /metrics`;
  const detail = `${places}: the cheapest ended ones are one sum, "_overflow".`;
  const fix = `Make room, if Prometheus has it:\nmetrics:\n  max_runs: ${2 * count}`;
  return findingsOf('series_cap', well, count > maxRuns ? [{ status: 'warn', detail, fix }] : []);
};
