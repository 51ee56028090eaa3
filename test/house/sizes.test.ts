import { read, sourceFiles } from './repository';
import { functionsOf, longFunctions, longTexts, unreadableParameters } from './sizes';
import { parse, parseText } from './syntax';

const tables = JSON.parse(read('test/house/named-tables.json')) as string[];
const code = sourceFiles('.ts', '.tsx', '.mjs', '.cjs', '.js');

const EVERY_TABLE = 'exporter/src/feeds/**/*-table.ts';

const isDataTable = (path: string): boolean => path.startsWith('exporter/src/feeds/') && path.endsWith('-table.ts');

const isTable = (path: string): boolean =>
  tables.some((table) => (table === EVERY_TABLE ? isDataTable(path) : path === table));

describe('The sizes of the house', () => {
  it('keep every function within sixty lines', () => {
    expect(code.flatMap((path) => longFunctions(parse(path)))).toEqual([]);
  });

  it('keep every file within three hundred lines and every line within a hundred and twenty characters', () => {
    const files = [...code, ...sourceFiles('.sql')].filter((path) => !isTable(path));
    expect(files.flatMap((path) => longTexts(path, read(path)))).toEqual([]);
  });

  it('keep what a caller passes readable', () => {
    const product = code.filter((path) => path.startsWith('exporter/src/'));
    expect(product.flatMap((path) => unreadableParameters(parse(path)))).toEqual([]);
  });

  it('exempt only files that hold a table and no function', () => {
    const withFunctions = code.filter((path) => isDataTable(path) && functionsOf(parse(path)).length > 0);
    expect(withFunctions).toEqual([]);
  });
});

describe('The measure', () => {
  const body = (lines: number): string => Array.from({ length: lines - 2 }, () => '  work();').join('\n');

  it.each([
    ['a function of sixty lines', `function f() {\n${body(60)}\n}`, 0],
    ['a function of sixty-one lines', `function f() {\n${body(61)}\n}`, 1],
    ['a long arrow function', `const f = () => {\n${body(61)}\n};`, 1],
    ['a long list of tests', `describe('f', () => {\n${body(61)}\n});`, 0],
    ['a suite that is handed its backend', `function s() {\n  describe('f', () => {\n${body(61)}\n  });\n}`, 0],
    ['a long test', `it('f', () => {\n${body(61)}\n});`, 1],
  ])('judges %s', (_name, text, violations) => {
    expect(longFunctions(parseText('measured.ts', text))).toHaveLength(violations);
  });

  it.each([
    ['three parameters', 'function f(a: number, b: number, c: number) {}', 0],
    ['four parameters', 'function f(a: number, b: number, c: number, d: number) {}', 1],
    ['a lone boolean', 'function f(a: boolean) {}', 0],
    ['a boolean beside another', 'function f(a: number, b: boolean) {}', 1],
  ])('judges %s', (_name, text, violations) => {
    expect(unreadableParameters(parseText('measured.ts', text))).toHaveLength(violations);
  });

  it('counts lines of a file and characters of a line', () => {
    expect(longTexts('a.ts', 'x\n'.repeat(300))).toEqual([]);
    expect(longTexts('a.ts', 'x\n'.repeat(301))).toHaveLength(1);
    expect(longTexts('a.ts', `${'x'.repeat(120)}\n`)).toEqual([]);
    expect(longTexts('a.ts', `${'x'.repeat(121)}\n`)).toEqual(['a.ts:1 has more than 120 characters']);
  });
});
