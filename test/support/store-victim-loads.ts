import type { Load } from '../../exporter/src/store/store';
import { aClosing, aLoad, anAttempt, anIssue, aRun, attemptKey, ONE } from './store-facts';

const HOSTS = ['host-a', 'host-b', 'host-c'];

/** Loads of which each closes two hours of three hosts, the second of them again in the load after. */
export function victimLoads(count = 4): Load[] {
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
