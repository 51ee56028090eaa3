import type { ChargePeriod } from '../../exporter/src/facts/charge';
import type { Load } from '../../exporter/src/store/store';
import { aClosing, aHost, aLoad, anAttempt, anIssue, aRun, attemptKey, aUsage, ONE } from './store-facts';

const HOSTS = ['host-a', 'host-b', 'host-c'];

/** The loads of {@link bareLoads}, with pods, discovered hosts and what telemetry observed. */
export function victimLoads(count = 4): Load[] {
  return bareLoads(count).map((load, index) => ({
    ...load,
    attempts: load.attempts.map((attempt) => ({ ...attempt, pod: { uid: null, namespace: 'ns', name: `p${index}` } })),
    closings: load.closings.map((closing) => ({ ...closing, periods: closing.periods.map(observed) })),
    hosts: HOSTS.map((host) => aHost(host, { billingResourceId: `i-${index}` })),
  }));
}

const observed = ({ origin, pieces }: ChargePeriod): ChargePeriod => ({
  origin,
  pieces: pieces.map((piece) => (piece.kind === 'workload' ? { ...piece, usage: aUsage(600, 300, 7_000) } : piece)),
});

/** Loads of which each closes two hours of three hosts, the second of them again in the load after. */
export function bareLoads(count = 4): Load[] {
  return Array.from({ length: count }, (_, index) => {
    const holder = attemptKey(`${index}`);
    const closings = HOSTS.flatMap((host, place) =>
      [index, index + 1].map((hour) =>
        aClosing(
          host,
          hour,
          [
            { holder, amount: ONE * BigInt(index + 1) + BigInt(place) },
            { cause: 'beside_work', amount: ONE * BigInt(hour) },
          ],
          `p-${index}`,
        ),
      ),
    );
    const issues = [anIssue({ line: index }), anIssue({ count: index })];
    return aLoad(`load ${index}`, { runs: [aRun(`${index}`)], attempts: [anAttempt(holder)], closings, issues });
  });
}
