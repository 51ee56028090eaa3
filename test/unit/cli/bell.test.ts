import { createBell } from '../../../exporter/src/cli/bell';

const never = new AbortController().signal;

/** What ends first: the sleep, or a timer of so many ms. */
async function isAwakeWithin(sleeping: Promise<void>, milliseconds: number): Promise<boolean> {
  const late = new Promise<boolean>((done) => setTimeout(() => done(false), milliseconds));
  return Promise.race([sleeping.then(() => true), late]);
}

test('a sleeper that nobody wakes sleeps for as long as it may', async () => {
  await createBell().sleep({ shortest: 0, longest: 10 }, never);
});

test('a ring ends the sleep, but no sooner than it may', async () => {
  const bell = createBell();
  const sleeping = bell.sleep({ shortest: 60, longest: 60_000 }, never);
  bell.ring();
  expect(await isAwakeWithin(sleeping, 10)).toBe(false);
  expect(await isAwakeWithin(sleeping, 10_000)).toBe(true);
});

test('a ring before the sleep counts, once', async () => {
  const bell = createBell();
  bell.ring();
  expect(await isAwakeWithin(bell.sleep({ shortest: 1, longest: 60_000 }, never), 10_000)).toBe(true);
  const stopping = new AbortController();
  const again = bell.sleep({ shortest: 1, longest: 60_000 }, stopping.signal);
  expect(await isAwakeWithin(again, 50)).toBe(false);
  stopping.abort();
  await again;
});

test('who is told to stop sleeps no longer', async () => {
  const stopping = new AbortController();
  const sleeping = createBell().sleep({ shortest: 60_000, longest: 60_000 }, stopping.signal);
  stopping.abort();
  expect(await isAwakeWithin(sleeping, 10_000)).toBe(true);
});
