import type { Instant } from '../units/interval';
import { type Chance, uuidFrom } from './chance';
import type { Busyness, SimulatedHost, SimulatedPod } from './world-facts';

const HOUR_MS = 3_600_000;
const REQUESTS_MS = 4 * 60_000;
const NAME = 'ranker-endpoint';

/** A model that is served around the clock and asked for four minutes in six hours: warm, and idle. */
export function warmEndpoint(
  host: SimulatedHost,
  { start, end, chance }: { start: Instant; end: Instant | null; chance: Chance },
): SimulatedPod {
  const isInstance = host.mig !== null;
  const set = `${NAME}-${chance.hex(10)}`;
  const created = start + 60_000;
  return {
    uid: uuidFrom(chance),
    namespace: 'serving',
    name: `${set}-${chance.suffix()}`,
    container: 'server',
    host,
    created,
    start: created + 2000,
    end,
    reason: 'Completed',
    gpus: isInstance ? [] : [host.gpuUuids.length - 1],
    migInstance: isInstance ? 0 : null,
    vcpus: 4,
    memoryMegabytes: 32_000,
    busyness: traffic(created, chance),
    owner: { kind: 'ReplicaSet', name: set },
    labels: { app: NAME, team: 'search', model_version: 'ranker-2026-10' },
    annotations: {},
  };
}

/** For sixty days; nobody asks it anything after that. */
function traffic(created: Instant, chance: Chance): Busyness[] {
  return Array.from({ length: 240 }, (_, place) => created + (6 * place + 1) * HOUR_MS).flatMap((from) => [
    { from, percent: chance.whole(8, 15) },
    { from: from + REQUESTS_MS, percent: 0 },
  ]);
}
