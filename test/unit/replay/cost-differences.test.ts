import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askCosts, costDifferences, type ToldCosts } from '../../../exporter/src/cli/replay-compare';
import { replayClock } from '../../../exporter/src/cli/replay-clock';
import { readExpected } from '../../../exporter/src/simulation/expected-costs';

const EXPECTED = readExpected(
  'F\t1\ttrain\t2\t0\t1.5\nF\t1\ttrain\t2\t1\t0.000000000001\n\tserving/a\ta-1\tuid\t0\t2\n' +
    '# total\t10\n# idle\t6.499999999999\n',
);
const TOLD: ToldCosts = {
  attempts: new Map([
    ['F/1/train/2 #0', '1.5'],
    ['F/1/train/2 #1', '0.000000000001'],
    ['F/1/_parameters/1 #0', '0'],
    ['F/1/_parameters/3 #0', null],
  ]),
  total: '10',
  idle: '6.499999999999',
  services: '2',
  unattributed: '0',
};

describe('What an exporter says against what is expected', () => {
  it('is the same to the last digit, or it is not', () => {
    expect(costDifferences(EXPECTED, TOLD)).toEqual([]);
    expect(costDifferences(EXPECTED, { ...TOLD, idle: '6.5', services: '1.999999999999' })).toEqual([
      { what: 'services', expected: '2', told: '1.999999999999' },
      { what: 'idle', expected: '6.499999999999', told: '6.5' },
    ]);
  });

  test.each([
    ['an attempt that is missing', new Map([['F/1/train/2 #0', '1.5']]), 'F/1/train/2 #1', null],
    ['an attempt without a known cost', new Map([...TOLD.attempts, ['F/1/train/2 #1', null]]), 'F/1/train/2 #1', null],
    ['an attempt that nobody expects', new Map([...TOLD.attempts, ['F/1/train/9 #0', '0.1']]), 'F/1/train/9 #0', '0.1'],
    [
      'a cost that is off by one',
      new Map([...TOLD.attempts, ['F/1/train/2 #0', '1.500000000001']]),
      'F/1/train/2 #0',
      '1.500000000001',
    ],
  ] as const)('names %s', (_, attempts, what, told) => {
    expect(costDifferences(EXPECTED, { ...TOLD, attempts: new Map(attempts) })).toMatchObject([{ what, told }]);
  });

  it('is asked over the API, page by page, for the recording’s own time', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url!);
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answerTo(request.url!)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const [from, to] = [Date.UTC(2026, 0, 5), Date.UTC(2026, 0, 5, 2)];
    const told = await askCosts({ address, deployment: 'd', expected: EXPECTED, from, to });
    server.close();
    expect(costDifferences(EXPECTED, told)).toEqual([]);
    const window = 'from=2026-01-05T00%3A00%3A00.000Z&to=2026-01-05T02%3A00%3A00.000Z&limit=500';
    expect(asked).toEqual([
      '/api/v1/runs/F/1?deployment=d',
      `/api/v1/idle?${window}`,
      `/api/v1/idle?${window}&cursor=next`,
    ]);
  });
});

/** A run with two attempts, and two pages of one host-hour each. */
function answerTo(url: string): object {
  if (url.startsWith('/api/v1/idle?') && !url.includes('cursor')) {
    const items = [{ host: 'n', cost: '6', workload: '2.500000000001', idle: '3.499999999999', unattributed: '0' }];
    return { items, nextCursor: 'next' };
  }
  if (url.startsWith('/api/v1/idle?')) {
    const items = [{ host: 'n', cost: '4', workload: '1', idle: '3', unattributed: null }];
    return { items, nextCursor: null };
  }
  const attempts = [
    { attempt: 0, cost: '1.5', outcome: 'failed' },
    { attempt: 1, cost: '0.000000000001', outcome: 'succeeded' },
  ];
  return { flow: 'F', steps: [{ step: 'train', tasks: [{ task: '2', attempts }] }] };
}

describe('The clock of a replay', () => {
  const now = Date.UTC(2026, 10, 21, 9, 17, 31, 250);
  const start = '2026-01-05T00:00:00.000Z';
  const io = { clock: { now: () => now, speed: 1 }, env: {} };

  it('is real time as a rule, and the recording begins less than an hour ago, on an hour', () => {
    const { clock, shiftMs } = replayClock(start, undefined, io);
    expect(clock.now()).toBe(now);
    expect(shiftMs % 3_600_000).toBe(0);
    expect(new Date(Date.parse(start) + shiftMs).toISOString()).toBe('2026-11-21T09:00:00.000Z');
  });

  it('starts with the recording and runs as fast as it is told', () => {
    const { clock, shiftMs } = replayClock(start, '60', io);
    expect(shiftMs).toBe(0);
    expect(clock.speed).toBe(60);
    expect(clock.now() - Date.parse(start)).toBeLessThan(3_600_000);
  });

  it('is FLOWLEDGER_CLOCK where that is set, and nothing moves', () => {
    const set = { clock: io.clock, env: { FLOWLEDGER_CLOCK: `${start}@5` } };
    expect(replayClock(start, undefined, set)).toEqual({ clock: io.clock, shiftMs: 0 });
    expect(() => replayClock(start, '5', set)).toThrow('leave --speed out');
  });

  test.each(['0', '-1', 'fast', '1e3', ''])('refuses --speed %s', (speed) => {
    expect(() => replayClock(start, speed, io)).toThrow('is not a number above 0');
  });
});
