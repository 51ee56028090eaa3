import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DiscoveredHost } from '../../../../exporter/src/facts/host';
import { FeedError } from '../../../../exporter/src/feeds/feed';
import type { ClusterBatch } from '../../../../exporter/src/feeds/kubernetes/cluster-batch';
import { createKubernetesFeed } from '../../../../exporter/src/feeds/kubernetes/read-kubernetes-feed';
import type { ScrapeVerdict } from '../../../../exporter/src/feeds/scrape/pool';
import type { createScrapePool } from '../../../../exporter/src/feeds/scrape/read-pool';
import type { ScrapeSettings } from '../../../../exporter/src/feeds/scrape/settings';
import { aHost } from '../../../support/store-facts';
import { exposed, type MadePod, MORNING } from './made-cluster';

const URLS = ['http://ksm-0:8080/metrics', 'http://ksm-1:8080/metrics'] as const;
const [A, B] = URLS;
const C = 'http://ksm-2:8080/metrics';

const settings = (urls: readonly string[]): ScrapeSettings => ({
  source: { kind: 'static', targets: urls.map((url) => ({ url, host: null })) },
  intervalMs: 30_000,
  timeoutMs: 10_000,
  bodyLimitBytes: 1_000_000,
  sampleLimit: 10_000,
  tls: null,
  basicAuth: null,
  bearerTokenFile: null,
});

/** A feed whose scrapes are handed to it: `scrape(url, second, body)`, and which targets are listed. */
function handFed(
  urls: readonly string[] = URLS,
  stored: { readonly known?: readonly DiscoveredHost[]; readonly knownUntil?: number } = {},
): {
  take: () => ClusterBatch;
  scrape: (url: string, second: number, body: string) => ScrapeVerdict;
  list: (listed: readonly string[]) => void;
} {
  let rows = urls.map(rowOf);
  let onScrape: Parameters<typeof createScrapePool>[0]['onScrape'] | undefined;
  const feed = createKubernetesFeed({
    name: 'k8s',
    settings: settings(urls),
    clock: { now: () => MORNING, speed: 1 },
    ...stored,
    scrapePool: (options) => {
      onScrape = options.onScrape;
      const health = (): any[] => rows.map((row) => ({ feed: row }));
      return { start: () => undefined, health, stop: async () => undefined };
    },
  });
  return {
    take: () => feed.take(),
    list: (listed) => (rows = listed.map(rowOf)),
    scrape: (url, second, body) =>
      onScrape!({
        target: { url, host: null },
        body,
        contentType: 'text/plain; version=0.0.4',
        receivedAt: MORNING + second * 1000,
        targetClock: null,
      }),
  };
}

const rowOf = (url: string): string => `k8s/${new URL(url).host}`;
const pod = (name: string, more: Partial<MadePod> = {}): MadePod => ({ name, node: 'n', start: MORNING, ...more });
const page = (...names: string[]): string => exposed({ pods: names.map((name) => pod(name)), nodes: [{ name: 'n' }] });
const namesIn = ({ pods }: ClusterBatch): string[] => pods.map(({ ref }) => ref.name).sort();
const seconds = ({ readAt }: ClusterBatch): number | null => (readAt === null ? null : (readAt - MORNING) / 1000);

describe('The feed of a cluster', () => {
  it('knows nothing before its first scrape', () => {
    expect(handFed().take()).toEqual({ cluster: 'k8s', readAt: null, pods: [], hosts: [], issues: [] });
  });

  it('hands over all that it knows once every target was read, then what changed', () => {
    const feed = handFed();
    feed.scrape(A, 0, page('a'));
    const early = feed.take();
    expect([namesIn(early), seconds(early)]).toEqual([['a'], null]);
    feed.scrape(B, 5, page('b'));
    const whole = feed.take();
    expect([namesIn(whole), seconds(whole), whole.hosts.map(({ name }) => name)]).toEqual([['a', 'b'], 0, ['n']]);
    feed.scrape(A, 30, page('a', 'c'));
    const later = feed.take();
    expect([namesIn(later), seconds(later), later.hosts]).toEqual([['c'], 5, []]);
    expect(namesIn(feed.take())).toEqual([]);
  });

  it('is known as far as its slowest target', () => {
    const feed = handFed();
    const known = [
      [A, 0],
      [B, 2],
      [A, 30],
      [A, 60],
      [B, 62],
    ].map(([url, second]) => {
      feed.scrape(url as string, second as number, page());
      return seconds(feed.take());
    });
    expect(known).toEqual([null, 0, 2, 2, 60]);
  });

  it('goes on when a target comes under a new address: what it had stays until the new one was read', () => {
    const feed = handFed();
    feed.scrape(A, 0, page('a'));
    feed.scrape(B, 0, page('b', 'ended'));
    feed.take();
    feed.list([A, C]);
    for (const second of [30, 60, 90]) feed.scrape(A, second, page('a'));
    const between = feed.take();
    expect([namesIn(between), seconds(between)]).toEqual([[], 0]);
    feed.scrape(C, 100, page('b'));
    expect(seconds(feed.take())).toBe(90);
    feed.scrape(C, 290, page('b'));
    expect(feed.take().pods).toEqual([]);
    feed.scrape(C, 300, page('b'));
    expect(feed.take().pods).toMatchObject([{ ref: { name: 'ended' }, end: MORNING + 15_000, endEstimated: true }]);
  });

  it('forgets no target while discovery names none', () => {
    const feed = handFed([A]);
    feed.scrape(A, 0, page('a'));
    feed.take();
    feed.list([]);
    expect(seconds(feed.take())).toBe(0);
  });

  it.each([
    ['pods and nodes', page('a'), 'ok'],
    ['nodes alone', exposed({ nodes: [{ name: 'n' }] }), 'ok'],
    ['an empty body', '', 'empty'],
    ['heads without samples', exposed({}), 'empty'],
  ])('calls an answer with %s what it is', (_, body, outcome) => {
    expect(handFed().scrape(A, 0, body).outcome).toBe(outcome);
  });

  it('takes an answer without what was there for a gap, which tells nothing and moves nothing', () => {
    const feed = handFed([A]);
    feed.scrape(A, 0, page('a'));
    feed.take();
    for (const body of [exposed({}), '']) expect(feed.scrape(A, 30, body).outcome).toBe('empty');
    const batch = feed.take();
    expect([batch.pods, seconds(batch)]).toEqual([[], 0]);
  });

  it('fails for another exporter, and for more samples than are allowed', () => {
    expect(() => handFed().scrape(A, 0, 'node_boot_time_seconds 1\n')).toThrow(FeedError);
    const names = Array.from({ length: 2000 }, (_, index) => `p${index}`);
    expect(() => handFed().scrape(A, 0, page(...names))).toThrow(FeedError);
  });

  it('tells an issue when it appears, and with count 0 when it is over', () => {
    const feed = handFed([A]);
    const codes = (): [string, number][] => feed.take().issues.map(({ code, count }) => [code, count]);
    const allowed = { labels: { label_node_kubernetes_io_instance_type: 'x' } };
    feed.scrape(A, 0, page('a'));
    expect([codes(), codes()]).toEqual([[['missing_allow_list', 1]], []]);
    feed.scrape(A, 30, exposed({ pods: [pod('a')], nodes: [{ name: 'n', ...allowed }] }));
    expect([codes(), codes()]).toEqual([[['missing_allow_list', 0]], []]);
  });
});

describe('Nodes that went while no process looked', () => {
  const known = [
    aHost('gone', { feed: 'k8s', from: MORNING - 9e6, to: null }),
    aHost('ended', { feed: 'k8s', from: MORNING - 9e6, to: MORNING - 8e6 }),
    aHost('elsewhere', { feed: 'other', from: MORNING - 9e6, to: null }),
    aHost('young', { feed: 'k8s', from: MORNING - 1e6, to: null }),
  ];
  const stored = { known, knownUntil: MORNING - 5e6 };
  type Feed = ReturnType<typeof handFed>;
  const ended = ({ take }: Feed): [string, number | null][] =>
    take().hosts.flatMap(({ name, to }): [string, number | null][] => (to === null ? [] : [[name, to - MORNING]]));
  const GONE = [
    ['gone', -5e6],
    ['young', -1e6],
  ];

  it('end when the store last learned something, once two reads lack them; nobody else does', () => {
    const feed = handFed([A], stored);
    feed.scrape(A, 0, page('a'));
    const first = feed.take();
    expect(first.hosts.map(({ name, to }) => [name, to])).toEqual([['n', null]]);
    expect(ended(feed)).toEqual([]);
    feed.scrape(A, 30, page('a'));
    expect(ended(feed)).toEqual(GONE);
    feed.scrape(A, 60, page('a'));
    expect(ended(feed)).toEqual([]);
  });

  it('do not end before every target was read, for another shard may have them', () => {
    const feed = handFed(URLS, stored);
    for (const second of [0, 30, 60]) {
      feed.scrape(A, second, page('a'));
      expect(ended(feed)).toEqual([]);
    }
    const shard = exposed({ nodes: [{ name: 'gone' }] });
    for (const second of [70, 90]) {
      feed.scrape(A, second, page('a'));
      feed.scrape(B, second, shard);
      expect(ended(feed)).toEqual(second === 70 ? [] : [['young', -1e6]]);
    }
  });

  it('do not end for five minutes while a source answers without any node', () => {
    const feed = handFed([A], stored);
    for (const second of [0, 30, 60, 299, 300]) {
      feed.scrape(A, second, exposed({ pods: [pod('a')] }));
      expect(ended(feed)).toEqual([]);
    }
    feed.scrape(A, 330, exposed({ pods: [pod('a')] }));
    expect(ended(feed)).toEqual(GONE);
  });

  it('are back, from when they were, when they are', () => {
    const feed = handFed([A], stored);
    for (const second of [0, 30]) {
      feed.scrape(A, second, page('a'));
      feed.take();
    }
    feed.scrape(A, 60, exposed({ pods: [pod('a')], nodes: [{ name: 'n' }, { name: 'gone' }] }));
    expect(feed.take().hosts).toMatchObject([{ name: 'gone', from: MORNING - 9e6, to: null }]);
  });
});

describe('The feed over HTTP', () => {
  it('reads a real server', async () => {
    const server = createServer((_, answer) => answer.end(page('a')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const clock = { now: () => MORNING, speed: 1 };
    const feed = createKubernetesFeed({ name: 'k8s', settings: settings([`http://127.0.0.1:${port}/metrics`]), clock });
    feed.start();
    let batch = feed.take();
    while (batch.readAt === null) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      batch = feed.take();
    }
    await feed.stop();
    await new Promise((resolve) => server.close(resolve));
    expect([namesIn(batch), seconds(batch)]).toEqual([['a'], 0]);
    expect(feed.health()).toMatchObject([{ feed: `k8s/127.0.0.1:${port}`, up: true, outcome: 'ok' }]);
  });
});
