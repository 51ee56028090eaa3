import type { GpuSample } from '../../facts/gpu-sample';
import type { Issue } from '../../facts/issue';

/** What GPU telemetry brought since the last time. */
export type GpuBatch = { readonly samples: readonly GpuSample[]; readonly issues: readonly Issue[] };
