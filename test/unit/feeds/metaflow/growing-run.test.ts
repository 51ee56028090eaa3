import { linkSync, mkdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Attempt } from '../../../../exporter/src/facts/attempt';
import { feedOf, filesBelow, freshFolder, pollAll, removeFolders, unpackRecording } from './recording';

afterAll(removeFolders);

type Sight = { readonly at: number; readonly outcome: string; readonly attempts: readonly Attempt[] };

/** Links a recorded flow file by file, in the order in which it was written, and polls after each. */
async function watchGrowing(flow: string, run: string): Promise<{ sights: Sight[]; final: readonly Attempt[] }> {
  const recorded = unpackRecording();
  const final = (await pollAll(feedOf(recorded), Date.parse('2026-11-21T05:00:00Z'))).attempts.filter(
    ({ key }) => key.flow === flow && key.run === run,
  );
  const root = freshFolder();
  const feed = feedOf(root);
  const sights: Sight[] = [];
  const files = filesBelow(join(recorded, flow)).filter(({ path }) => path.includes(run) || path.includes('/data/'));
  for (const { path, modified } of files) {
    const target = join(root, relative(recorded, path));
    mkdirSync(dirname(target), { recursive: true });
    linkSync(path, target);
    const at = Number(modified.toString().slice(0, -6)) + 1;
    const { runs, attempts } = await pollAll(feed, at);
    for (const { outcome } of runs) sights.push({ at, outcome, attempts });
  }
  return { sights, final };
}

const byKey = (attempts: readonly Attempt[]): string[] =>
  attempts
    .map(({ key, start, end, endSource, outcome }) => JSON.stringify([key, start, end, endSource, outcome]))
    .sort();

describe('A run that grows file by file', () => {
  it.each([
    ['RetryFlow', '1795233792486346', 'succeeded'],
    ['KilledFlow', '1795233801890863', 'killed'],
    ['GangFlow', '1795233807616678', 'succeeded'],
    ['ResumeFlow', '1795233813396848', 'failed'],
    ['BranchFlow', '1795235183022138', 'succeeded'],
  ])('is open, grows and is closed: %s/%s %s', async (flow, run, outcome) => {
    const { sights, final } = await watchGrowing(flow, run);

    expect(sights.length).toBeGreaterThan(20);
    const outcomes = sights.map((sight) => sight.outcome);
    const closedAt = outcomes.indexOf(outcome);
    expect(closedAt).toBeGreaterThan(20);
    expect(new Set(outcomes.slice(0, closedAt))).toEqual(new Set(['running']));
    expect(new Set(outcomes.slice(closedAt))).toEqual(new Set([outcome]));
    expect(byKey(sights[sights.length - 1]!.attempts)).toEqual(byKey(final));

    const counts = sights.map(({ attempts }) => attempts.length);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    for (const { attempts } of sights) {
      for (const attempt of attempts) {
        const last = final.find(({ key }) => JSON.stringify(key) === JSON.stringify(attempt.key))!;
        expect(attempt.start).toBe(last.start);
        if (attempt.end === null) expect(attempt.lastSign).toBeGreaterThanOrEqual(attempt.start);
      }
    }
    expect(sights.some(({ attempts }) => attempts.some(({ end }) => end === null))).toBe(true);
  });
});
