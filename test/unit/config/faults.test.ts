import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, printFault } from '../../../exporter/src/config';

const golden = (name: string): string => readFileSync(join(__dirname, 'golden', name), 'utf8');

/** The faults of a configuration text as printed lines, without the file name. */
function faultsOf(text: string, env: { [name: string]: string } = {}): string[] {
  return loadConfig({ text, env }).faults.map((fault) => printFault(fault).replace(/^configuration:/, ''));
}

/** The cases of golden/refused.txt: title, text, faults. */
function casesOf(document: string): { title: string; text: string; faults: string[] }[] {
  const [, ...cases] = document.split(/^== /m);
  return cases.map((lines) => {
    const [title = '', ...rest] = lines.trimEnd().split('\n');
    const isFault = (line: string): boolean => line.startsWith('=> ');
    const faults = rest.filter(isFault).map((line) => line.slice(3));
    const text = rest.filter((line) => !isFault(line)).join('\n');
    return { title, text, faults: faults.filter((line) => line !== 'none') };
  });
}

describe('the faults of a configuration', () => {
  test('are all listed at once, in the order of the document', () => {
    const expected = golden('everything-wrong.faults.txt').trimEnd().split('\n');
    expect(faultsOf(golden('everything-wrong.yaml'))).toEqual(expected);
  });

  const cases = casesOf(golden('refused.txt'));

  test.each(cases)('$title', ({ text, faults }) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  test('are told for every case of the document', () => {
    expect(cases).toHaveLength(52);
  });

  test('of a file that is not there name the file', () => {
    const { config, faults } = loadConfig({ path: 'no-such-folder/flowledger.yaml', env: {} });
    expect(config).toBeNull();
    expect(faults.map(printFault)).toEqual([
      'no-such-folder/flowledger.yaml:1:1: (document): does not exist. Name a file that exists and may be read.',
    ]);
  });

  test('never print a secret from the environment', () => {
    const faults = faultsOf('store: {url: "ftp://u:${PASSWORD}@h"}', { PASSWORD: 'hunter2' });
    expect(faults).toEqual([expect.stringContaining('store.url: "ftp://…@h" is not a store')]);
  });

  test('never print a password that is written down', () => {
    expect(faultsOf('store: {url: "ftp://u:hunter2@h"}').join()).not.toContain('hunter2');
  });
});

describe('the listening address', () => {
  // prettier-ignore
  test.each([
    ['127.0.0.1:9715',  0],
    ['127.8.0.1:0',     0],
    ['localhost:9715',  0],
    ['[::1]:9715',      0],
    ['0.0.0.0:9715',    1],
    [':9715',           1],
    ['[::]:9715',       1],
    ['10.0.0.1:9715',   1],
    ['9715',            1],
    ['localhost:99999', 1],
  ])('%s without tokens has %i faults', (listen, count) => {
    expect(faultsOf(`server: {listen: "${listen}"}`)).toHaveLength(count);
  });

  test('wants the files that it names', () => {
    const [fault, ...more] = faultsOf('server: {listen: ":9715", tokens_file: no-such-tokens.yaml}');
    expect(more).toEqual([]);
    expect(fault).toMatch(/^1:40: server\.tokens_file: "no-such-tokens\.yaml" is not a file\. Create .*tokens/);
  });
});
