import { metrics } from '../../contract/metrics';
import { bindFamily } from './family';

/** How many GPUs each host has, and how many of them telemetry sees. */
export const telemetryGpus = bindFamily(metrics.telemetryGpus, ({ state }) =>
  state.reach.flatMap(({ host, gpus, seen }) => [
    { labels: { host, state: 'expected' }, value: gpus },
    { labels: { host, state: 'seen' }, value: seen },
  ]),
);
