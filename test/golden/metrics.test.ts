import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metrics } from '../../exporter/src/contract/metrics';
import { DEFAULT_LIMITS, Exposition } from '../../exporter/src/views/metrics/exposition';
import { viewStory } from '../support/view-story';

const BUILD = { version: '1.2.3', revision: 'abcdef0', example: false };
const GOLDEN = readFileSync(join(__dirname, 'metrics.txt'), 'utf8');

async function exposition(): Promise<string> {
  const { state } = await viewStory();
  const shown = new Exposition(DEFAULT_LIMITS);
  for (const seconds of [0, 15, 30, 46]) shown.observe('10.0.0.7', seconds);
  return shown.scrape(state, BUILD).toString();
}

test('the exposition of the story is the golden one, whole', async () => {
  expect(await exposition()).toBe(GOLDEN);
});

test('the golden exposition shows every family of the catalogue', () => {
  const shown = [...GOLDEN.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`);
  expect(shown.sort()).toEqual(Object.values(metrics).map(({ name, type }) => `${name} ${type}`).sort());
});

test('no label is one that Kubernetes service discovery attaches to targets', () => {
  const labels = Object.values(metrics).flatMap((metric): readonly string[] => metric.labels);
  const taken = ['namespace', 'node', 'pod', 'instance', 'job', 'service', 'endpoint', 'container'];
  expect(labels.filter((label) => taken.includes(label))).toEqual([]);
});

test('names end in their unit, and counters alone in _total', () => {
  for (const { name, type, unit } of Object.values(metrics)) {
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    expect([name, /dollars(_per_hour)?$|^gpu_hour_rate$/.test(name)]).toEqual([name, unit.startsWith('dollars')]);
  }
});
