import { dirname, join } from 'node:path';
import { metrics } from '../../exporter/src/contract/metrics';
import { routes } from '../../exporter/src/contract/routes';
import { fencedBlocks, inlineCode, isPath, localLinks, npmScripts, verbs } from './documents';
import { exists, read, repositoryFiles } from './repository';

const NOT_BUILT = /not built yet/;
const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts);
const documents = repositoryFiles()
  .filter((path) => path.endsWith('.md') && !/^(test\/fixtures|exporter\/METRICS)/.test(path))
  .map((path) => ({ path, text: read(path) }));
const guides = documents.filter(({ path }) => /^(README|ARCHITECTURE|CONTRIBUTING)\.md$/.test(path));

/** `document: complaint` for everything `find` returns. */
function complaints(find: (document: { path: string; text: string }) => readonly string[]): string[] {
  return documents.flatMap((document) => find(document).map((complaint) => `${document.path}: ${complaint}`));
}

describe('The documents', () => {
  it('are all there', () => {
    const wanted = ['README', 'ARCHITECTURE', 'GLOSSARY', 'CONTRIBUTING', 'CHANGELOG'].map((name) => `${name}.md`);
    expect([...wanted, 'LICENSE', '.ci/run'].filter((path) => !exists(path))).toEqual([]);
  });

  it('name only files and folders that exist', () => {
    const missing = complaints(({ path, text }) =>
      inlineCode(text)
        .filter(({ code, line }) => isPath(code) && !NOT_BUILT.test(line))
        .filter(({ code }) => !found(path, code))
        .map(({ code }) => code),
    );
    expect(missing).toEqual([]);
  });

  it('call nothing "not built yet" that exists', () => {
    const built = guides.flatMap(({ text }) =>
      inlineCode(text)
        .filter(
          ({ code, line }) => line.startsWith('|') && NOT_BUILT.test(line.split('|').at(-2) ?? '') && isPath(code),
        )
        .filter(({ code }) => hasSource(code))
        .map(({ code }) => code),
    );
    expect(built).toEqual([]);
  });

  it('link only to what exists', () => {
    expect(
      complaints(({ path, text }) => localLinks(text).filter((target) => !exists(join(dirname(path), target)))),
    ).toEqual([]);
  });

  it('name only npm scripts that exist, and each of those somewhere', () => {
    expect(complaints(({ text }) => npmScripts(text).filter((name) => !scripts.includes(name)))).toEqual([]);
    const named = guides.flatMap(({ text }) => npmScripts(text));
    expect(scripts.filter((name) => !name.startsWith('pre') && !named.includes(name))).toEqual([]);
  });

  it('name only verbs of the command line that exist', () => {
    const commands = (text: string): string =>
      [...fencedBlocks(text), ...inlineCode(text).map(({ code }) => code)].join('\n');
    const missing = complaints(({ text }) =>
      verbs(commands(text)).filter((verb) => !exists(`exporter/src/cli/${verb}.ts`)),
    );
    expect(missing).toEqual([]);
  });

  it('name only metrics of the catalogue', () => {
    const names: string[] = Object.values(metrics).map(({ name }) => name);
    const missing = complaints(({ text }) =>
      [...text.matchAll(/\b(?:metaflow|flowledger)_[a-z_]*(?:dollars|seconds|hour|info|ratio|total|runs|up)\b/g)]
        .map((match) => match[0])
        .filter((name) => !names.includes(name)),
    );
    expect(missing).toEqual([]);
  });

  it('name only routes that are served', () => {
    const paths: string[] = Object.values(routes).map(({ path }) => path);
    const served = [...paths, '/api/v1/openapi.json'];
    const missing = complaints(({ text }) =>
      inlineCode(text)
        .map(({ code }) => code.replace(/^GET /, '').split('?')[0]!)
        .filter((code) => code.startsWith('/api/v1/') && !served.includes(code)),
    );
    expect(missing).toEqual([]);
  });
});

/** A path as written, or relative to the document, or a pattern with `*` that something matches. */
function found(document: string, code: string): boolean {
  const path = code.replace(/\/$/, '');
  if (!path.includes('*')) return exists(path) || exists(join(dirname(document), path));
  const pattern = new RegExp(`^${path.split('*').map(escaped).join('[^/]*')}$`);
  return repositoryFiles().some((file) => pattern.test(file));
}

function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}

/** True when the folder holds code, or the file exists. */
function hasSource(code: string): boolean {
  const path = code.replace(/\/$/, '');
  return repositoryFiles().some((file) => file === path || (file.startsWith(`${path}/`) && /\.tsx?$/.test(file)));
}
