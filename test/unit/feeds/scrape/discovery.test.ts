import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTargetFile } from '../../../../exporter/src/feeds/scrape/parse-targets';
import { type ChangingSource, readTargets, type Resolver } from '../../../../exporter/src/feeds/scrape/read-targets';
import type { TargetSource } from '../../../../exporter/src/feeds/scrape/settings';
import { beginStory, endStories, type ScrapeStory, until } from '../../../support/scrape-story';
import { answerMetrics, type ScrapeTarget, serveTarget } from '../../../support/scrape-target';

// Sources are asked again every 5 s (files) and 30 s (DNS) of this clock.
const FAST = { now: () => Date.now(), speed: 200 };
const SETTINGS = { intervalMs: 20_000, timeoutMs: 5000 };

let folder = '';
let a: ScrapeTarget;
let b: ScrapeTarget;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flowledger-targets-'));
  [a, b] = await Promise.all([serveTarget(answerMetrics), serveTarget(answerMetrics)]);
});
afterEach(async () => {
  await endStories();
  await Promise.all([a.kill(), b.kill()]);
  rmSync(folder, { recursive: true });
});

const names = (story: ScrapeStory): string[] => story.pool.health().map(({ feed }) => feed);
const nameOf = (...targets: ScrapeTarget[]): string[] => targets.map(({ port }) => `gpus/127.0.0.1:${port}`);
const upAlone = (story: ScrapeStory, ...targets: ScrapeTarget[]): Promise<void> =>
  until(
    () => {
      const rows = story.pool.health();
      const found = rows.map(({ feed }) => feed).filter((feed) => feed !== 'gpus/discovery');
      return String(found) === String(nameOf(...targets)) && rows.every(({ up }) => up);
    },
    () => story.pool.health(),
  );

describe('Targets of a file', () => {
  const path = (): string => join(folder, 'targets.json');
  const list = (...targets: ScrapeTarget[]): string =>
    JSON.stringify([{ targets: targets.map(({ port }) => `127.0.0.1:${port}`), labels: { node: 'gpu-1' } }]);
  /** As a configuration tool does it: never half a file. */
  const write = (text: string): void => {
    writeFileSync(join(folder, 'next'), text);
    renameSync(join(folder, 'next'), path());
  };
  const begin = (): ScrapeStory =>
    beginStory({ settings: { ...SETTINGS, source: { kind: 'file', path: path() } }, clock: FAST });

  it('come and go with it; a row that is gone leaves nothing behind', async () => {
    write(list(a));
    const story = begin();
    await upAlone(story, a);
    expect(names(story)).toEqual(nameOf(a));
    expect(story.scrapes[0]?.target).toEqual({ url: a.url, host: 'gpu-1' });
    const earlier = story.row(a.port)!.rows.accepted;
    write(list(a, b));
    await upAlone(story, a, b);
    expect(story.row(a.port)!.rows.accepted).toBeGreaterThanOrEqual(earlier);
    write(list(b));
    await upAlone(story, b);
    const asked = a.requests.length;
    const read = story.scrapesOf(b.port);
    await until(() => story.scrapesOf(b.port) >= read + 3);
    expect(a.requests.length).toBeLessThanOrEqual(asked + 1);
    expect(a.connections().open).toBe(0);
  });

  it('stay while it is broken or missing, which a row of its own tells', async () => {
    write(list(a));
    const story = begin();
    await upAlone(story, a);
    for (const damage of [() => write('[{"targets": ['), () => rmSync(path())]) {
      damage();
      await until(() => story.row('discovery')?.outcome === 'failed');
      expect(names(story)).toEqual(['gpus/discovery', ...nameOf(a)]);
      const read = story.scrapesOf(a.port);
      await until(() => story.scrapesOf(a.port) >= read + 2);
      expect(story.row('discovery')).toMatchObject({ up: false, lastSuccess: expect.any(Number) });
      write(list(a));
      await upAlone(story, a);
      const row = { up: true, outcome: 'ok', error: null, lagSeconds: expect.any(Number) };
      expect(story.row('discovery')).toMatchObject(row);
    }
  });

  it('are none before the file is there, and then they are', async () => {
    const story = begin();
    await until(() => story.row('discovery')?.outcome === 'failed');
    expect(story.pool.health()).toMatchObject([
      { feed: 'gpus/discovery', up: false, lastSuccess: null, error: `${path()} cannot be read (ENOENT).` },
    ]);
    write(list(a));
    await upAlone(story, a);
  });

  it('are read through a link, as Kubernetes mounts its volumes', async () => {
    writeFileSync(join(folder, 'data'), list(a));
    symlinkSync(join(folder, 'data'), path());
    await upAlone(begin(), a);
  });

  it('that are no addresses are left out and told; an empty list is told too', async () => {
    write(JSON.stringify([{ targets: [`127.0.0.1:${a.port}`, 'ftp://x', 'me:CANARY@y'] }]));
    const story = begin();
    await until(() => story.row(a.port)?.up === true);
    const error = '2 of the addresses cannot be scraped. The first: "ftp://x" is reached by neither http nor https.';
    expect(story.row('discovery')).toMatchObject({ up: true, outcome: 'ok', error });
    write('[]');
    await until(() => story.pool.health().length === 1);
    expect(story.row('discovery')).toMatchObject({ up: true, outcome: 'empty', error: expect.stringMatching(/none/) });
    write(list(a));
    await upAlone(story, a);
    expect(story.row('discovery')).toMatchObject({ up: true, outcome: 'ok', error: null });
  });

  const YAML = `
- targets: ['gpu-1:9400', 'gpu-2:9400', 'gpu-1:9400']
  labels: { __scheme__: https, __metrics_path__: /gpu, host: rack 7, node: n7, slot: 7 }
- targets: [10.0.0.3:9400]
  labels: { node: n3 }
- targets: [gpu-4]
  labels:
`;

  it('may be YAML, with scheme, path and host as labels', () => {
    expect(parseTargetFile(YAML, 'targets.yml')).toEqual({
      targets: [
        { url: 'https://gpu-1:9400/gpu', host: 'rack 7' },
        { url: 'https://gpu-2:9400/gpu', host: 'rack 7' },
        { url: 'http://10.0.0.3:9400/metrics', host: 'n3' },
        { url: 'http://gpu-4/metrics', host: null },
      ],
      problems: [],
    });
  });

  const bomb = [
    'a: &a [x]',
    ...[...'bcdefghij'].map((key, i) => `${key}: &${key} [${`*${'abcdefghi'[i]},`.repeat(9)}]`),
  ];
  it.each([
    ['', 'targets.yml', /^targets\.yml is no list of \{targets, labels\}: document: /],
    ['{}', 'targets.json', /is no list of \{targets, labels\}: document: /],
    ['[{"target": ["a:1"]}]', 'targets.json', /is no list of \{targets, labels\}: 0\.targets: /],
    ['[{"targets": ["a:1"], "label": {}}]', 'targets.json', /Unrecognized key: "label"/],
    ['[{"targets": [9400]}]', 'targets.json', /: 0\.targets\.0: /],
    ['[{"targets": ["a:1"], "labels": {"a": ["b"]}}]', 'targets.json', /: 0\.labels\.a: /],
    ['[\n{"targets": ["CANARY"}\n]', 'targets.json', /^targets\.json is not valid JSON( at line 2 column \d+)?\.$/],
    ['- targets: [a:1]\n  labels: {x: y', 'targets.yml', /^targets\.yml is not valid YAML at line 2\.$/],
    ['- targets: *nowhere', 'targets.yml', /^targets\.yml is not valid YAML/],
    [bomb.join('\n'), 'targets.yml', /^targets\.yml is not valid YAML: its aliases lead nowhere, or to too much\.$/],
  ])('that are not of this form are refused whole: %p in %s', (text, file, reason) => {
    expect(() => parseTargetFile(text, file)).toThrow(reason);
    expect(() => parseTargetFile(text, file)).not.toThrow('CANARY');
  });
});

describe('Targets of DNS', () => {
  const unresolved = Object.assign(new Error('queryA ENOTFOUND secret.example'), { code: 'ENOTFOUND' });
  const dns = (name: string, record: 'A' | 'AAAA' | 'SRV', port: number | null): ChangingSource => ({
    kind: 'dns',
    name,
    record,
    port,
    scheme: 'http',
    path: '/metrics',
  });

  function begin(source: TargetSource, resolver: Partial<Resolver>): ScrapeStory {
    const silent: Resolver = {
      addresses: () => Promise.reject(unresolved),
      services: () => Promise.reject(unresolved),
    };
    return beginStory({ settings: { ...SETTINGS, source }, clock: FAST, resolver: { ...silent, ...resolver } });
  }

  it('are the hosts and ports of an SRV name, asked again and again; a failure keeps the last', async () => {
    let answer: (() => Promise<{ name: string; port: number }[]>) | null = null;
    const at = (...targets: ScrapeTarget[]) => targets.map(({ port }) => ({ name: '127.0.0.1.', port }));
    answer = async () => at(a);
    const asked: string[] = [];
    const services = async (name: string) => {
      asked.push(name);
      return answer!();
    };
    const story = begin(dns('_metrics._tcp.gpus.example', 'SRV', null), { services });
    await upAlone(story, a);
    answer = async () => at(a, b);
    await upAlone(story, a, b);
    answer = () => Promise.reject(unresolved);
    await until(() => story.row('discovery')?.outcome === 'failed');
    expect(story.row('discovery')).toMatchObject({
      up: false,
      error: 'DNS has no SRV record for _metrics._tcp.gpus.example (ENOTFOUND).',
    });
    expect(names(story)).toEqual(['gpus/discovery', ...nameOf(a, b)]);
    answer = async () => at(b);
    await upAlone(story, b);
    expect(new Set(asked)).toEqual(new Set(['_metrics._tcp.gpus.example']));
  });

  it.each([
    [
      'A',
      4,
      9400,
      ['10.0.0.1', '10.0.0.2', '10.0.0.1'],
      ['http://10.0.0.1:9400/metrics', 'http://10.0.0.2:9400/metrics'],
    ],
    ['AAAA', 6, 9400, ['fd00::1'], ['http://[fd00::1]:9400/metrics']],
    ['A', 4, null, ['10.0.0.1'], ['http://10.0.0.1/metrics']],
  ] as const)(
    'are the addresses of %s records, family %i, at port %p',
    async (record, family, port, found, expected) => {
      const addresses: Resolver['addresses'] = async (_name, asked) => (asked === family ? found : []);
      const { targets } = await readTargets(dns('gpus.example', record, port), {
        addresses,
        services: () => Promise.reject(unresolved),
      });
      expect(targets).toEqual(expected.map((url) => ({ url, host: null })));
    },
  );

  it('are those of the system when nobody else is asked', async () => {
    const source = dns('localhost', 'A', a.port);
    const story = beginStory({ settings: { ...SETTINGS, source }, clock: FAST });
    await upAlone(story, a);
  });
});
