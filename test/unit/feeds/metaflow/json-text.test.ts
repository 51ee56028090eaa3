import fc from 'fast-check';
import { readJson } from '../../../../exporter/src/feeds/metaflow/json-text';

describe('Reading a JSON text', () => {
  it('gives what JSON.parse gives', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(readJson(text)).toEqual({ value: JSON.parse(text) });
      }),
    );
  });

  it.each([
    ['', 1, 1, 'ends too early'],
    ['{"a": }', 1, 7, 'has an unexpected "}"'],
    ['{"a":1', 1, 7, 'ends too early'],
    ['{"a":1}x', 1, 8, 'has an unexpected "x"'],
    ['{"a": tru}', 1, 7, 'has an unexpected "t"'],
    ['{\n "a":1\n,}', 3, 2, 'has an unexpected "}"'],
    ['{"a" 1}', 1, 6, 'has an unexpected "1"'],
    ['{a:1}', 1, 2, 'has an unexpected "a"'],
    ['[1,]', 1, 4, 'has an unexpected "]"'],
    ['[1 2]', 1, 4, 'has an unexpected "2"'],
    ['[01]', 1, 3, 'has an unexpected "1"'],
    ['[NaN]', 1, 2, 'has an unexpected "N"'],
    ['"tab\there"', 1, 1, 'has an unexpected "\\""'],
    ['[1}', 1, 3, 'has an unexpected "}"'],
    ['{"a":[{"b":1},\n{"b":2},\n{"b":]}', 3, 6, 'has an unexpected "]"'],
    ["{'a':1}", 1, 2, 'has an unexpected "\'"'],
    ['\ufeff{}', 1, 1, 'has an unexpected "\ufeff"'],
  ])('says of %j that it stops at line %d, column %d: it %s', (text, line, column, fault) => {
    expect(readJson(text)).toEqual({ fault, line, column });
  });

  it('finds a place in every text that is no JSON', () => {
    const damaged = fc.tuple(fc.json(), fc.nat(), fc.string({ maxLength: 3 })).map(([text, at, noise]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + noise + text.slice(place + 1);
    });
    fc.assert(
      fc.property(damaged, (text) => {
        const read = readJson(text);
        if ('fault' in read) expect(text.split('\n')[read.line - 1]!.length).toBeGreaterThanOrEqual(read.column - 1);
        else expect(read.value).toEqual(JSON.parse(text));
      }),
      { numRuns: 2000 },
    );
  });
});
