import fc from 'fast-check';
import { FeedError } from '../../../../exporter/src/feeds/feed';
import type { Exposition } from '../../../../exporter/src/feeds/scrape/exposition';
import { parseExposition } from '../../../../exporter/src/feeds/scrape/parse-exposition';

type Printed = {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
  readonly at: number | null;
};

const bareName = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,12}$/);
const metricName = fc.oneof(
  fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,20}$/),
  fc.string({ minLength: 1, unit: 'grapheme' }),
);
const labelName = fc.oneof(bareName, fc.string({ minLength: 1, unit: 'binary' }));
const labels = fc
  .array(fc.tuple(labelName, fc.string({ unit: 'binary' })), { maxLength: 6 })
  .map((pairs) => new Map(pairs));
const time = fc.option(fc.integer({ min: -4e12, max: 4e12 }));
const sample = fc.record({ name: metricName, labels, value: fc.double(), at: time });
const blanks = fc.constantFrom('', ' ', '\t', '  ');

const escape = (text: string): string =>
  text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('"', String.raw`\"`);

function printValue(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

/** Prints one sample as either format wants it, `blank` around its tokens. */
function print({ name, labels: pairs, value, at }: Printed, format: 'text' | 'openmetrics', blank: string): string {
  const isBare = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name);
  const inside = [...pairs].map(([label, text]) => {
    const key = /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label) ? label : `"${escape(label)}"`;
    return `${blank}${key}${blank}=${blank}"${escape(text)}"${blank}`;
  });
  const items = isBare ? inside : [`${blank}"${escape(name)}"${blank}`, ...inside];
  const stamp = at === null ? '' : ` ${format === 'text' ? at : (at / 1000).toFixed(3)}`;
  return `${isBare ? name : ''}{${items.join(',')}}${blank} ${printValue(value)}${stamp}${blank}`;
}

function parse(body: string, contentType: string | null = null): Exposition {
  return parseExposition(body, { contentType, receivedAt: 0, sampleLimit: 1_000_000 });
}

function samplesByLine({ families }: Exposition): Printed[] {
  const samples = [...families.values()].flatMap((family) => family.samples);
  return samples
    .sort((a, b) => a.line - b.line)
    .map(({ name, labels: pairs, value, at }) => ({ name, labels: pairs, value, at }));
}

describe('Laws of the exposition parser', () => {
  it.each(['text', 'openmetrics'] as const)('what is printed as %s is read as it was', (format) => {
    fc.assert(
      fc.property(
        fc.array(sample, { maxLength: 20 }),
        blanks,
        fc.constantFrom('\n', '\r\n'),
        (samples, blank, ending) => {
          const lines = samples.map((one) => print(one, format, blank));
          const body = [...lines, ...(format === 'openmetrics' ? ['# EOF'] : []), ''].join(ending);
          const exposition = parse(body, format === 'text' ? 'text/plain' : 'application/openmetrics-text');
          expect(exposition.badLines).toEqual([]);
          expect(samplesByLine(exposition)).toEqual(samples);
        },
      ),
    );
  });

  it('a bad line between good ones takes none of them along', () => {
    const bad = fc.constantFrom('{', 'a{', 'a{b="', 'a 1 2 3', '"', 'a{b="c"} ERROR', 'a{b="c",b="d"} 1');
    fc.assert(
      fc.property(fc.array(fc.oneof(sample, bad), { maxLength: 20 }), (items) => {
        const body = items.map((item) => `${typeof item === 'string' ? item : print(item, 'text', '')}\n`).join('');
        const exposition = parse(body);
        expect(samplesByLine(exposition)).toEqual(items.filter((item) => typeof item !== 'string'));
        expect(exposition.badLines.map(({ text }) => text)).toEqual(items.filter((item) => typeof item === 'string'));
      }),
    );
  });

  const hostile = fc.array(
    fc.constantFrom(
      'a',
      '1',
      ' ',
      '\t',
      '\n',
      '\r',
      '"',
      '\\',
      '{',
      '}',
      ',',
      '=',
      '#',
      '# TYPE ',
      '# EOF',
      'NaN',
      'é',
      '\u2028',
    ),
    { maxLength: 60 },
  );
  const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array).toString());
  it('any text is samples and bad lines, one for each line with content, or a FeedError', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          hostile.map((parts) => parts.join('')),
          bytes,
        ),
        fc.boolean(),
        (body, openMetrics) => {
          const contentType = openMetrics ? 'application/openmetrics-text' : null;
          let exposition: Exposition;
          try {
            exposition = parse(body, contentType);
          } catch (error) {
            expect(error).toBeInstanceOf(FeedError);
            return;
          }
          const content = body.split('\n').map((line) => line.replace(/\r$/, '').replace(/^[ \t]+|[ \t]+$/g, ''));
          const expected = content.filter((line) => line !== '' && !line.startsWith('#')).length;
          const comments = exposition.badLines.filter(({ text }) => /^[ \t]*#/.test(text)).length;
          expect(samplesByLine(exposition).length + exposition.badLines.length - comments).toBe(expected);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it.each([
    '"',
    '\\',
    '{',
    '}',
    '{a="',
    'a="b",',
    ',',
    '#',
    '# TYPE a ',
    '\r',
    '0',
    '0x1',
    '0x',
    'e',
    '.',
    '\t',
    'a{b="c"} 1 # {',
  ])('lines of a million characters of %j end in time', (token) => {
    const line = token.repeat(Math.floor(1_000_000 / token.length));
    const body = ['a{', 'a{b="', 'a ', '', '# HELP ', '# TYPE '].map((start) => `${start}${line}`.slice(0, 1_000_000));
    const { badLines, families } = parse(`${body.join('\n')}\n`);
    expect(badLines.length + families.size).toBeLessThanOrEqual(6);
  });

  it.each(['"', '{', 'a{b="', '#', '\r', 'a'])('half a million short lines of %j end in time', (line) => {
    expect(parse(`${line}\n`.repeat(500_000)).badLines.length % 500_000).toBe(0);
  });
});
