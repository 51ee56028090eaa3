import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The lines of a folder's files that bring something in, as `file: line`. */
function importLines(folder: string, ending: string, pattern: RegExp): string[] {
  const files = readdirSync(join(__dirname, folder), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith(ending),
  );
  return files.flatMap((file) => {
    const text = readFileSync(join(__dirname, folder, file), 'utf8');
    return [...text.matchAll(pattern)].map(([, line]) => `${file}: ${line}`);
  });
}

describe('an independent reference shares nothing with what it checks', () => {
  test('the oracle imports itself and the types of facts, never a function of the exporter', () => {
    const lines = importLines(
      '../oracle',
      '.ts',
      /^((?:import|export)\b[^;]*\bfrom '[^']+'|.*(?:require|import)\(.*)/gm,
    );
    const foreign = lines.filter((line) => !/ from '\.\/(fraction|allocate-oracle|usage-oracle|parties)'$/.test(line));
    expect(foreign.length).toBeGreaterThan(0);
    expect(
      foreign.filter((line) => !/: import type \{[^}]*\} from '\.\.\/\.\.\/exporter\/src\/facts\/[a-z-]+'$/.test(line)),
    ).toEqual([]);
  });

  test('the Python reference imports its own two files, the standard library and Metaflow', () => {
    const modules = importLines('../reference', '.py', /^\s*(?:from|import) (\S+)/gm).map(
      (line) => line.split(': ')[1],
    );
    const known = [
      'argparse',
      'arithmetic',
      'csv',
      'datetime',
      'fractions',
      'json',
      'metaflow',
      'metaflow_client',
      'os',
      'sys',
    ];
    expect([...new Set(modules)].sort()).toEqual(known);
  });

  test('the folder of the Python reference holds no TypeScript', () => {
    expect(importLines('../reference', '.ts', /^(import)/gm)).toEqual([]);
  });
});
