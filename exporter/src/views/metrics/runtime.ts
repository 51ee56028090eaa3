import { collectDefaultMetrics, Registry } from 'prom-client';

/** Gauges that prom-client names like counters, which promtool refuses; each has a twin without `_total`. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** What Node.js says of this process (memory, CPU, event loop, garbage collection), as prom-client collects it. */
export function runtimeMetrics(): () => Promise<string> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  return () => registry.metrics();
}
