import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseAnswers, printAnswers } from '../../../exporter/src/replay/parse-answers';
import { serviceAnswer } from '../../../exporter/src/replay/service-answers';
import { uiAnswer } from '../../../exporter/src/replay/ui-answers';

const FIXTURES = join(__dirname, '../../fixtures/metaflow');

function textOf(name: string): string {
  const path = join(FIXTURES, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : gunzipSync(readFileSync(`${path}.gz`)).toString('utf8');
}

type Recorded = { path: string; status: number; headers: Record<string, string>; body: string };
const linesOf = <T>(name: string): T[] =>
  textOf(name)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

const service = linesOf<Recorded>('metadata-service.jsonl');
const ui = linesOf<Recorded>('ui-backend.jsonl');
const history = parseAnswers(textOf('metadata-service.jsonl') + textOf('ui-backend.jsonl'));

/** Just after the last recorded row. */
const THEN = 1_795_235_182_000;

function asked(path: string): { path: string; query: URLSearchParams } {
  const [bare = '', query = ''] = path.split('?');
  return { path: bare, query: new URLSearchParams(query) };
}

/** JSON with the rows of a list in one order: without paging the service sends them as they lie in the database. */
function inOneOrder(body: string): unknown {
  const read = JSON.parse(body) as unknown;
  return Array.isArray(read) ? read.map((row) => JSON.stringify(row)).sort() : read;
}

describe('The stand-in for a metadata service', () => {
  const lists = service.filter(
    ({ path, status }) => status === 200 && path.startsWith('/flows') && !path.includes('status='),
  );
  const pages = lists.filter(({ path }) => path.includes('_limit'));

  it('answers every recorded list and object as the service did', () => {
    expect(lists.length).toBeGreaterThan(200);
    for (const { path, body } of lists.filter(({ path: one }) => !one.endsWith('/artifacts'))) {
      expect([path, inOneOrder(serviceAnswer(history, asked(path), THEN).body)]).toEqual([path, inOneOrder(body)]);
    }
  });

  it('cuts pages as the service did: order, limit and cursor', () => {
    expect(pages.length).toBeGreaterThan(50);
    for (const { path, headers, body } of pages) {
      const answer = serviceAnswer(history, asked(path), THEN);
      expect([path, JSON.parse(answer.body)]).toEqual([path, JSON.parse(body)]);
      expect([path, answer.headers['x-limit'], answer.headers['x-next-cursor']]).toEqual([
        path,
        headers['x-limit'],
        headers['x-next-cursor'],
      ]);
    }
  });

  it('fails where the service failed, and says pong', () => {
    const failures = service.filter(({ status }) => status !== 200);
    expect(failures.map(({ status }) => status).sort()).toEqual([400, 400, 404, 500]);
    for (const { path, status, body } of failures) {
      const answer = serviceAnswer(history, asked(path), THEN);
      expect([path, answer.status]).toEqual([path, status]);
      if (status < 500) expect(answer.body).toBe(body);
    }
    for (const { path, body } of service.filter(({ path: one }) => one === '/ping' || one === '/version')) {
      expect(serviceAnswer(history, asked(path), THEN).body).toBe(body);
    }
  });

  it('shows the live recording as it grew, second by second', () => {
    const live = linesOf<{ at: number; answers: Recorded[] }>('metadata-service-live.jsonl');
    let compared = 0;
    for (const { at, answers } of live) {
      for (const { path, body } of answers.filter((one) => one.path.endsWith('/metadata'))) {
        const rows = JSON.parse(serviceAnswer(history, asked(path), at).body) as { id: number; ts_epoch: number }[];
        const seen = JSON.parse(body) as { id: number; ts_epoch: number }[];
        // The recorder noted the time just before it asked, so it may have seen rows of the moment after.
        const late = seen.filter(({ ts_epoch }) => ts_epoch > at).map(({ id }) => id);
        expect(rows.map(({ id }) => id).sort()).toEqual(
          seen
            .map(({ id }) => id)
            .filter((id) => !late.includes(id))
            .sort(),
        );
        compared += rows.length;
      }
    }
    expect(compared).toBeGreaterThan(500);
  });

  it('is written and read again', () => {
    const again = parseAnswers(printAnswers(history));
    const path = '/flows/TrainFlow/runs/10/metadata';
    expect(serviceAnswer(again, asked(path), THEN).body).toBe(serviceAnswer(history, asked(path), THEN).body);
    expect(printAnswers(again)).toBe(printAnswers(history));
    expect(() => parseAnswers('{"path": "/flows"}\n')).toThrow('answers.jsonl:1 is not a recorded answer.');
  });
});

describe('The stand-in for a UI backend', () => {
  const told = ui.filter(({ path, status }) => status === 200 && !['/ping', '/version'].includes(path));
  const dataOf = (body: string): any => JSON.parse(body).data;
  /** It reads when a task ended from an artifact too, which no recording of the service holds. */
  const FREE = ['finished_at', 'duration', 'task_ok', 'task_id', 'last_heartbeat_ts'];
  const fixed = (rows: any[]): string[] =>
    rows
      .map((row) =>
        JSON.stringify(
          Object.entries(row)
            .filter(([key]) => !FREE.includes(key))
            .sort(),
        ),
      )
      .sort();

  it('answers runs, attempts, metadata, parameters and graphs with the columns and values of the real one', () => {
    expect(told.length).toBeGreaterThan(60);
    for (const { path, body } of told.filter(({ path: one }) => !one.includes('/steps'))) {
      const [own, real] = [dataOf(uiAnswer(history, asked(path), THEN).body), dataOf(body)];
      expect([path, Array.isArray(own) ? fixed(own) : fixed([own])]).toEqual([
        path,
        Array.isArray(real) ? fixed(real) : fixed([real]),
      ]);
      const sample = Array.isArray(real) ? [real[0], own[0]] : [real, own];
      expect([path, Object.keys(sample[1]).sort()]).toEqual([path, Object.keys(sample[0]).sort()]);
    }
  });

  it('turns pages as the real one did', () => {
    for (const { path, body } of told.filter(({ path: one }) => one.startsWith('/runs'))) {
      const [own, real] = [JSON.parse(uiAnswer(history, asked(path), THEN).body), JSON.parse(body)];
      expect(own.data.map((row: any) => row.run)).toEqual(real.data.map((row: any) => row.run));
      expect(own.pages).toEqual(real.pages);
    }
  });

  it('mounts the metadata service', () => {
    const path = '/flows/TrainFlow/runs/10';
    expect(uiAnswer(history, asked(`/metadata${path}`), THEN)).toEqual(serviceAnswer(history, asked(path), THEN));
  });
});
