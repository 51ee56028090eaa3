import { FeedError } from '../../../../exporter/src/feeds/feed';
import type { Exposition, Sample } from '../../../../exporter/src/feeds/scrape/exposition';
import { parseExposition } from '../../../../exporter/src/feeds/scrape/parse-exposition';

const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const TEXT = 'text/plain; version=0.0.4; charset=utf-8';

function parse(body: string, contentType: string | null = null, sampleLimit = 1000): Exposition {
  return parseExposition(body, { contentType, receivedAt: 0, sampleLimit });
}

function samplesOf({ families }: Exposition): Sample[] {
  return [...families.values()].flatMap(({ samples }) => samples);
}

/** The samples of a body as `name{label=value} value @time`. */
function shown(exposition: Exposition): string[] {
  return samplesOf(exposition).map(({ name, labels, value, at }) => {
    const inside = [...labels].map(([label, text]) => `${label}=${text}`).join(',');
    return `${name}{${inside}} ${value}${at === null ? '' : ` @${at}`}`;
  });
}

describe('A sample line of the text format', () => {
  it.each([
    ['no labels', 'up 1', 'up{} 1'],
    ['empty braces', 'up{} 1', 'up{} 1'],
    ['no blank behind the braces', 'up{a="b"}1', 'up{a=b} 1'],
    ['a colon in its name', 'a:b:sum 1', 'a:b:sum{} 1'],
    ['a comma behind the last label', 'up{a="b",} 1', 'up{a=b} 1'],
    ['blanks around every token', ' up { a = "b" , c = "d" , }  1  5 ', 'up{a=b,c=d} 1 @5'],
    ['tabs', 'up\t{a="b"}\t1\t5', 'up{a=b} 1 @5'],
    ['an escaped quote', String.raw`up{a="say \"hi\""} 1`, 'up{a=say "hi"} 1'],
    ['an escaped backslash before the closing quote', String.raw`up{a="c:\\",b="d"} 1`, String.raw`up{a=c:\,b=d} 1`],
    ['an escaped line break', String.raw`up{a="x\ny"} 1`, 'up{a=x\ny} 1'],
    ['an escape that nobody defined', String.raw`up{a="\d\t"} 1`, String.raw`up{a=\d\t} 1`],
    ['braces, commas, equals and # in a value', 'up{a="{x=1},#{y}",b="="} 1', 'up{a={x=1},#{y},b==} 1'],
    ['an empty value', 'up{a=""} 1', 'up{a=} 1'],
    ['a line separator in a value', 'up{a="x\u2028y\u0085z\u000b"} 1', 'up{a=x\u2028y\u0085z\u000b} 1'],
    ['a carriage return in a value', 'up{a="x\ry"} 1', 'up{a=x\ry} 1'],
    ['a carriage return at its end', 'up 1\r', 'up{} 1'],
    ['a time in ms', 'up 1 1395066363000', 'up{} 1 @1395066363000'],
    ['a time before 1970', 'up 1 -3982045', 'up{} 1 @-3982045'],
    ['a name in quotes', '{"my.metric",a="b"} 1', 'my.metric{a=b} 1'],
    ['a name in quotes alone', '{"my.metric"} 1', 'my.metric{} 1'],
    ['a label name in quotes', '{"my.metric","a b"="c"} 1', 'my.metric{a b=c} 1'],
    ['letters of another script', '{"größe","名"="値"} 1', 'größe{名=値} 1'],
    ['a replaced byte, as a decoder leaves it', 'up{a="\ufffd"} 1', 'up{a=\ufffd} 1'],
  ])('may have %s', (_, line, expected) => {
    const exposition = parse(`${line}\n`);
    expect(exposition.badLines).toEqual([]);
    expect(shown(exposition)).toEqual([expected]);
  });

  it.each([
    ['no value', 'up', 'It has no value.'],
    ['no value behind labels', 'up{a="b"}', 'It has no value.'],
    ['words for a value', 'up ERROR - FAILED', 'Its value is not a number.'],
    ['a value over float64', 'up 1e999', 'Its value is not a number.'],
    ['two times', 'up 1 2 3', 'Something follows its value and time.'],
    ['a time with a fraction', 'up 1 2.5', 'What follows its value is not a time.'],
    ['a time that no number holds', 'up 1 99999999999999999999', 'What follows its value is not a time.'],
    ['a name that begins with a digit', '9up 1', 'It begins with no metric name.'],
    ['labels without a name', '{a="b"} 1', 'It begins with no metric name.'],
    ['two names', 'up{"down"} 1', 'A label has no value.'],
    ['an open quote', 'up{a="b} 1', 'A quote is not closed.'],
    ['an open quote that ends in a backslash', 'up{a="b\\', 'A quote is not closed.'],
    ['open braces', 'up{a="b"', 'There is no comma between two labels, or the braces stay open.'],
    ['open braces without a label', 'up{', 'A label has no name, or its braces do not close.'],
    ['no comma between labels', 'up{a="b"c="d"} 1', 'There is no comma between two labels, or the braces stay open.'],
    ['a comma alone in braces', 'up{,} 1', 'A label has no name, or its braces do not close.'],
    ['a label without a value', 'up{a} 1', 'A label has no value.'],
    ['a label value without quotes', 'up{a=b} 1', 'The value of a label does not begin with a quote.'],
    ['one label twice', 'up{a="b",a="c"} 1', 'A label appears twice.'],
    ['an exemplar, which OpenMetrics alone has', 'up_total 1 # {a="b"} 1', 'Something follows its value and time.'],
    ['HTML', '<html><body>502</body></html>', 'It begins with no metric name.'],
  ])('is left out, alone, when it has %s', (_, line, reason) => {
    const exposition = parse(`before 1\n${line}\nafter 2\n`);
    expect(shown(exposition)).toEqual(['before{} 1', 'after{} 2']);
    expect(exposition.badLines).toEqual([{ line: 2, text: line, reason }]);
  });

  it.each([
    ['0', 0],
    ['-0', -0],
    ['+5', 5],
    ['.5', 0.5],
    ['5.', 5],
    ['1e+09', 1e9],
    ['1E-3', 0.001],
    ['30.982000', 30.982],
    ['+Inf', Infinity],
    ['inf', Infinity],
    ['-INF', -Infinity],
    ['Infinity', Infinity],
    ['NaN', NaN],
    ['Nan', NaN],
    ['0x1p-2', 0.25],
    ['0X1.8P+3', 12],
    ['-0x.8p1', -1],
    ['0x1.fffffffffffffp1023', Number.MAX_VALUE],
    ['0x0.0000000000001p-1022', Number.MIN_VALUE],
    ['0x1.00000000000008p0', 1],
    ['0x1.000000000000080000001p0', 1 + Number.EPSILON],
    ['0x123456789abcdef01p0', 20988295479420645000],
    ['1e-999', 0],
  ])('has the value that Go reads: %s', (text, value) => {
    expect(samplesOf(parse(`up ${text}\n`)).map((sample) => sample.value)).toEqual([value]);
  });

  it.each(['0x1', '0x1p', '0xp1', '0x', '0b1', '0o7', '1_000', '1e', 'e5', '.', '+', '--1', '1,5', '+NaN', '0x1p9999'])(
    'has no value in %s, whatever JavaScript makes of it',
    (text) => {
      expect(parse(`up ${text}\n`).badLines).toHaveLength(1);
    },
  );
});

describe('The families of an exposition', () => {
  it('have the type and the help of their first lines, samples of any order', () => {
    const body = [
      '# HELP a_seconds How long,\\nand a \\\\ too.',
      '# TYPE a_seconds gauge',
      '# TYPE b counter',
      'a_seconds 1',
      'b 2',
      'a_seconds{x="y"} 3',
      '# TYPE late gauge',
      '# HELP a_seconds Something else.',
      'late 4',
      'undeclared 5',
    ];
    const { families, badLines } = parse(`${body.join('\n')}\n`);
    expect(badLines).toEqual([]);
    expect([...families.values()].map(({ name, type, help, samples }) => [name, type, help, samples.length])).toEqual([
      ['a_seconds', 'gauge', 'How long,\nand a \\ too.', 2],
      ['b', 'counter', null, 1],
      ['late', 'gauge', null, 1],
      ['undeclared', null, null, 1],
    ]);
    expect(families.get('a_seconds')!.samples.map(({ line }) => line)).toEqual([4, 6]);
  });

  it('hold the samples whose suffix their type allows, and no others', () => {
    const body = [
      '# TYPE h histogram',
      'h_bucket{le="+Inf"} 1',
      'h_sum 1',
      'h_count 1',
      'h_total 1',
      '# TYPE g gauge',
      'g_total 1',
    ];
    const { families } = parse(`${body.join('\n')}\n`);
    expect([...families.values()].map(({ name, samples }) => [name, samples.length])).toEqual([
      ['h', 3],
      ['h_total', 1],
      ['g', 0],
      ['g_total', 1],
    ]);
  });

  it('keep their type when a second one differs, and tell of it', () => {
    const { families, badLines } = parse('# TYPE a gauge\n# TYPE a gauge\n# TYPE a counter\na 1\n# TYPE c banana\n');
    expect(families.get('a')).toMatchObject({ type: 'gauge', samples: [{ value: 1 }] });
    expect(badLines.map(({ line, reason }) => [line, reason])).toEqual([
      [3, 'Its family has another TYPE already.'],
      [5, 'Its TYPE is none.'],
    ]);
  });

  it('have names in quotes too, and other comments are nothing', () => {
    const body = '# TYPE "my.metric" gauge\n#TYPE x y\n# NOTE a b\n#\n# HELP\n{"my.metric"} 1\n\n  \t\n';
    const { families, badLines } = parse(body);
    expect([...families.keys()]).toEqual(['my.metric']);
    expect(families.get('my.metric')).toMatchObject({ type: 'gauge', samples: [{ line: 6 }] });
    expect(badLines).toEqual([]);
  });
});

describe('OpenMetrics', () => {
  const body = [
    '# TYPE jobs counter',
    '# HELP jobs Said \\"so\\".',
    'jobs_total{a="b"} 5 1395066363.125 # {run_id="7",note="a # b"} 0.5 1395066362.5',
    'jobs_created{a="b"} 1395066000',
    '# TYPE build info',
    'build_info{version="1"} 1',
    '# TYPE power_watts gauge',
    '# UNIT power_watts watts',
    'power_watts 3 1395066363',
    '# EOF',
  ].join('\n');

  it.each([
    ['its content type says so', OPEN_METRICS, `${body}\n`],
    ['its last line says so', TEXT, `${body}\n`],
    ['its last line has no line break', OPEN_METRICS, body],
    ['its lines end as on Windows', null, `${body.replaceAll('\n', '\r\n')}\r\n`],
  ])('is read when %s', (_, contentType, text) => {
    const exposition = parse(text, contentType);
    expect(exposition.badLines).toEqual([]);
    expect(shown(exposition)).toEqual([
      'jobs_total{a=b} 5 @1395066363125',
      'jobs_created{a=b} 1395066000',
      'build_info{version=1} 1',
      'power_watts{} 3 @1395066363000',
    ]);
    expect([...exposition.families.keys()]).toEqual(['jobs', 'build', 'power_watts']);
    expect(exposition.families.get('jobs')).toMatchObject({ type: 'counter', help: 'Said "so".' });
  });

  it.each(['', 'up 1\n', 'up 1\n# EO', '# EOF\nup 1\n', 'up 1 # EOF\n'])(
    'without its end mark is cut off and fails as a whole: %j',
    (text) => {
      expect(() => parse(text, OPEN_METRICS)).toThrow(FeedError);
    },
  );

  it('that goes on after an end mark fails as a whole', () => {
    expect(() => parse('up 1\n# EOF\nup 2\n# EOF\n')).toThrow('The body goes on after its # EOF.');
  });

  it('may be empty', () => {
    expect(parse('# EOF\n', OPEN_METRICS)).toEqual({ families: new Map(), badLines: [] });
  });

  it.each([
    ['no labels', 'a_total 1 # 5'],
    ['no value', 'a_total 1 # {a="b"}'],
    ['a name', 'a_total 1 # {"x"} 5'],
    ['something behind it', 'a_total 1 # {a="b"} 5 6 7'],
    ['an open brace', 'a_total 1 # {a="b" 5'],
  ])('drops a line whose exemplar has %s', (_, line) => {
    expect(parse(`${line}\n# EOF\n`).badLines).toMatchObject([{ line: 1, text: line }]);
  });
});

describe('A body that is cut off or too large', () => {
  it('loses its last line when that has no line break: half a number is a wrong number', () => {
    const exposition = parse('energy 1289960\nenergy_now 12899', TEXT);
    expect(shown(exposition)).toEqual(['energy{} 1289960']);
    expect(exposition.badLines).toEqual([
      { line: 2, text: 'energy_now 12899', reason: 'It is cut off: the body ends without a line break.' },
    ]);
  });

  it('loses nothing when only a comment is cut off', () => {
    expect(parse('up 1\n# HELP do', TEXT).badLines).toEqual([]);
  });

  it('is empty when it holds nothing', () => {
    expect(parse('')).toEqual({ families: new Map(), badLines: [] });
  });

  it.each([
    ['samples', 'a 1\nb 1\nc 1\nd 1\n'],
    ['bad lines', 'a\nb\nc\nd\n'],
    ['families', '# TYPE a gauge\n# TYPE b gauge\n# TYPE c gauge\n# TYPE d gauge\n'],
  ])('fails over the limit of %s', (_, body) => {
    expect(() => parse(body, null, 3)).toThrow(FeedError);
    expect(() => parse(body, null, 4)).not.toThrow();
  });

  it('loses a line of 10 MB and keeps its neighbors', () => {
    const long = `long{a="${'x'.repeat(10_000_000)}"} 1`;
    const exposition = parse(`before 1\n${long}\nafter 2\n`);
    expect(shown(exposition)).toEqual(['before{} 1', 'after{} 2']);
    expect(exposition.badLines).toEqual([
      { line: 2, text: long.slice(0, 200), reason: 'It is longer than 1000000 characters.' },
    ]);
  });
});
