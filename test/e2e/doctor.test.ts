/**
 * What `flowledger doctor` finds, each thing broken in a running system: a simulated cluster behind real HTTP, and the
 * built exporter. What is mended is found no more.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding } from '../../exporter/src/contract/finding';
import { type Breakage, OF_NEW_RUNS, OF_SOURCES, OF_STARTS } from './breakages';
import * as broken from './broken-payloads';
import { type IllSetExporter, startIllSetExporter } from './ill-set-exporter';
import { type Diagnosed, type Document, type LiveStage, startLiveStage, until, writeDocument } from './live-stage';

describe('flowledger doctor, while a running system is broken piece by piece', () => {
  let stage: LiveStage;
  let illSet: IllSetExporter;

  beforeAll(async () => {
    stage = await startLiveStage({
      name: 'doctor',
      world: { endpoint: 'gpu' },
      change: prepare,
      breakFirst: (front) => front('ksm').rewrite(broken.withReplaced(',label_team="search"', '')),
    });
    // Each gives a sign of life every ten seconds, so that there are news often enough to know what is usual.
    for (const gpus of [2, 1, 1, 1, 1]) {
      stage.beginRun(gpus);
      await sleep(1300);
    }
  });

  afterAll(async () => {
    await illSet?.stop();
    await stage?.stop();
  });

  test('finds all well at first, ends with 0, and names the worst delay of an alert', async () => {
    const told = await until('all is well', async () => {
      const found = await stage.doctor();
      return found.findings.every(({ status }) => status === 'ok') && found;
    });
    expect(told.code).toBe(0);
    expect(told.findings.map(({ fix }) => fix)).toEqual(told.findings.map(() => null));
    const scraped = told.findings.find(({ check }) => check === 'scrape_interval');
    expect(scraped?.detail).toMatch(/an alert comes 2\d s after its cause at worst/);
    // What takes a minute to show begins here.
    stage.front(stage.nodes[1]!).rewrite(broken.withoutLines(/\{gpu="7",/));
    illSet = await startIllSetExporter(stage);
  });

  test('scrape_interval: an exporter that nobody scrapes', async () => {
    const [found] = (await illSet.doctor('right')).troubles('scrape_interval');
    expect(found!.detail).toBe('No Prometheus has scraped /metrics twice since the start: no alert can fire.');
    expect(found!.fix).toMatch(/scrape_configs:\n {2}- job_name: flowledger/);
    await illSet.scrapeAfter(0);
  });

  test('a warm endpoint whose team is hidden is listed with what to do, until it is let through', async () => {
    type Holder = { workload: string | null; hasTeam: boolean; likelyFix: string };
    const endpoint = async (): Promise<Holder | undefined> => {
      const { unmatched } = await stage.get<{ unmatched: Holder[] }>('/api/v1/coverage');
      return unmatched.find(({ workload }) => workload?.startsWith('ranker-endpoint'));
    };
    expect(await endpoint()).toMatchObject({ hasTeam: false, likelyFix: expect.stringMatching(/team/) });
    stage.front('ksm').rewrite(null);
    await until('it has a team', async () => (await endpoint())?.hasTeam !== false);
  });

  test.each(OF_NEW_RUNS)('$check: $what', breakAndMend);

  test('budgets: a run, and with it the month of its team, that spends more than it may', async () => {
    const run = stage.beginRun(40);
    const told = await until('both budgets are exceeded', async () => {
      const found = (await stage.doctor()).troubles('budgets');
      return found.length === 2 && found;
    });
    expect(told[0]!.detail).toMatch(
      new RegExp(`^The run AdsSweepFlow/${run} has spent [\\d.]+ of 2.5 USD, its budget\\.$`),
    );
    expect(told[0]!.fix).toContain(`flowledger explain AdsSweepFlow/${run}`);
    expect(told[1]!.detail).toMatch(/^The team ads has spent [\d.]+ of 2.5 USD, its budget of this UTC month\.$/);
  });

  test.each(OF_SOURCES)('$check: $what', breakAndMend);

  test('from here on the Metaflow service tells what it tells now', () => {
    stage.front('ui').rewrite(broken.frozen());
  });

  test('gpu_telemetry: a node of whose GPUs one is seen no more', async () => {
    const [found] = await until(
      'a GPU is dark',
      async () => {
        const told = (await stage.doctor()).troubles('gpu_telemetry');
        return told.length > 0 && told;
      },
      90_000,
    );
    expect(found!.detail).toBe(`GPU telemetry sees 7 of the 8 GPUs of ${stage.nodes[1]}; the rest is unobserved.`);
    stage.front(stage.nodes[1]!).rewrite(null);
    await until('it is seen again', async () => (await stage.doctor()).troubles('gpu_telemetry').length === 0);
  }, 120_000);

  test('feed_stale: a Metaflow service that answers what it answered before', async () => {
    const [found] = await until(
      'the feed is stale',
      async () => {
        const told = (await stage.doctor()).troubles('feed_stale');
        return told.length > 0 && told;
      },
      90_000,
    );
    expect(found).toMatchObject({ status: 'warn', feed: 'generated' });
    expect(found!.detail).toMatch(/^The newest fact of the feed generated is .* old; usually it is /);
    stage.front('ui').rewrite(null);
    await until('it tells again', async () => (await stage.doctor()).troubles('feed_stale').length === 0);
  }, 120_000);

  test.each(OF_STARTS)('$check: $what', breakAndMend);

  test('prices: a node without a price, until its instance type is let through', async () => {
    stage.front('ksm').rewrite(broken.withOwnMachine(stage.nodes[0]!, 'own-machine'));
    const [told, found] = await troubleOf('prices', /^The host own-machine has no price: /);
    expect(told.code).toBe(0);
    expect(found.fix).toMatch(/rate_cards:\n[\s\S]*host: own-machine\n[\s\S]*price_per_hour/);
    stage.front('ksm').rewrite(broken.withTwinOf(stage.nodes[0]!, 'own-machine'));
    await well('prices');
  });

  describe('of an exporter that is set up badly', () => {
    test('server: a token is refused, and none, with 3; the right one is taken', async () => {
      for (const token of [null, 'wrong']) {
        const told = await illSet.doctor(token);
        expect([told.code, told.troubles('server').length]).toEqual([3, 1]);
        expect(told.troubles('server')[0]!.fix).toBe('Show a token: --token-file <file>');
      }
      expect((await illSet.doctor('right')).troubles('server')).toEqual([]);
    });

    test.each<readonly [Finding['check'], RegExp, RegExp]>([
      ['cycle', /^No hour closes: nothing has closed yet\.$/, /Make every feed readable/],
      ['feed_failed', /generated-cluster\/127\.0\.0\.1:\d+ cannot be read: .*It was never read\.$/, /readable/],
      ['gpu_telemetry', /^No GPU telemetry is read: the use of 64 GPUs of 8 hosts is unobserved\.$/, /dcgm:\n/],
      ['series_cap', /^\d+ runs for 1 places in \/metrics/, /max_runs: \d+/],
      ['lost_attempts', /attempts? fell silent, charged up to the last sign of life\.$/, /silence: 48h/],
    ])('%s', async (check, says, fix) => {
      const told = await until(check, async () => {
        const found = await illSet.doctor('right');
        return found.troubles(check).length > 0 && found;
      });
      const [found] = told.troubles(check);
      expect(found!.detail).toMatch(says);
      expect(found!.fix).toMatch(fix);
    });

    test('scrape_interval: somebody scrapes it too seldom for an alert within a minute', async () => {
      await illSet.scrapeAfter(36_000);
      const [seldom] = (await illSet.doctor('right')).troubles('scrape_interval');
      expect(seldom!.detail).toMatch(/^\/metrics is scraped every \d+(\.\d)? s: an alert comes \d+ s after its cause/);
      expect(seldom!.fix).toMatch(/scrape_interval: 5s/);
    });
  });

  test('configuration: faults end with 2, and each is told with its line and its remedy', async () => {
    const file = writeDocument(stage, 'faulty.yaml', 'budgets:\n  - {amount: 0, period: run}\nhosts:\n  - {nam: a}\n');
    const told = await stage.doctor('--config', file);
    expect(told.code).toBe(2);
    const faults = told.troubles('configuration');
    expect(faults.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/faulty\.yaml:2:\d+: budgets\[0\]\.amount/),
      expect.stringMatching(/faulty\.yaml:4:\d+: hosts\[0\]\.name/),
      expect.stringMatching(/faulty\.yaml:4:\d+: hosts\[0\]\.nam: is not a known key\.$/),
    ]);
    expect(faults.every(({ fix }) => fix !== null && fix !== '')).toBe(true);
  });

  test('server: an exporter that is stopped is unreachable, which ends with 4', async () => {
    await stage.end();
    const told = await stage.doctor();
    expect(told.code).toBe(4);
    expect(told.troubles('server')[0]!.detail).toMatch(/^No exporter answers at http:\/\/127\.0\.0\.1:\d+;/);
    expect(told.troubles('server')[0]!.fix).toMatch(/flowledger serve/);
  });

  async function breakAndMend({ check, status, lasts, ...breakage }: Breakage): Promise<void> {
    const ends = { status: status ?? 'warn', fix: expect.stringMatching(breakage.fix) as string };
    try {
      await breakage.break(stage);
      const [told, found] = await troubleOf(check, breakage.says);
      expect(found).toMatchObject(ends);
      expect(told.code).toBe(status === 'fail' ? 3 : 0);
    } finally {
      await breakage.mend(stage);
    }
    if (!lasts) await well(check);
  }

  async function troubleOf(check: Finding['check'], says: RegExp): Promise<[Diagnosed, Finding]> {
    let last: Diagnosed | undefined;
    try {
      return await until(`doctor finds ${check}`, async () => {
        last = await stage.doctor();
        const found = last.troubles(check).find(({ detail }) => says.test(detail));
        return found === undefined ? null : [last, found];
      });
    } catch (cause) {
      throw new Error(`It found ${JSON.stringify(last?.troubles(check))}.`, { cause });
    }
  }

  async function well(check: Finding['check']): Promise<void> {
    let last: Diagnosed | undefined;
    try {
      await until(`${check} is well again`, async () => {
        last = await stage.doctor();
        return last.troubles(check).length === 0;
      });
    } catch (cause) {
      throw new Error(`It still finds ${JSON.stringify(last?.troubles(check))}.`, { cause });
    }
  }
});

/** One target is told apart by what it says itself; budgets stand where a run of three GPUs does not reach. */
function prepare(document: Document): void {
  delete document['feeds'].dcgm[0].targets[0].host;
  document['budgets'] = [
    { flow: 'AdsSweepFlow', amount: 2.5, period: 'run' },
    { team: 'ads', amount: 2.5, period: 'month' },
  ];
}
