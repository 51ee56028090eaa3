import fs from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { FeedError } from '../../../../exporter/src/feeds/feed';
import { AFTER, feedOf, pollAll, removeFolders, unpackRecording } from './recording';

afterAll(removeFolders);
afterEach(() => jest.restoreAllMocks());

const failure = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });

/** Lets the n-th call fail with this code. */
function failAt(name: 'open' | 'readdir', call: number, code: string): void {
  const real = fs[name] as (...args: unknown[]) => Promise<unknown>;
  let calls = 0;
  jest.spyOn(fs, name as 'open').mockImplementation(((...args: unknown[]) => {
    calls += 1;
    return calls === call ? Promise.reject(failure(code)) : real(...args);
  }) as never);
}

describe('A system that fails', () => {
  it.each([
    ['open', 30, 'EMFILE'],
    ['open', 1, 'EIO'],
    ['readdir', 20, 'ESTALE'],
  ] as const)('at %s number %d with %s fails the poll, and the next one has everything', async (name, call, code) => {
    const root = unpackRecording();
    rmSync(join(root, 'TrainFlow/data/1f/1f0a868953f4d1b1df820a7f566c33b249071274'));
    const feed = feedOf(root);
    failAt(name, call, code);
    await expect(pollAll(feed, AFTER)).rejects.toThrow(FeedError);
    jest.restoreAllMocks();
    expect(await pollAll(feed, AFTER + 1)).toEqual(await pollAll(feedOf(root), AFTER + 1));
  });

  it('that refuses one file makes it an issue, and the file is read when it may be', async () => {
    const root = unpackRecording();
    const feed = feedOf(root);
    failAt('open', 1, 'EACCES');
    const { issues, runs } = await pollAll(feed, AFTER);
    expect(runs).toHaveLength(8);
    expect(issues).toMatchObject([{ code: 'unreadable_file', reason: 'The file cannot be read (EACCES).' }]);
    jest.restoreAllMocks();
    expect((await pollAll(feed, AFTER + 60_000)).runs).toHaveLength(1);
    expect((await pollAll(feed, AFTER + 120_000)).runs).toEqual([]);
  });

  it('that refuses the root fails the poll', async () => {
    const feed = feedOf(unpackRecording());
    failAt('readdir', 1, 'EACCES');
    await expect(pollAll(feed, AFTER)).rejects.toThrow(/cannot be read \(EACCES\)/);
  });

  it('that refuses a flow makes it an issue, and the other runs are read', async () => {
    const root = unpackRecording();
    failAt('readdir', 2, 'EACCES');
    const flow = await pollAll(feedOf(root), AFTER);
    expect(flow.issues).toMatchObject([{ code: 'unreadable_file', file: 'BranchFlow' }]);
    expect(flow.runs).toHaveLength(7);
  });
});
