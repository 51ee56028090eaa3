/** What is kept of a body keeps no more of it in memory: a pod that is remembered for a day is cut out of megabytes. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseExposition } from '../../../../exporter/src/feeds/scrape/parse-exposition';

const BODIES = 10;
const BODY_BYTES = 8_000_000;
const MIB = 1_048_576;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Two lines and a comment of megabytes; every text is longer than what an engine copies anyway. */
function body(number: number): string {
  const labels = `a_label_with_a_long_name="a value of body ${number}",escaped="a \\"value\\" of body ${number}"`;
  const lines = `a_metric_of_some_length_${number}{${labels}} 1\n{ this line number ${number} cannot be read\n`;
  return Buffer.from(`${lines}# ${'x'.repeat(BODY_BYTES)}\n`).toString('utf8');
}

test.each<[kept: string, read: (text: string) => readonly unknown[]]>([
  ['the samples', (text) => [...parsed(text).families.values()].flatMap(({ samples }) => samples)],
  ['the bad lines', (text) => parsed(text).badLines],
])('%s of ten bodies keep none of the bodies', (_kept, read) => {
  const before = heapUsed();
  const kept = Array.from({ length: BODIES }, (_, number) => read(body(number)));
  expect((heapUsed() - before) / MIB).toBeLessThan((2 * BODY_BYTES) / MIB);
  expect(kept.filter((one) => one.length === 0)).toEqual([]);
});

function parsed(text: string): ReturnType<typeof parseExposition> {
  return parseExposition(text, { contentType: null, receivedAt: 0, sampleLimit: 100 });
}
