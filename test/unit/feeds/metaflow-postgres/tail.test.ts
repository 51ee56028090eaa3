/** The tail of a database that lives. @needs postgresql */
import type { MetaflowFeed, MetaflowPoll } from '../../../../exporter/src/feeds/metaflow/local-feed';
import { FollowedRuns } from '../../../../exporter/src/feeds/metaflow-postgres/followed-runs';
import { PostgresSource } from '../../../../exporter/src/feeds/metaflow-postgres/postgres-source';
import {
  ALL_RUNS,
  METADATA,
  NAMED_RUNS,
  RUNS_SINCE,
  TAIL_COUNTS,
  TAIL_END,
  TASKS,
} from '../../../../exporter/src/feeds/metaflow-postgres/queries';
import { databaseAt } from '../../../../exporter/src/feeds/metaflow-postgres/read-database';
import { type PostgresProcess, runningPostgres } from '../../../support/postgres-process';
import { AFTER, pollAll } from '../metaflow/recording';
import { holdingsOfTable, linesOf, serviceTable } from '../metaflow-service/recorded';
import { loadRecording, makeDatabase, makeReader, postgresFeedOf, urlOf } from './database';
import { endWriters, MINUTE, SECOND, START, Writer } from './writer';

let server: PostgresProcess;
beforeAll(async () => {
  server = await runningPostgres(25_401);
  makeReader(server);
});
afterAll(async () => {
  await endWriters();
  await server.stop();
});

type Live = {
  readonly feed: MetaflowFeed;
  readonly writer: Writer;
  /** One poll, `at` ms after START. */
  readonly poll: (at: number) => Promise<MetaflowPoll>;
};

/** An empty database of its own, a feed that reads it and somebody who writes. */
async function living(name: string): Promise<Live> {
  makeDatabase(server, name);
  const feed = postgresFeedOf(urlOf(server, name), { holdings: [] });
  const poll = (at: number): Promise<MetaflowPoll> => feed.poll({ now: START + at, known: [] });
  return { feed, writer: await Writer.of(server, name), poll };
}

const outcomes = ({ runs }: MetaflowPoll): string[] =>
  runs.map(({ key, outcome, endedAt }) => `${key.run} ${outcome} ${endedAt === null ? '' : endedAt - START}`.trim());

const ends = ({ attempts }: MetaflowPoll): string[] =>
  attempts.map(({ key, end, outcome }) =>
    `${key.run}/${key.task} ${outcome} ${end === null ? '' : end - START}`.trim(),
  );

describe('Run 10 of the recording, its rows written again one by one', () => {
  const told: MetaflowPoll[] = [];
  beforeAll(async () => {
    makeDatabase(server, 'again');
    loadRecording(server, 'again');
    const writer = await Writer.of(server, 'again');
    await writer.sql('CREATE TABLE later AS SELECT * FROM metadata_v3 WHERE run_number = 10');
    await writer.sql('DELETE FROM metadata_v3 WHERE run_number IN (10, 13)');
    await writer.sql('DELETE FROM runs_v3 WHERE run_number = 13');
    const { rows } = await writer.client.query<{ id: string; ts_epoch: string }>(
      "SELECT id, ts_epoch FROM later WHERE step_name <> '_parameters' ORDER BY id",
    );
    await writer.sql("INSERT INTO metadata_v3 SELECT * FROM later WHERE step_name = '_parameters'");
    const feed = postgresFeedOf(urlOf(server, 'again'), { holdings: holdingsOfTable() });
    told.push(await pollAll(feed, 1_795_233_760_000));
    for (const { id, ts_epoch: at } of rows) {
      await writer.sql('INSERT INTO metadata_v3 SELECT * FROM later WHERE id = $1', [id]);
      told.push(await feed.poll({ now: Number(at), known: [] }));
    }
    told.push(await feed.poll({ now: AFTER, known: [] }));
  });
  const ofRun10 = (): MetaflowPoll[] => told.filter(({ runs }) => runs.some(({ key }) => key.run === '10'));

  it('shows the run open until its last step has succeeded, then closed', () => {
    const seen = ofRun10().map(({ runs }) => {
      const { outcome, endedAt } = runs.find(({ key }) => key.run === '10')!;
      return `${outcome} ${endedAt}`;
    });
    expect([...new Set(seen)]).toEqual(['running null', 'succeeded 1795233774000']);
    expect(seen.filter((one) => one === 'running null').length).toBeGreaterThan(10);
  });

  it('grows: attempts are added, and an end stands once it is told', () => {
    const known = new Map<string, number>();
    let count = 0;
    for (const { attempts } of ofRun10()) {
      const own = attempts.filter(({ key }) => key.run === '10');
      expect(own.length).toBeGreaterThanOrEqual(count);
      count = own.length;
      for (const { key, end } of own) {
        expect(known.get(key.task) ?? end).toBe(end);
        if (end !== null) known.set(key.task, end);
      }
    }
    expect(count).toBe(8);
  });

  it('ends with the attempts of the table', () => {
    const last = ofRun10().pop()!;
    const rows = serviceTable().filter(({ run }) => run === '10');
    const wanted = rows.map((row) => `${row.step} ${row.task} ${row.attempt} ${row.start_ms} ${row.end_ms}`);
    const found = linesOf(last).map((line) => line.split(' ').slice(2, 7).join(' '));
    expect(found.sort()).toEqual(wanted.sort());
  });
});

describe('Rows that become visible late', () => {
  it('are not lost where a transaction commits after 5000 later ids were read', async () => {
    const { writer, poll } = await living('late_ids');
    const slow = await Writer.of(server, 'late_ids');
    await writer.run(1);
    await writer.row({ run: 1, task: 1, field: 'attempt', value: '0', at: 0 });
    await poll(SECOND);
    await slow.sql('BEGIN');
    await slow.row({ run: 1, task: 1, field: 'attempt_ok', value: 'False', at: 2 * SECOND });
    await writer.idleRows(1, 2500);
    await poll(3 * SECOND);
    await writer.idleRows(1, 2500);
    for (let at = 4; at < 8; at++) expect(ends(await poll(at * SECOND))).toEqual([]);
    await slow.sql('COMMIT');
    expect(ends(await poll(9 * SECOND))).toEqual(['1/1 failed 2000']);
  });

  it('open a run again that had failed, in the very next poll', async () => {
    const { writer, poll } = await living('late_rows');
    await writer.run(1);
    await writer.row({ run: 1, task: 1, field: 'attempt', value: '0', at: 0 });
    await writer.row({ run: 1, task: 1, field: 'attempt_ok', value: 'False', at: SECOND });
    await writer.beat(1, { at: SECOND });
    expect(outcomes(await poll(90 * MINUTE))).toEqual(['1 failed 1000']);
    expect(outcomes(await poll(91 * MINUTE))).toEqual([]);
    await writer.row({ run: 1, task: 2, field: 'attempt', value: '0', at: 91 * MINUTE, step: 'end' });
    await writer.row({ run: 1, task: 2, field: 'attempt_ok', value: 'True', at: 92 * MINUTE, step: 'end' });
    expect(outcomes(await poll(93 * MINUTE))).toEqual([`1 succeeded ${92 * MINUTE}`]);
  });

  it('are found where they are taken away again', async () => {
    const { writer, poll } = await living('gone_rows');
    await writer.run(1);
    await writer.row({ run: 1, task: 1, field: 'attempt', value: '0', at: 0 });
    await writer.row({ run: 1, task: 2, field: 'attempt', value: '0', at: 0 });
    for (let at = 1; at < 4; at++) await poll(at * SECOND);
    await writer.sql('DELETE FROM metadata_v3 WHERE task_id = 2');
    expect(ends(await poll(5 * SECOND))).toEqual(['1/1 running']);
  });
});

describe('A run that is older than the newest ones', () => {
  it('lives by its heartbeat, is closed by silence, and opens again when its heartbeat comes back', async () => {
    const { writer, poll } = await living('beats');
    await writer.run(1);
    await writer.row({ run: 1, task: 1, field: 'attempt', value: '0', at: 0 });
    await writer.beat(1, { at: SECOND, task: 1 });
    expect(outcomes(await poll(2 * SECOND))).toEqual(['1 running']);
    await writer.run(2, 30 * MINUTE);
    await writer.row({ run: 2, task: 2, field: 'attempt', value: '0', at: 30 * MINUTE });
    await writer.row({ run: 2, task: 2, field: 'attempt_ok', value: 'True', at: 31 * MINUTE });
    await writer.beat(1, { at: 31 * MINUTE, task: 1 });
    const second = await poll(32 * MINUTE);
    expect(second.attempts.filter(({ key }) => key.run === '1')).toEqual([]);
    await writer.beat(1, { at: 33 * MINUTE, task: 1 });
    await poll(34 * MINUTE);
    const silent = await poll(44 * MINUTE);
    expect(ends(silent)).toContain(`1/1 lost ${33 * MINUTE}`);
    await writer.beat(1, { at: 45 * MINUTE, task: 1 });
    expect(ends(await poll(46 * MINUTE))).toContain('1/1 running');
  });

  it('is closed where it is deleted, with an issue', async () => {
    const { writer, poll } = await living('deleted');
    for (const run of [1, 2]) {
      await writer.run(run, run * MINUTE);
      await writer.row({ run, task: run, field: 'attempt', value: '0', at: run * MINUTE });
      await writer.beat(run, { at: 3 * MINUTE });
    }
    await poll(3 * MINUTE);
    await writer.sql('DELETE FROM metadata_v3 WHERE run_number = 1');
    await writer.sql('DELETE FROM runs_v3 WHERE run_number = 1');
    const { issues } = await poll(4 * MINUTE);
    expect(issues.map(({ file }) => file)).toContain('runs_v3 (F/1)');
    await writer.beat(2, { at: 14 * MINUTE });
    expect(outcomes(await poll(14 * MINUTE))).toEqual([`1 lost ${3 * MINUTE}`]);
  });
});

describe('A database that starts anew under the same name', () => {
  it('is read anew', async () => {
    const { writer, poll } = await living('anew');
    await writer.run(1);
    await writer.row({ run: 1, task: 1, field: 'attempt', value: '0', at: 0 });
    await writer.idleRows(1, 100);
    await poll(SECOND);
    await poll(2 * SECOND);
    await writer.sql('TRUNCATE runs_v3, metadata_v3 RESTART IDENTITY');
    await writer.run(1);
    await writer.row({ run: 1, task: 9, field: 'attempt', value: '0', at: 3 * SECOND });
    expect(ends(await poll(4 * SECOND))).toEqual(['1/9 running']);
  });
});

describe('What a look costs', () => {
  it('is two questions about the tail, two about runs and none about rows, while nothing happens', async () => {
    const { writer } = await living('idle');
    await writer.run(1);
    await writer.row({ run: 1, task: 1, field: 'attempt', value: '0', at: 0 });
    await writer.beat(1, { at: 0, task: 1 });
    const asked: string[] = [];
    const ask = databaseAt({ url: urlOf(server, 'idle'), passwordFile: null, timeoutMs: 10_000 });
    const followed = new FollowedRuns();
    const source = new PostgresSource({
      read: (work) => ask((query) => work((text, values) => (asked.push(text), query(text, values)))),
      feed: 'metadata',
      followed,
      onLateRows: () => undefined,
    });
    const name = { flow: 'F', run: '1' };
    followed.note([{ key: { deployment: 'prod', ...name }, outcome: 'running' }]);
    const look = async (since: number | null): Promise<string[]> => {
      asked.length = 0;
      await source.runs(since);
      await source.details(name);
      return [...asked];
    };
    const calm = [TAIL_END, TAIL_COUNTS, RUNS_SINCE, NAMED_RUNS];
    expect(await look(null)).toEqual([TAIL_END, TAIL_COUNTS, ALL_RUNS, METADATA, TASKS]);
    await look(START);
    await new Promise((done) => setTimeout(done, 2100));
    await look(START);
    expect(await look(START)).toEqual(calm);
    await writer.beat(1, { at: 10 * SECOND, task: 1 });
    expect(await look(START)).toEqual([...calm, TASKS]);
    await writer.row({ run: 1, task: 1, field: 'attempt_ok', value: 'True', at: SECOND });
    expect(await look(START)).toEqual([...calm, METADATA]);
  });
});
