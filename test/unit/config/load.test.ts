import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, loadConfig, printFault } from '../../../exporter/src/config';
import { DEFAULT_DIMENSION_RULES } from '../../../exporter/src/ledger/dimensions';

/** The configuration of a text; fails with its faults where it has any. */
function configOf(text: string, env: { [name: string]: string } = {}): Config {
  const { config, faults } = loadConfig({ text, env, folder: '/etc/flowledger' });
  expect(faults.map(printFault)).toEqual([]);
  return config!;
}

describe('an empty configuration', () => {
  test.each(['', '# nothing\n', 'hosts:\nfeeds:\nledger:\ndimensions:\n'])('%j is all defaults', (text) => {
    expect(configOf(text)).toEqual({
      ledger: { currency: 'USD' },
      server: { listen: { host: '127.0.0.1', port: 9715 }, tokensFile: null, webConfig: null },
      store: { url: 'chdb:/etc/flowledger/data' },
      cycles: { liveMs: 5000, closeDelayMs: 600_000 },
      feeds: { metaflow: [], kubernetes: [], dcgm: [] },
      budgets: [],
      rateCards: [],
      discounts: [],
      hosts: [],
      holdings: [],
      dimensions: DEFAULT_DIMENSION_RULES,
      splitPolicy: 'gpu-first',
      metrics: { maxRuns: 5000, finishedTtlMs: 864_000_000 },
    });
  });
});

describe('amounts', () => {
  // prettier-ignore
  test.each([
    // as written                      digits                       scale
    ['0.1',                            1n,                          1],
    ['"0.1"',                          1n,                          1],
    ['1e-7',                           1n,                          7],
    ['32.00',                          3200n,                       2],
    ['0.30000000000000004',            30000000000000004n,          17],
    ['123456789012.123456789012',      123456789012123456789012n,   12],
    ['12345678901234567890',           12345678901234567890n,       0],
    ['0',                              0n,                          0],
  ])('%s is read as it is written', (written, digits, scale) => {
    const card = `rate_cards: [{name: c, applies_to: {host: h}, price_per_hour: ${written}}]`;
    const [read] = configOf(`hosts: [{name: h, gpus: 8}]\n${card}`).rateCards;
    expect(read?.terms).toEqual({ kind: 'per_hour', perHour: { digits, scale } });
  });
});

describe('durations and instants', () => {
  // prettier-ignore
  test.each([
    ['250ms', 250],
    ['5s',    5000],
    ['10m',   600_000],
    ['1h',    3_600_000],
  ])('%s is %i ms', (written, milliseconds) => {
    expect(configOf(`cycles: {live: ${written}}`).cycles.liveMs).toBe(milliseconds);
  });

  // prettier-ignore
  test.each([
    ['2026-01-31',                '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T12:00Z',         '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00.5Z',    '2026-01-31T12:00:00.500Z'],
    ['2026-01-31T12:00:00+02:00', '2026-01-31T10:00:00.000Z'],
  ])('%s is %s', (written, iso) => {
    const [host] = configOf(`hosts: [{name: h, gpus: 1, from: "${written}"}]`).hosts;
    expect(new Date(host!.from!).toISOString()).toBe(iso);
  });

  test.each(['2026-01-31T12:00:00', '31.01.2026', '2026-13-01', '2026-01-31T25:00Z', 'now'])(
    '%s is refused',
    (written) => {
      expect(loadConfig({ text: `hosts: [{name: h, gpus: 1, from: "${written}"}]`, env: {} }).faults).toHaveLength(1);
    },
  );
});

describe('a host', () => {
  test('is read with exact quantities', () => {
    const [host] = configOf('hosts: [{name: h, gpus: 0.125, vcpu: 1.5, memory_gib: 0.5}]').hosts;
    expect(host).toMatchObject({ gpus: 125_000_000n, vcpus: 1500n, memory: 536_870_912n });
  });

  test('takes GPUs, model and provider from its instance type', () => {
    const [host] = configOf('hosts: [{name: h, instance_type: p3.8xlarge, region: us-east-1}]').hosts;
    expect(host).toMatchObject({ provider: 'aws', gpus: 4_000_000_000n, gpuModel: 'NVIDIA V100', vcpus: null });
  });
});

describe('live feeds and budgets', () => {
  test('are read with their defaults', () => {
    const { feeds, budgets } = configOf(`
feeds:
  metaflow: [{name: prod, type: service, url: "http://metaflow:8080/api/"}]
  kubernetes: [{name: k, targets: ["ksm:8080"]}]
  dcgm:
    - {name: g, targets: ["node-1:9400", {url: "https://node-2/m", host: node-2}], interval: 2s, aliases: [
        {name: X_KJ, quantity: energy, scale: 1000}]}
budgets: [{team: vision, amount: 0.1, period: month}]
`);
    const common = { deployment: 'prod', pollMs: 5000, host: null, silenceMs: 600_000 };
    expect(feeds.metaflow).toEqual([
      {
        name: 'prod',
        type: 'service',
        ...common,
        url: 'http://metaflow:8080/api',
        headersFile: null,
        timeoutMs: 10_000,
      },
    ]);
    const scrape = {
      bodyLimitBytes: 10_485_760,
      sampleLimit: 50_000,
      tls: null,
      basicAuth: null,
      bearerTokenFile: null,
    };
    const ksm = { kind: 'static', targets: [{ url: 'http://ksm:8080/metrics', host: null }] };
    expect(feeds.kubernetes).toEqual([
      {
        name: 'k',
        type: 'kube-state-metrics',
        deployment: 'prod',
        scrape: {
          source: ksm,
          intervalMs: 15_000,
          timeoutMs: 5000,
          ...scrape,
          bodyLimitBytes: 67_108_864,
          sampleLimit: 1_000_000,
        },
      },
    ]);
    const nodes = [
      { url: 'http://node-1:9400/metrics', host: null },
      { url: 'https://node-2/m', host: 'node-2' },
    ];
    expect(feeds.dcgm).toEqual([
      {
        name: 'g',
        honorLabels: false,
        aliases: [{ name: 'X_KJ', quantity: 'energy', scale: 1000 }],
        scrape: { source: { kind: 'static', targets: nodes }, intervalMs: 2000, timeoutMs: 1600, ...scrape },
      },
    ]);
    expect(budgets).toEqual([
      { flow: null, team: 'vision', experiment: null, amount: 100_000_000_000n, period: 'month' },
    ]);
  });

  test('leave cards and holdings alone that name nodes to come', () => {
    const { rateCards } = configOf(`
feeds: {metaflow: [{name: prod}], kubernetes: [{name: k, targets: ["ksm:8080"]}]}
rate_cards: [{name: h100, applies_to: {gpu_model: NVIDIA H100}, price_per_gpu_hour: 2}]
holdings: [{flow: F, host: node-7, gpus: 1}]
`);
    expect(rateCards).toHaveLength(1);
  });
});

describe('feeds, holdings and dimensions', () => {
  test('are read with their defaults', () => {
    const config = configOf(`
hosts: [{name: h, gpus: 8}]
feeds: {metaflow: [{name: mine, path: ../.metaflow, host: h, silence: 2h}]}
holdings: [{flow: F, gpus: 4}, {flow: G, step: train, host: h, gpus: 0.5}]
dimensions:
  team:
    - tag: squad
    - system_tag: project
      map: {ranking: search}
    - user: {alice: vision}
    - config: train.owner
  experiment: []
`);
    expect(config.feeds.metaflow).toEqual([
      {
        name: 'mine',
        deployment: 'mine',
        type: 'local',
        path: '/etc/.metaflow',
        pollMs: 5000,
        host: 'h',
        silenceMs: 7_200_000,
      },
    ]);
    expect(config.holdings).toEqual([
      { flow: 'F', step: null, host: null, gpus: 4_000_000_000n },
      { flow: 'G', step: 'train', host: 'h', gpus: 500_000_000n },
    ]);
    expect(config.dimensions).toEqual({
      ...DEFAULT_DIMENSION_RULES,
      team: [
        { from: 'tag', name: 'squad', map: null },
        { from: 'system_tag', name: 'project', map: { ranking: 'search' } },
        { from: 'user', map: { alice: 'vision' } },
        { from: 'config', path: ['train', 'owner'], map: null },
      ],
      experiment: [],
    });
  });
});

describe('a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowledger-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('gives its folder to relative paths, and its name to faults', () => {
    writeFileSync(join(folder, 'tokens.yaml'), '');
    writeFileSync(
      join(folder, 'good.yaml'),
      'server: {listen: "0.0.0.0:80", tokens_file: tokens.yaml}\nstore: {url: "chdb:../ledger"}',
    );
    const { config } = loadConfig({ path: join(folder, 'good.yaml'), env: {} });
    expect(config?.server).toEqual({
      listen: { host: '0.0.0.0', port: 80 },
      tokensFile: join(folder, 'tokens.yaml'),
      webConfig: null,
    });
    expect(config?.store.url).toBe(`chdb:${join(folder, '../ledger')}`);
    writeFileSync(join(folder, 'bad.yaml'), 'hots: []');
    const [fault] = loadConfig({ path: join(folder, 'bad.yaml'), env: {} }).faults;
    expect(fault).toMatchObject({ file: join(folder, 'bad.yaml'), line: 1, column: 1, field: 'hots' });
  });

  test('takes secrets from the environment and merges anchors', () => {
    const text = `
store: {url: "http://u:\${PASSWORD}@ch:8123"}
hosts:
  - &first {name: a, gpus: 8, pool: p}
  - {<<: *first, name: b}
`;
    const config = configOf(text, { PASSWORD: 's3cret' });
    expect(config.store.url).toBe('http://u:s3cret@ch:8123');
    expect(config.hosts.map(({ name, pool, gpus }) => [name, pool, gpus])).toEqual([
      ['a', 'p', 8_000_000_000n],
      ['b', 'p', 8_000_000_000n],
    ]);
  });
});
