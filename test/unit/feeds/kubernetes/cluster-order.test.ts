import fc from 'fast-check';
import { exposed, type MadePod, MORNING, ReadCluster } from './made-cluster';

const INTERVAL = 30_000;
const RUNS = { numRuns: 40 };
const phase = fc.constantFrom('Pending', 'Running', 'Running', 'Running', 'Succeeded', 'Failed', 'Unknown', 'absent');
const NAMES = ['a', 'b', 'c', 'd', 'e'];

/** What a cluster went through: one phase a pod and round, and whether the node was there. */
const course = fc.array(fc.record({ phases: fc.tuple(phase, phase, phase, phase, phase), nodeIsThere: fc.boolean() }), {
  minLength: 1,
  maxLength: 8,
});

type Round = { readonly phases: readonly string[]; readonly nodeIsThere: boolean };
type Shape = { readonly shardOf: (pod: number) => number; readonly replicas: number };

/** One body for each target of a round: three shards, each by as many replicas. */
function bodies({ phases, nodeIsThere }: Round, { shardOf, replicas }: Shape): Map<string, string> {
  const answers = new Map<string, string>();
  for (const shard of [0, 1, 2]) {
    const pods = NAMES.flatMap((name, index): MadePod[] => {
      const isHere = shardOf(index) === shard && phases[index] !== 'absent';
      return isHere
        ? [{ name, node: 'n', phase: phases[index]!, start: MORNING, requests: { nvidia_com_gpu: 1 } }]
        : [];
    });
    // Each shard has something that stays, so that no answer looks like a gap.
    const stays = { name: `stays-${shard}`, node: 'm' };
    const nodes = [
      { name: `m${shard}` },
      ...(nodeIsThere && shard === 0 ? [{ name: 'n', providerId: 'x://i-1' }] : []),
    ];
    for (let replica = 0; replica < replicas; replica++)
      answers.set(`http://ksm-${shard}-${replica}:8080/`, exposed({ pods: [...pods, stays], nodes }));
  }
  return answers;
}

/** What is known after all rounds, the targets of each round in the order that `order` gives them. */
function outcome(
  rounds: readonly Round[],
  shape: Shape,
  order: (round: number, targets: string[]) => string[],
): unknown {
  const cluster = new ReadCluster(INTERVAL);
  rounds.forEach((round, index) => {
    const answers = bodies(round, shape);
    for (const target of order(index, [...answers.keys()]))
      cluster.read(MORNING + index * INTERVAL, answers.get(target)!, target);
  });
  const byName = <Value>(entries: [string, Value][]): [string, Value][] => entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    pods: byName([...cluster.state.pods].map(([uid, { pod }]) => [uid, pod])),
    hosts: byName([...cluster.state.hosts].map(([name, { host }]) => [name, host])),
  };
}

const inOrder = (_: number, targets: string[]): string[] => targets;
const shape: Shape = { shardOf: (pod) => pod % 3, replicas: 1 };

describe('What is known of a cluster', () => {
  it('does not depend on the order in which the targets of a round were read', () => {
    fc.assert(
      fc.property(course, fc.infiniteStream(fc.nat()), (rounds, dice) => {
        const shuffled = (_: number, targets: string[]): string[] =>
          targets
            .map((target): [number, string] => [dice.next().value as number, target])
            .sort(([a], [b]) => a - b)
            .map(([, target]) => target);
        const doubled = { ...shape, replicas: 2 };
        expect(outcome(rounds, doubled, shuffled)).toEqual(outcome(rounds, doubled, inOrder));
      }),
      RUNS,
    );
  });

  it('does not change when scrapes are handed over twice', () => {
    const twice = (_: number, targets: string[]): string[] => [...targets, ...targets].flatMap((one) => [one, one]);
    fc.assert(
      fc.property(course, (rounds) => {
        expect(outcome(rounds, shape, twice)).toEqual(outcome(rounds, shape, inOrder));
      }),
      RUNS,
    );
  });

  it('is the same from one replica, from two, from one target and from three shards', () => {
    fc.assert(
      fc.property(course, (rounds) => {
        const known = outcome(rounds, shape, inOrder);
        expect(outcome(rounds, { ...shape, replicas: 2 }, inOrder)).toEqual(known);
        expect(outcome(rounds, { ...shape, shardOf: () => 0 }, inOrder)).toEqual(known);
      }),
      RUNS,
    );
  });

  it('never has a pod end before it starts, or after it was last possible', () => {
    fc.assert(
      fc.property(course, (rounds) => {
        const { pods } = outcome(rounds, shape, inOrder) as { pods: [string, { start: number; end: number | null }][] };
        for (const [, { start, end }] of pods) {
          if (end === null || start === null) continue;
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(MORNING + (rounds.length - 1) * INTERVAL);
        }
      }),
      RUNS,
    );
  });
});
