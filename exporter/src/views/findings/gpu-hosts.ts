import type { Check } from './finding-facts';
import { issueFindings } from './issue-findings';

/** Whether GPU telemetry names hosts that nobody declares and no cluster has. */
export const gpuHosts: Check = (facts) =>
  issueFindings(
    {
      check: 'gpu_hosts',
      codes: ['unknown_gpu_host'],
      statusOf: () => 'warn',
      well: 'Every host that GPU telemetry names is known.',
    },
    facts,
  );
