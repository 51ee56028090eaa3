import { stringify } from 'yaml';
import { type StandIn, startStandIn } from '../../exporter/src/replay/stand-in-server';
import { worldSource } from '../../exporter/src/replay/world-source';
import { estateSettings, feedSettings } from '../../exporter/src/simulation/estate-settings';
import { SWEEP_FLOW } from '../../exporter/src/simulation/flow-catalog';
import { createWorld, type World, type WorldOptions } from '../../exporter/src/simulation/world';
import type { Plan } from '../../exporter/src/simulation/world-facts';
import { HOUR_MS, type Instant } from '../../exporter/src/units/interval';

/** A simulated cluster behind real HTTP: kube-state-metrics, a dcgm-exporter a node, both services of Metaflow. */
export type SimulatedCluster = StandIn & {
  readonly world: World;
  /** Everything planned up to now. */
  plan(): Plan;
  /** A configuration whose feeds ask this cluster; `store` and `server` are left to the caller. */
  config(interval?: string): string;
  /** Starts a run of this many one-GPU tasks that goes on until it is stopped; gives its number. */
  startRun(gpus: number): number;
  /** Starts this many more one-GPU tasks of a run, now: from 2 to 6 is a burn that triples. */
  addTasks(run: number, count: number): void;
  /** Kills a run in the next whole second. */
  stopRun(run: number): void;
};

/** What a cluster is made from; the clock is the exporter's own. */
export type ClusterOptions = { readonly now: () => Instant } & Partial<WorldOptions>;

/**
 * Starts a cluster that has existed since the hour before. Without `gapMinutes` it has no runs of its own, and nothing
 * but the runs that a test starts.
 */
export async function startSimulatedCluster({ now, ...options }: ClusterOptions): Promise<SimulatedCluster> {
  const start = Math.floor(now() / HOUR_MS) * HOUR_MS - HOUR_MS;
  const world = createWorld({
    seed: 7,
    start,
    end: null,
    nodes: 8,
    gapMinutes: null,
    pace: 1,
    runawayAt: null,
    endpoint: null,
    reclaimsUntil: start,
    ...options,
  });
  const standIn = await startStandIn({ source: worldSource(world), now });
  const plan = (): Plan => world.planAt(now());
  return {
    ...standIn,
    world,
    plan,
    config: (interval = '5s') =>
      stringify({
        ledger: { currency: 'USD' },
        feeds: feedSettings({ url: standIn.url, interval, asked: plan().hosts }),
        ...estateSettings(plan()),
      }),
    startRun: (gpus) => world.launch({ at: now(), flow: SWEEP_FLOW, fanOut: gpus, minutes: Infinity }),
    addTasks: (run, count) => world.addTasks({ run, count, at: now() }),
    stopRun: (run) => world.stop({ run, at: Math.ceil(now() / 1000) * 1000 }),
  };
}
