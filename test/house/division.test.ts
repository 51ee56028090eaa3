import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bigintDivisions, programOf } from './division';
import { ROOT, sourceFiles } from './repository';

describe('Division of exact numbers', () => {
  it('is named: outside units nobody writes a bare `/` on a bigint, but divideHalfEven or divideFloor', () => {
    const product = sourceFiles('.ts').filter((path) => path.startsWith('exporter/src/'));
    const checked = product.filter((path) => !path.startsWith('exporter/src/units/'));
    const program = programOf(
      ROOT,
      product.map((path) => join(ROOT, path)),
    );
    const found = checked.flatMap((path) => bigintDivisions(program, program.getSourceFile(join(ROOT, path))!));
    expect(found.map((place) => place.replace(`${ROOT}/`, ''))).toEqual([]);
  });
});

describe('The search for divisions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowledger-division-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('sees bigints, branded bigints and assignments, and no numbers', () => {
    const path = join(folder, 'measured.ts');
    const lines = [
      'declare const brand: unique symbol;',
      'declare let amount: bigint; declare let weight: bigint & { readonly [brand]: 1 }; declare let ratio: number;',
      'export const share = amount / 2n;',
      'export const branded = weight / amount;',
      'amount /= 3n;',
      'export const half = ratio / 2;',
      'export const product = amount * weight;',
    ];
    writeFileSync(path, lines.join('\n'));
    const program = programOf(ROOT, [path]);
    const places = bigintDivisions(program, program.getSourceFile(path)!).map((place) => place.split(':').at(-1));
    expect(places).toEqual(['3', '4', '5']);
  });
});
