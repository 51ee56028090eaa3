import { gzipSync } from 'node:zlib';
import type { ServerResponse } from 'node:http';
import type { MetaflowFeed, MetaflowPoll } from '../../../../exporter/src/feeds/metaflow/local-feed';
import type { Interception, RecordedService } from '../../../support/recorded-service';
import { answersOf, attempt, HOUR, type MadeRun, MINUTE, ok, SECOND, START } from './made-service';
import { linesOf, serviceFeedOf, serving, stopServices } from './recorded';

afterAll(stopServices);

const NOW = START + 2 * HOUR;
const done: MadeRun = { run: 1, rows: attempt('end/1', [0, 60_000]), beat: 60_000 };
const other: MadeRun = { run: 2, at: SECOND, rows: attempt('end/2', [SECOND, 90_000]), beat: 90_000 };

async function feedOf(
  runs: readonly MadeRun[],
  options: Parameters<typeof serviceFeedOf>[1] = {},
): Promise<{ feed: MetaflowFeed; service: RecordedService; poll: (now?: number) => Promise<MetaflowPoll> }> {
  const service = await serving({ kind: 'service', answers: answersOf(runs) });
  const feed = serviceFeedOf(service.url, options);
  return { feed, service, poll: (now = NOW) => feed.poll({ now, known: [] }) };
}

const answerWith =
  (status: number, { body = '', headers = {} }: { body?: string | Buffer; headers?: object } = {}) =>
  (response: ServerResponse): boolean => {
    response.writeHead(status, { ...headers }).end(body);
    return true;
  };

const only =
  (part: string, answer: (response: ServerResponse) => boolean): Interception =>
  (request, response) =>
    (request.url ?? '').includes(part) && answer(response);

const twice = (text: string): string => JSON.stringify(JSON.stringify({ message: text }));

describe('A service that cannot be read', () => {
  const WAYS: [string, (response: ServerResponse) => boolean, RegExp][] = [
    ['500', answerWith(500), /\/flows\/F\/runs\/1\/metadata answers HTTP 500\.$/],
    ['500, its error encoded twice', answerWith(500, { body: twice('deadlock') }), /answers HTTP 500: deadlock\.$/],
    ['500, a trace', answerWith(500, { body: '{"traceback": "at x", "detail": "boom"}' }), /HTTP 500: boom\.$/],
    ['502, a web page', answerWith(502, { body: '<html>Bad gateway</html>' }), /HTTP 502\.$/],
    ['429', answerWith(429), /HTTP 429\.$/],
    ['401', answerWith(401), /refuses us \(HTTP 401\): look at headers_file/],
    ['302 to a login page', answerWith(302, { headers: { location: '/login' } }), /redirects \(HTTP 302\)/],
    ['200, a web page', answerWith(200, { body: '<!doctype html>' }), /a web page instead of JSON/],
    ['200, half an answer', answerWith(200, { body: '[{"flow_id": "F"' }), /not JSON \(line 1, column 17/],
    ['200, nothing', answerWith(200), /not JSON/],
    ['200, a map', answerWith(200, { body: '{}' }), /no list/],
    ['200, damaged gzip', answerWith(200, { body: 'x', headers: { 'content-encoding': 'gzip' } }), /damaged gzip/],
    ['200, brotli', answerWith(200, { body: 'x', headers: { 'content-encoding': 'br' } }), /not asked for/],
  ];

  it.each(WAYS)('fails the poll and tells nothing: %s', async (_way, answer, message) => {
    const { poll, service } = await feedOf([done, other]);
    service.intercept(only('/runs/1/metadata', answer));
    await expect(poll()).rejects.toThrow(message);
    service.intercept(null);
    const { runs, attempts } = await poll();
    expect([runs.length, attempts.length]).toEqual([2, 2]);
  });

  it('fails the poll where it does not answer in time', async () => {
    const { poll, service } = await feedOf([done], { timeoutMs: 50 });
    service.intercept(() => true);
    await expect(poll()).rejects.toThrow(/\/flows did not answer within 0\.05 s\.$/);
  });

  it('fails the poll where nobody listens', async () => {
    const { poll, service } = await feedOf([done]);
    await service.stop();
    await expect(poll()).rejects.toThrow(/\/flows does not answer \(ECONNREFUSED\)\.$/);
  });

  it('keeps what was told when a run was open, and goes on where it left off', async () => {
    const open: MadeRun = { run: 1, rows: attempt('train/1', [0]), beat: 60_000 };
    const { poll, service } = await feedOf([open]);
    expect((await poll(START + MINUTE)).runs[0]!.outcome).toBe('running');
    service.intercept((_request, response) => answerWith(503)(response));
    await expect(poll(START + 2 * MINUTE)).rejects.toThrow('503');
    service.intercept(null);
    service.serve(
      answersOf([{ ...open, rows: [...attempt('train/1', [0, 80_000]), ...attempt('end/2', [81_000, 90_000])] }]),
    );
    const { runs } = await poll(START + 3 * MINUTE);
    expect(runs.map(({ outcome, endedAt }) => [outcome, endedAt])).toEqual([['succeeded', START + 90_000]]);
  });

  it.each([500, 429])('asks again after a %d that passes, and after a broken connection', async (status) => {
    const { poll, service } = await feedOf([done]);
    let failures = 0;
    service.intercept((request, response) => {
      failures += 1;
      if (failures === 1) return answerWith(status)(response);
      if (failures === 2) request.socket.destroy();
      return failures === 2;
    });
    expect((await poll()).runs).toHaveLength(1);
  });
});

describe('Lists that never end', () => {
  it('fails where a cursor comes back', async () => {
    const { poll, service } = await feedOf([done]);
    const headers = { 'x-limit': '500', 'x-next-cursor': 'again' };
    service.intercept(only('/runs/1/metadata', answerWith(200, { body: '[]', headers })));
    await expect(poll()).rejects.toThrow('The pages of /flows/F/runs/1/metadata never end.');
  });

  it('reads a list whole where somebody drops the headers of its pages', async () => {
    const rows = Array.from({ length: 600 }, (_, index) => attempt(`train/${index}`, [index, index + 1]));
    const { poll, service } = await feedOf([{ run: 1, rows: rows.flat() }]);
    const whole = answersOf([{ run: 1, rows: rows.flat() }]).find(({ path }) => path.endsWith('/metadata'))!;
    service.intercept((request, response) => {
      if (!request.url!.includes('/metadata')) return false;
      const all = JSON.parse(whole.body) as unknown[];
      const limit = Number(new URL(request.url!, service.url).searchParams.get('_limit') ?? all.length);
      return answerWith(200, { body: JSON.stringify(all.slice(0, limit)) })(response);
    });
    expect((await poll()).attempts).toHaveLength(600);
  });
});

describe('Answers of more than 10 MB', () => {
  const large = `[${' '.repeat(11 * 1_048_576)}]`;
  const zipped = gzipSync(large);

  it.each([
    ['as they are', answerWith(200, { body: large })],
    ['after unpacking', answerWith(200, { body: zipped, headers: { 'content-encoding': 'gzip' } })],
  ])('are an issue of their run alone, %s', async (_how, answer) => {
    const { poll, service } = await feedOf([done, other]);
    service.intercept(only('/runs/1/metadata', answer));
    const { runs, issues } = await poll();
    expect(runs.map(({ key }) => key.run)).toEqual(['2']);
    const about = issues.filter(({ file }) => file === '/flows/F/runs/1/metadata');
    expect(about).toMatchObject([
      { code: 'unreadable_file', reason: expect.stringContaining('more than 10485760') as string },
    ]);
  });

  it('fail the poll where they are the list of runs itself', async () => {
    const { poll, service } = await feedOf([done]);
    service.intercept(only('/flows?', answerWith(200, { body: large })));
    await expect(poll()).rejects.toThrow('/flows answers with more than 10485760 bytes');
  });

  it('reads gzip, which it asks for', async () => {
    const { poll, service } = await feedOf([done]);
    const rows = answersOf([done]).find(({ path }) => path.endsWith('/metadata'))!.body;
    const asked: unknown[] = [];
    service.intercept((request, response) => {
      asked.push(request.headers['accept-encoding']);
      const answer = answerWith(200, { body: gzipSync(rows), headers: { 'content-encoding': 'gzip' } });
      return request.url!.includes('/metadata') && answer(response);
    });
    expect(linesOf(await poll())).toHaveLength(1);
    expect(new Set(asked)).toEqual(new Set(['gzip']));
  });
});

describe('A run that always fails while others can be read', () => {
  it('fails three polls, then is an issue, and the others go on', async () => {
    const { poll, service } = await feedOf([done, other]);
    service.intercept(only('/runs/1/metadata', answerWith(500, { body: twice('bad row') })));
    for (let polls = 0; polls < 3; polls++) await expect(poll()).rejects.toThrow('HTTP 500');
    const { runs, issues } = await poll();
    expect(runs.map(({ key }) => key.run)).toEqual(['2']);
    expect(issues.map(({ file, code }) => `${code} ${file}`)).toContain('unreadable_file /flows/F/runs/1/metadata');
    service.intercept(null);
    expect((await poll()).runs.map(({ key }) => key.run)).toEqual(['1']);
  });

  it('keeps failing the poll where no run can be read', async () => {
    const { poll, service } = await feedOf([done, other]);
    service.intercept(only('/metadata', answerWith(500)));
    for (let polls = 0; polls < 8; polls++) await expect(poll()).rejects.toThrow('HTTP 500');
  });
});

describe('An old gateway that answers 404', () => {
  it('with a web page does not make a run deleted', async () => {
    const open: MadeRun = { run: 1, rows: attempt('train/1', [0]), beat: 60_000 };
    const { poll, service } = await feedOf([open, { ...other, flow: 'G' }]);
    await poll(START + MINUTE);
    service.serve([...answersOf([{ ...other, flow: 'G' }]), ok('/flows/F/runs', [])]);
    service.intercept(only('/flows/F/runs/1', answerWith(404, { body: '<html>' })));
    await expect(poll(START + 2 * MINUTE)).rejects.toThrow('a web page instead of JSON');
  });
});
