import ts from 'typescript';
import { allowedNamesOf, bannedWordIn, GLOSSARY, neverWordsOf } from './glossary';
import { repositoryFiles, read, sourceFiles } from './repository';
import { commentsOf, nodesOf, parse, placeOf } from './syntax';

const never = neverWordsOf(GLOSSARY);
const allowed = allowedNamesOf(GLOSSARY);
const ours = sourceFiles('.ts', '.tsx').filter((path) => !path.startsWith('test/house/'));

const DRAWERS = ['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'manager', 'managers'];

const MONTHS_IN_HOURS = /^(720|730|730\.5|744)n?$/;

/** The names a file gives to things: variables, functions, types, parameters, properties. */
function namesGivenIn(file: ts.SourceFile): ts.Node[] {
  return nodesOf(file).filter(
    (node) =>
      (ts.isIdentifier(node) || ts.isStringLiteral(node)) &&
      'name' in node.parent &&
      node.parent.name === node &&
      !ts.isPropertyAccessExpression(node.parent) &&
      !ts.isImportSpecifier(node.parent),
  );
}

/** Text literals that are a metric's name. */
function metricNamesIn(file: ts.SourceFile): ts.Node[] {
  return nodesOf(file).filter(
    (node) => ts.isStringLiteralLike(node) && /^(metaflow|flowledger)_[a-z_]+$/.test(node.text),
  );
}

function complaint(place: string, name: string): string[] {
  const found = bannedWordIn(name, never, allowed);
  return found ? [`${place}: "${name}" says "${found.words.join(' ')}" → ${found.term}`] : [];
}

describe('The words of the house', () => {
  it('are the only ones that name things in code', () => {
    const named = ours.map(parse).flatMap((file) => [...namesGivenIn(file), ...metricNamesIn(file)]);
    const complaints = named.flatMap((node) =>
      complaint(placeOf(node), (node as ts.Identifier | ts.StringLiteral).text),
    );
    expect(complaints).toEqual([]);
  });

  it('are the only ones that name tables and columns', () => {
    const names = (path: string): string[] => [
      ...new Set(
        read(path)
          .replace(/--.*$/gm, '')
          .match(/[a-z][a-z0-9_]*/gi),
      ),
    ];
    expect(sourceFiles('.sql').flatMap((path) => names(path).flatMap((name) => complaint(path, name)))).toEqual([]);
  });

  it('are the only ones that name files', () => {
    const paths = repositoryFiles().filter((path) => !path.startsWith('test/fixtures/'));
    expect(paths.flatMap((path) => complaint(path, path))).toEqual([]);
  });

  it('name no drawer that takes anything: a file is called after its noun', () => {
    const inDrawers = repositoryFiles().filter((path) =>
      path.split('/').some((part) => DRAWERS.includes(part.split('.')[0] ?? '') || /^(utils|helpers)[.-]/.test(part)),
    );
    expect(inDrawers).toEqual([]);
  });

  it('are in kebab case where they name a file of code', () => {
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*\.(ts|mjs|cjs|sql)$/;
    const product = sourceFiles('.ts', '.mjs', '.cjs', '.sql').filter((path) => /^(exporter|test)\//.test(path));
    expect(product.filter((path) => !kebab.test(path.split('/').at(-1) ?? ''))).toEqual([]);
  });
});

describe('Words that are numbers or notes', () => {
  const product = sourceFiles('.ts').filter((path) => path.startsWith('exporter/src/'));

  it('never make a month a number of hours, outside the rate card that declares its 730', () => {
    const elsewhere = product.filter((path) => !path.includes('rate-card'));
    const months = elsewhere
      .flatMap((path) => nodesOf(parse(path)))
      .filter((node) => (ts.isNumericLiteral(node) || ts.isBigIntLiteral(node)) && MONTHS_IN_HOURS.test(node.text));
    expect(months.map(placeOf)).toEqual([]);
  });

  it('leave no note to do something later, no banner and no switched-off rule', () => {
    const bad = /\b(TODO|FIXME|XXX|HACK)\b|[-=*#~]{6,}|@ts-ignore|@ts-nocheck/;
    const comments = sourceFiles('.ts', '.tsx', '.mjs', '.cjs').flatMap((path) =>
      commentsOf(parse(path)).map((comment) => ({ ...comment, path })),
    );
    expect(comments.filter(({ text }) => bad.test(text)).map(({ path, line }) => `${path}:${line}`)).toEqual([]);
  });
});

describe('The glossary', () => {
  it('is read as a table', () => {
    const table = [
      '| Term | Means | Source | Never say |',
      '|---|---|---|---|',
      '| idle cost | nobody holds it | O | waste, dead time |',
      '| tag | a word | M | — |',
    ].join('\n');
    expect(neverWordsOf(table)).toEqual([
      { words: ['waste'], term: 'idle cost' },
      { words: ['dead', 'time'], term: 'idle cost' },
    ]);
    expect(never.length).toBeGreaterThan(50);
  });

  it.each([
    ['wasteByTeam', 'waste'],
    ['GPU_WASTE', 'waste'],
    ['gpu-line-item.ts', 'line item'],
    ['failedAttemptWaste', null],
    ['tasteful', null],
    ['lineItemize', null],
  ])('judges the name %s', (name, expected) => {
    expect(bannedWordIn(name, never, allowed)?.words.join(' ') ?? null).toBe(expected);
  });

  it('gives each banned word to one term', () => {
    const words = never.map((entry) => entry.words.join(' '));
    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
  });
});
