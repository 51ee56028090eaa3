import fc from 'fast-check';
import { type Attempt, attemptKeyText, type ToldAttempt } from '../../exporter/src/facts/attempt';
import type { Pod } from '../../exporter/src/facts/pod';
import { placeAttempts, type Placement } from '../../exporter/src/ledger/place-attempts';
import { at, names, NOBODY, pod, told } from '../unit/ledger-placement/run-facts';

const RUNS = { numRuns: 600 };
const MINUTE_MS = 60_000;
const UIDS = ['a', 'b', 'c', 'd'];

const minute = fc.integer({ min: 0, max: 90 }).map((minutes) => at('10:00') + minutes * MINUTE_MS);
const task = fc.constantFrom('1', '2');
const number = fc.integer({ min: 0, max: 1 });
const optional = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value, { nil: null });

const somePod: fc.Arbitrary<Pod> = fc
  .record({
    uid: fc.constantFrom(...UIDS),
    name: fc.constantFrom('x', 'y'),
    start: fc.option(minute, { nil: null, freq: 8 }),
    length: optional(fc.integer({ min: 0, max: 60 })),
    identity: optional(fc.tuple(optional(task), optional(number))),
    endEstimated: fc.boolean(),
  })
  .map(({ uid, name, start, length, identity, endEstimated }) => ({
    ...pod(uid, ['10:00']),
    ref: { uid, namespace: 'ml', name },
    start,
    end: start === null || length === null ? null : start + length * MINUTE_MS,
    endEstimated,
    identity: identity && names('train', ...identity),
  }));

const someTold: fc.Arbitrary<ToldAttempt> = fc
  .record({
    task,
    number,
    start: minute,
    length: optional(fc.integer({ min: 0, max: 60 })),
    isClone: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
    podUid: optional(fc.constantFrom(...UIDS)),
    podName: optional(fc.constantFrom('x', 'y')),
  })
  .map(({ task: id, number: count, start, length, isClone, podUid, podName }) => ({
    ...told(`train/${id}#${count}`, ['10:00']),
    start,
    end: length === null ? null : start + length * MINUTE_MS,
    isClone,
    clues: { ...NOBODY, podUid, podName },
  }));

const run = fc.record({
  told: fc.uniqueArray(someTold, { maxLength: 4, selector: ({ key }) => attemptKeyText(key) }),
  pods: fc.uniqueArray(somePod, { maxLength: 4, selector: ({ ref }) => ref.uid }),
});

type Story = { readonly told: readonly ToldAttempt[]; readonly pods: readonly Pod[] };

const placed = (story: Story, before: readonly Attempt[] = []): Placement =>
  placeAttempts({ deployment: 'prod', ...story, before, hostOfInstance: () => null, hostOfAddress: () => null });

const inTime = (a: Attempt, b: Attempt): number => a.start - b.start || (a.end ?? Infinity) - (b.end ?? Infinity);

const law = (name: string, holds: (story: Story) => void): void =>
  test(name, () => fc.assert(fc.property(run, holds), RUNS));

describe('placing the attempts of a random run', () => {
  law('gives every attempt one key, and every told attempt its own', (story) => {
    const keys = placed(story).attempts.map(({ key }) => attemptKeyText(key));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual(expect.arrayContaining(story.told.map(({ key }) => attemptKeyText(key))));
  });

  law('counts no time of a pod twice, and none outside of it but what is told beyond an estimated end', (story) => {
    const { attempts } = placed(story);
    for (const { ref, start, end, endEstimated } of story.pods) {
      const own = attempts.filter((attempt) => attempt.pod?.uid === ref.uid).sort(inTime);
      own.forEach((attempt, place) => {
        expect(attempt.start).toBeGreaterThanOrEqual(start!);
        if (end !== null && !endEstimated) expect(attempt.end).toBeLessThanOrEqual(end);
        const next = own[place + 1];
        if (next && attempt.end !== attempt.start) expect(attempt.end).toBeLessThanOrEqual(next.start);
      });
    }
  });

  law('lets every scheduled pod that names the run be held from its start on', (story) => {
    const { attempts } = placed(story);
    for (const { ref, start, identity } of story.pods.filter((one) => one.identity && one.start !== null)) {
      expect(identity).not.toBeNull();
      const own = attempts.filter((attempt) => attempt.pod?.uid === ref.uid);
      expect(Math.min(...own.map((attempt) => attempt.start))).toBe(start);
    }
  });

  law('keeps a pod that lives open', (story) => {
    const { attempts } = placed(story);
    for (const { ref } of story.pods.filter(({ start, end }) => start !== null && end === null)) {
      const own = attempts.filter((attempt) => attempt.pod?.uid === ref.uid);
      if (own.length > 0) expect(own.filter(({ end }) => end === null)).toHaveLength(1);
    }
  });

  law('does nothing when it is done again', (story) => {
    const once = placed(story);
    expect(placed(story, once.attempts)).toEqual({ attempts: once.attempts, retracted: [] });
  });

  law('takes back no key that stands', (story) => {
    const before = placed({ ...story, told: [] }).attempts;
    const { attempts, retracted } = placed(story, before);
    const keys = new Set(attempts.map(({ key }) => attemptKeyText(key)));
    expect(retracted.filter((key) => keys.has(attemptKeyText(key)))).toEqual([]);
    const uids = new Set(attempts.flatMap((attempt) => attempt.pod?.uid ?? []));
    const replaced = before.filter(({ key, pod: ran }) => uids.has(ran!.uid!) && !keys.has(attemptKeyText(key)));
    expect(retracted).toHaveLength(replaced.length);
  });

  test('does not depend on the order in which attempts and pods come', () => {
    const reordered = run.chain((story) =>
      fc.record({
        story: fc.constant(story),
        told: fc.shuffledSubarray(story.told, { minLength: story.told.length }),
        pods: fc.shuffledSubarray(story.pods, { minLength: story.pods.length }),
      }),
    );
    fc.assert(
      fc.property(reordered, ({ story, ...other }) => {
        expect(placed(other)).toEqual(placed(story));
      }),
      RUNS,
    );
  });
});
