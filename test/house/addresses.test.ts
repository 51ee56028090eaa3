import { read, repositoryFiles } from './repository';

const BINARY = /\.(gz|tar|tgz|png|jpg|ico|parquet|woff2?)$/;
const THIS = 'test/house/addresses.test.ts';

const texts = repositoryFiles().filter((path) => !BINARY.test(path) && path !== THIS);

/** `path:line` of every line that holds the pattern. */
function linesWith(pattern: RegExp, paths: readonly string[] = texts): string[] {
  return paths.flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );
}

describe('The repository', () => {
  it('names no folder of the machine on which it was written', () => {
    expect(linesWith(/(^|[\s"'`(=:])\/(work|tmp|root|home\/(?!node\b)\w+|Users|opt\/wheels)(\/|\b)/)).toEqual([]);
  });

  it('names no package registry: users have their own', () => {
    const registries =
      /registry\.(npmjs|yarnpkg)|pypi\.org|pythonhosted|deb\.debian\.org|(extra-)?index-url|registry\s*=\s*http/;
    expect(linesWith(registries)).toEqual([]);
  });

  it('keeps no secret: no private key, no cloud access key', () => {
    expect(linesWith(/-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b/)).toEqual([]);
  });

  it('ends every text with one line feed and carries no carriage return', () => {
    const ours = texts.filter((path) => !path.startsWith('test/fixtures/') && read(path) !== '');
    expect(ours.filter((path) => !/[^\n]\n$/.test(read(path)) || read(path).includes('\r'))).toEqual([]);
  });
});
