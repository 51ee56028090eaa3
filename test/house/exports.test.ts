import { undocumentedExports } from './exports';
import { sourceFiles } from './repository';
import { parse, parseText } from './syntax';

const product = sourceFiles('.ts').filter((path) => path.startsWith('exporter/src/') && !path.endsWith('.d.ts'));

describe('Every exported thing', () => {
  it('has its sentence', () => {
    expect(product.flatMap((path) => undocumentedExports(parse(path)))).toEqual([]);
  });

  it('has a name: nothing is exported as default', () => {
    const defaults = product.filter((path) => /^export default\b/m.test(parse(path).text));
    expect(defaults).toEqual([]);
  });
});

describe('A sentence', () => {
  it.each([
    ['/** Adds. */\nexport function add() {}', []],
    ['export function add() {}', ['measured.ts:1 add']],
    ['// Adds.\nexport const add = 1;', ['measured.ts:2 add']],
    ['/** @internal */\nexport type Add = 1;', ['measured.ts:2 Add']],
    ['function add() {}', []],
    ['/** Sums. */\nexport const sums = [1] as const;\nexport type Sum = (typeof sums)[number];', []],
    ["export { add } from './add';", []],
  ])('is looked for in %j', (text, expected) => {
    expect(undocumentedExports(parseText('measured.ts', text))).toEqual(expected);
  });
});
