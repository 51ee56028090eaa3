import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FeedError } from '../../../../exporter/src/feeds/feed';
import { startOf, writeFinishedRun, writeRow, writeSelf } from './made-tree';
import { AFTER, feedOf, freshFolder, lineOf, MINUTE, pollAll, removeFolders, unpackRecording } from './recording';

afterAll(removeFolders);

const names = ({ runs }: { runs: readonly { key: { flow: string; run: string } }[] }): string[] =>
  runs.map(({ key }) => `${key.flow}/${key.run}`);

/** As Metaflow does it: a temporary file renamed over the old one. */
function editTags(root: string, run: string, tags: readonly string[]): void {
  const path = join(root, run, '_meta/_self.json');
  const self = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(`${path}.new`, JSON.stringify({ ...self, tags, ts_epoch: AFTER }));
  renameSync(`${path}.new`, path);
}

describe('Polling again', () => {
  it('reads nothing while nothing changes', async () => {
    const feed = feedOf(unpackRecording());
    expect((await pollAll(feed, AFTER)).runs).toHaveLength(8);
    for (const minutes of [0, 1, 2, 60]) {
      expect(await pollAll(feed, AFTER + minutes * MINUTE)).toMatchObject({
        runs: [],
        attempts: [],
        issues: [],
        rows: { accepted: 0, rejected: 0 },
        newest: null,
      });
    }
  });

  it('reads the one run whose tags were edited, within a minute, with the same start and attempts', async () => {
    const root = unpackRecording();
    const feed = feedOf(root);
    const before = await pollAll(feed, AFTER);
    editTags(root, 'KilledFlow/1795233801890863', ['team:vision']);
    const after = await pollAll(feed, AFTER + MINUTE);
    expect(names(after)).toEqual(['KilledFlow/1795233801890863']);
    const killed = before.runs.find(({ key }) => key.flow === 'KilledFlow')!;
    expect(after.runs[0]).toEqual({ ...killed, tags: ['team:vision'], fingerprint: after.runs[0]!.fingerprint });
    expect(after.runs[0]!.fingerprint).not.toBe(killed.fingerprint);
    expect(after.attempts).toEqual(before.attempts.filter(({ key }) => key.flow === 'KilledFlow'));
    expect(names(await pollAll(feed, AFTER + 2 * MINUTE))).toEqual([]);
  });

  it('looks at every finished run within a minute of polls five seconds apart', async () => {
    const root = unpackRecording();
    const feed = feedOf(root);
    const { runs } = await pollAll(feed, AFTER);
    for (const run of names({ runs })) editTags(root, run, ['team:vision']);
    const read: string[] = [];
    for (let second = 5; second <= 60; second += 5) read.push(...names(await pollAll(feed, AFTER + second * 1000)));
    expect(read.sort()).toEqual(names({ runs }).sort());
  });

  it('finds a new run at once', async () => {
    const root = unpackRecording();
    const feed = feedOf(root);
    await pollAll(feed, AFTER);
    const run = { root, flow: 'TrainFlow', run: '1795240000000000' };
    writeFinishedRun(run, 1000);
    expect(names(await pollAll(feed, AFTER + 1))).toEqual(['TrainFlow/1795240000000000']);
  });

  it('reads an open run every time and a finished one no more', async () => {
    const run = { root: freshFolder(), flow: 'F', run: '1795233779432166' };
    const start = startOf(run);
    writeSelf(run);
    writeRow(run, '_parameters/0', { field: 'end_step', value: 'end', at: start });
    const feed = feedOf(run.root);
    expect((await pollAll(feed, start + 1)).runs).toMatchObject([{ outcome: 'running' }]);
    writeRow(run, 'end/1', { field: 'attempt', value: '0', at: start + 1 });
    expect((await pollAll(feed, start + 2)).attempts.map(lineOf)).toEqual([`F/end/1/0 ${start + 1} open open running`]);
    writeRow(run, 'end/1', { field: 'attempt_ok', value: 'True', at: start + 3 });
    expect((await pollAll(feed, start + 4)).runs).toMatchObject([{ outcome: 'succeeded', endedAt: start + 3 }]);
    expect((await pollAll(feed, start + 5)).runs).toEqual([]);
  });

  it('counts each row once, however often an open run is read', async () => {
    const run = { root: freshFolder(), flow: 'F', run: '1795233779432166' };
    writeSelf(run);
    writeRow(run, 'train/1', { field: 'attempt', value: '0', at: startOf(run) });
    const feed = feedOf(run.root);
    const accepted = async (now: number): Promise<number> => (await pollAll(feed, now)).rows.accepted;
    expect(await accepted(startOf(run) + 1)).toBe(2);
    expect(await accepted(startOf(run) + 2)).toBe(0);
    writeRow(run, 'train/1', { field: 'attempt-done', value: '0', at: startOf(run) + 3 });
    expect(await accepted(startOf(run) + 4)).toBe(1);
  });

  it('tells an issue of an open run once', async () => {
    const run = { root: freshFolder(), flow: 'F', run: '1795233779432166' };
    writeSelf(run);
    writeRow(run, 'train/1', { field: 'attempt', value: '0', at: startOf(run) });
    const feed = feedOf(run.root);
    expect((await pollAll(feed, startOf(run) + 1)).issues).toMatchObject([{ code: 'no_resources' }]);
    expect((await pollAll(feed, startOf(run) + 2)).issues).toEqual([]);
  });

  it('drops a finished run whose directory is gone, and reads it anew when it is back', async () => {
    const run = { root: freshFolder(), flow: 'F', run: '1795233779432166' };
    writeFinishedRun(run, 1000);
    const feed = feedOf(run.root);
    await pollAll(feed, AFTER);
    rmSync(join(run.root, 'F', run.run), { recursive: true });
    expect(await pollAll(feed, AFTER + MINUTE)).toMatchObject({ runs: [], issues: [] });
    writeFinishedRun(run, 2000);
    expect(names(await pollAll(feed, AFTER + 2 * MINUTE))).toEqual([`F/${run.run}`]);
  });

  it('hands a run over again when the caller could not store it', async () => {
    const feed = feedOf(unpackRecording());
    const { runs } = await pollAll(feed, AFTER);
    feed.forget([runs[0]!.key, { ...runs[0]!.key, run: 'unheard of' }]);
    expect((await pollAll(feed, AFTER + 1)).runs).toEqual([runs[0]]);
  });
});

describe('Polling after a restart', () => {
  it('reads nothing that is known and finished', async () => {
    const root = unpackRecording();
    const { runs } = await pollAll(feedOf(root), AFTER);
    const restarted = feedOf(root);
    expect((await pollAll(restarted, AFTER + 1, runs)).runs).toEqual([]);
    expect((await pollAll(restarted, AFTER + MINUTE)).runs).toEqual([]);
  });

  it('reads what is known under another fingerprint, was open, or is not known', async () => {
    const root = unpackRecording();
    const { runs } = await pollAll(feedOf(root), AFTER);
    const [changed, open, unknown, ...rest] = runs;
    const known = [{ ...changed!, fingerprint: 'another' }, { ...open!, outcome: 'running' as const }, ...rest];
    const read = await pollAll(feedOf(root), AFTER + 1, known);
    expect(names(read).sort()).toEqual(names({ runs: [changed!, open!, unknown!] }).sort());
  });

  it('knows rebased runs by their rebased ids', async () => {
    const root = unpackRecording();
    const rebaseMs = 86_400_000;
    const { runs } = await pollAll(feedOf(root, { rebaseMs }), AFTER + rebaseMs);
    expect((await pollAll(feedOf(root, { rebaseMs }), AFTER + rebaseMs, runs)).runs).toEqual([]);
    expect((await pollAll(feedOf(root), AFTER, runs)).runs).toHaveLength(8);
  });
});

describe('A backlog', () => {
  it('comes in parts of at most 500 runs, newest first, each run once', async () => {
    const root = freshFolder();
    const ids = Array.from({ length: 1203 }, (_, index) => String(1_795_233_779_000_000n + BigInt(index) * 1_000_000n));
    for (const run of ids) writeFinishedRun({ root, flow: 'F', run }, 1000);
    const feed = feedOf(root);
    const parts: string[][] = [];
    for (let complete = false; !complete;) {
      const poll = await feed.poll({ now: AFTER, known: [] });
      complete = poll.complete;
      parts.push(poll.runs.map(({ key }) => key.run));
    }
    expect(parts.map(({ length }) => length)).toEqual([500, 500, 203]);
    expect(parts.flat()).toEqual([...ids].reverse());
  });
});

describe('A tree that cannot be polled', () => {
  it('is empty, with the reason, while it is not there', async () => {
    const root = join(freshFolder(), '.metaflow');
    const feed = feedOf(root);
    expect(await pollAll(feed, AFTER)).toMatchObject({
      runs: [],
      emptyReason: `${root} is not there.`,
      complete: true,
    });
    writeFinishedRun({ root, flow: 'F', run: '1795233779432166' }, 1000);
    expect(await pollAll(feed, AFTER + 1)).toMatchObject({ runs: [{ key: { flow: 'F' } }], emptyReason: null });
  });

  it('has no runs and no fault while nothing ran in it', async () => {
    expect(await pollAll(feedOf(freshFolder()), AFTER)).toMatchObject({ runs: [], issues: [], emptyReason: null });
  });

  it('fails when the path is a loop', async () => {
    const root = join(freshFolder(), 'loop');
    symlinkSync(root, root);
    await expect(pollAll(feedOf(root), AFTER)).rejects.toThrow(FeedError);
  });
});

describe('Directories that are no runs', () => {
  it('are passed over', async () => {
    const root = freshFolder();
    const run = { root, flow: 'F', run: '1795233779432166' };
    writeFinishedRun(run, 1000);
    for (const folder of ['F/data/ab', 'F/_meta', 'F/.tmp', '.cache/1795', 'F/1795233779432999']) {
      mkdirSync(join(root, folder), { recursive: true });
    }
    writeFileSync(join(root, 'F/latest_run'), run.run);
    writeFileSync(join(root, 'notes.txt'), 'mine');
    expect(names(await pollAll(feedOf(root), AFTER))).toEqual([`F/${run.run}`]);
  });

  it('are passed over where they are links, so that nothing outside is read and nothing twice', async () => {
    const root = freshFolder();
    const outside = freshFolder();
    writeFinishedRun({ root: outside, flow: 'G', run: '1795233779000000' }, 1000);
    const run = { root, flow: 'F', run: '1795233779432166' };
    writeFinishedRun(run, 1000);
    symlinkSync(join(outside, 'G'), join(root, 'G'));
    symlinkSync(join(root, 'F', run.run), join(root, 'F', 'newest'));
    symlinkSync(join(outside, 'G/1795233779000000/end'), join(root, 'F', run.run, 'stolen'));
    symlinkSync(join(outside, 'G/1795233779000000/end/1'), join(root, 'F', run.run, 'end/9'));
    const { runs, attempts, issues } = await pollAll(feedOf(root), AFTER);
    expect(names({ runs })).toEqual([`F/${run.run}`]);
    expect(attempts.map(({ key }) => `${key.step}/${key.task}`)).toEqual(['end/1']);
    expect(issues.map(({ code }) => code)).toEqual(['no_resources']);
  });
});
