import type { Outcome } from '../../../../exporter/src/facts/attempt';
import type { MetaflowPoll } from '../../../../exporter/src/feeds/metaflow/local-feed';
import type { KnownRun } from '../../../../exporter/src/feeds/metaflow/run-index';
import type { RecordedService } from '../../../support/recorded-service';
import { answersOf, attempt, HOUR, type MadeRun, MINUTE, SECOND, START } from './made-service';
import { linesOf, serviceFeedOf, serving, stopServices } from './recorded';

afterAll(stopServices);

const holdings = [{ flow: '*', step: null, host: null, gpus: 1_000_000_000n as never }];
const failed: MadeRun = {
  run: 1,
  rows: [...attempt('train/1', [0]), { task: 'train/1', field: 'attempt_ok', value: 'False', at: 9 * SECOND }],
  beat: 10 * SECOND,
};
const done: MadeRun = { run: 1, rows: attempt('end/1', [0, 10 * SECOND]), beat: 10 * SECOND };
const DONE_AT = START + 10 * SECOND;

type Watched = {
  readonly service: RecordedService;
  readonly feed: ReturnType<typeof serviceFeedOf>;
  readonly at: (now: number, known?: readonly KnownRun[]) => Promise<MetaflowPoll>;
  /** Runs whose metadata was asked for since the last call. */
  readonly reads: () => string[];
};

async function watched(runs: readonly MadeRun[]): Promise<Watched> {
  const service = await serving({ kind: 'service', answers: answersOf(runs) });
  const feed = serviceFeedOf(service.url, { holdings });
  const reads = (): string[] =>
    service.asked.splice(0).flatMap((path) => /^\/flows\/(.+)\/metadata\?/.exec(path)?.[1] ?? []);
  return { service, feed, reads, at: (now, known = []) => feed.poll({ now, known }) };
}

const knownOf = ({ runs }: MetaflowPoll): KnownRun[] =>
  runs.map(({ key, outcome, fingerprint }) => ({ key, outcome, fingerprint }));
const outcomesOf = ({ runs }: MetaflowPoll): Outcome[] => runs.map(({ outcome }) => outcome);

describe('A finished run', () => {
  it('is read again 1 min, 10 min and 1 h after its end and no more, and told no more', async () => {
    const { at, reads } = await watched([done]);
    const minutes = [0, 0.5, 1, 2, 9, 10, 11, 59, 60, 61, 600];
    const read: number[] = [];
    const told: number[] = [];
    for (const minute of minutes) {
      const { runs } = await at(DONE_AT + minute * MINUTE);
      if (reads().length > 0) read.push(minute);
      if (runs.length > 0) told.push(minute);
    }
    expect(read).toEqual([0, 1, 10, 60]);
    expect(told).toEqual([0]);
  });

  it('is told again when a row comes late', async () => {
    const { at, service } = await watched([done]);
    await at(DONE_AT);
    service.serve(answersOf([{ ...done, rows: [...done.rows!, ...attempt('train/2', [SECOND, 5 * SECOND])] }]));
    expect((await at(DONE_AT + 30 * SECOND)).attempts).toEqual([]);
    expect((await at(DONE_AT + MINUTE)).attempts.map(({ key }) => key.step)).toEqual(['end', 'train']);
  });

  it('is handed over again when it could not be stored', async () => {
    const { at, feed } = await watched([done]);
    const first = await at(DONE_AT);
    feed.forget(first.runs.map(({ key }) => key));
    const again = await at(DONE_AT + SECOND);
    expect([again.runs, again.attempts]).toEqual([first.runs, first.attempts]);
  });

  it('that is deleted is not asked for any more, and nothing is said of it', async () => {
    const { at, service, reads } = await watched([done, { ...done, flow: 'G' }]);
    await at(START + 5 * HOUR);
    service.serve(answersOf([{ ...done, flow: 'G' }]));
    const poll = await at(START + 7 * HOUR);
    expect([poll.runs, poll.issues]).toEqual([[], []]);
    reads();
    await at(START + 9 * HOUR);
    expect(reads()).toEqual([]);
  });
});

describe('A run that was lost', () => {
  const lost: MadeRun = { run: 1, rows: attempt('train/1', [0]), beat: 60 * SECOND };

  it('is open again when a heartbeat comes back', async () => {
    const { at, service } = await watched([lost]);
    expect(outcomesOf(await at(START + 30 * MINUTE))).toEqual(['lost']);
    service.serve(answersOf([{ ...lost, beat: 31 * MINUTE }]));
    expect(outcomesOf(await at(START + 31 * MINUTE))).toEqual(['running']);
  });
});

describe('An open run that is deleted', () => {
  const open: MadeRun = { run: 1, rows: attempt('train/1', [0]), beat: 5 * MINUTE };
  const other: MadeRun = { ...done, flow: 'G' };

  it('stays as it was until silence closes it, and its cost stays with it', async () => {
    const { at, service } = await watched([open, other]);
    expect(outcomesOf(await at(START + 5 * MINUTE))).toEqual(['running', 'succeeded']);
    service.serve(answersOf([other]));
    const gone = await at(START + 6 * MINUTE);
    expect(gone.runs).toEqual([]);
    expect(gone.issues).toMatchObject([{ code: 'unreadable_file', file: '/flows/F/runs/1' }]);
    expect((await at(START + 7 * MINUTE)).issues).toEqual([]);
    const closed = await at(START + 15 * MINUTE);
    expect(linesOf(closed)).toEqual([`F 1 train 1 0 ${START} ${START + 5 * MINUTE} run_heartbeat lost own`]);
    expect((await at(START + 3 * HOUR)).runs).toEqual([]);
  });

  it('while nobody looked is an issue, and closed by whoever stored it', async () => {
    const before = await watched([open]);
    const known = knownOf(await before.at(START + 5 * MINUTE));
    const { at } = await watched([other]);
    const poll = await at(START + 6 * MINUTE, known);
    expect(poll.runs.map(({ key }) => key.flow)).toEqual(['G']);
    expect(poll.issues.map(({ file }) => file)).toEqual(['/flows/F/runs/1']);
  });
});

describe('After a restart', () => {
  it('a run that the store knows is not read while its row says the same, unless it ended just before', async () => {
    const runs = [
      { ...failed, run: 1 },
      { ...done, run: 2, at: SECOND },
    ];
    const first = await watched(runs);
    const known = knownOf(await first.at(START + 5 * HOUR));
    expect(known.map(({ outcome }) => outcome)).toEqual(['succeeded', 'failed']);
    const second = await watched([...runs, { ...done, flow: 'G', run: 7, rows: attempt('end/1', [0, 4 * HOUR]) }]);
    const later = knownOf(
      await (
        await watched([{ ...done, flow: 'G', run: 7, rows: attempt('end/1', [0, 4 * HOUR]) }])
      ).at(START + 5 * HOUR),
    );
    const poll = await second.at(START + 6 * HOUR, [...known, ...later]);
    expect(poll.runs.map(({ key }) => key.flow)).toEqual(['G']);
    expect(second.reads()).toEqual(['G/runs/7']);
    expect((await second.at(START + 6 * HOUR + SECOND)).runs).toEqual([]);
  });

  it('a run whose tags changed meanwhile is read', async () => {
    const first = await watched([done]);
    const known = knownOf(await first.at(START + 5 * HOUR));
    const { at } = await watched([{ ...done, row: { tags: ['team:nlp'] } }]);
    expect((await at(START + 6 * HOUR, known)).runs.map(({ tags }) => tags)).toEqual([['team:nlp']]);
  });

  it('an open run is read and told', async () => {
    const open: MadeRun = { run: 1, rows: attempt('train/1', [0]), beat: 5 * MINUTE };
    const known = knownOf(await (await watched([open])).at(START + 5 * MINUTE));
    expect(outcomesOf(await (await watched([open])).at(START + 6 * MINUTE, known))).toEqual(['running']);
  });
});

describe('Many runs', () => {
  it('are told 200 at a time, the newest first', async () => {
    const runs = Array.from({ length: 450 }, (_, index) => ({ ...done, run: index + 1, at: index }));
    const { at } = await watched(runs);
    const polls = [await at(START + HOUR), await at(START + HOUR), await at(START + HOUR)];
    expect(polls.map(({ runs: told, complete }) => [told.length, complete])).toEqual([
      [200, false],
      [200, false],
      [50, true],
    ]);
    expect(polls.flatMap(({ runs: told }) => told.map(({ key }) => Number(key.run)))).toEqual(
      runs.map(({ run }) => run).reverse(),
    );
  });

  it('are listed in full once; then a short page shows new ones, and older open ones are asked by name', async () => {
    const runs = Array.from({ length: 120 }, (_, index) => ({ ...done, run: index + 1, at: index * MINUTE }));
    const open: MadeRun = { run: 500, at: -HOUR, rows: attempt('train/1', [0]), beat: 2 * HOUR };
    const { at, service } = await watched([...runs, open]);
    await at(START + 2 * HOUR);
    service.asked.splice(0);
    service.serve(answersOf([...runs, open, { ...done, run: 121, at: 2 * HOUR }]));
    const { runs: told } = await at(START + 2 * HOUR + MINUTE);
    expect(told.map(({ key }) => key.run)).toEqual(['121']);
    const lists = service.asked.filter((path) => path.startsWith('/flows/F/runs?'));
    expect(lists).toEqual(['/flows/F/runs?_limit=50']);
    expect(service.asked).toContain('/flows/F/runs/500');
  });

  it('that are none say so, and no run is taken for vanished', async () => {
    const { at } = await watched([]);
    expect(await at(START)).toMatchObject({ runs: [], emptyReason: 'There are no runs yet.', complete: true });
  });
});
