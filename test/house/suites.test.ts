import { read, sourceFiles } from './repository';

const suites = sourceFiles('.test.ts').filter((path) => path !== 'test/house/suites.test.ts');

/** `path:line` of every line that holds the pattern. */
function linesWith(pattern: RegExp): string[] {
  return suites.flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );
}

describe('The suites', () => {
  it('switch nothing off and nothing else on', () => {
    const marks = [/\b(it|test|describe)\.(only|todo|failing)\b/, /\b(it|test|describe)\.skip\(/];
    const shorthands = /\b(xit|xtest|xdescribe|fit|fdescribe)\(/;
    expect([...marks, shorthands].flatMap(linesWith)).toEqual([]);
  });

  it('leave a whole group out only where a server, or a folder of samples, is not there', () => {
    const conditional = suites.filter((path) => /\b(it|test|describe)\.skip\b/.test(read(path)));
    expect(conditional.filter((path) => !/CLICKHOUSE_URL|GRAFANA_URL|shared\/data/.test(read(path)))).toEqual([]);
  });

  it('say in the present tense what is, not what should be', () => {
    expect(linesWith(/\b(it|test)(\.each\(.*\))?\(\s*['"`][^'"`]*\bshould\b/)).toEqual([]);
  });

  it('declare the programs they start, so that their absence is told and not failed', () => {
    const programs = [
      { program: /['"`](prometheus|promtool)['"`]/, need: 'prometheus' },
      { program: /['"`](\/usr\/bin\/)?chromium['"`]/, need: 'chromium' },
      { program: /\.venv\b/, need: 'metaflow' },
    ];
    const undeclared = suites.flatMap((path) =>
      programs
        .filter(({ program, need }) => program.test(read(path)) && !declares(path, need))
        .map(({ need }) => `${path}: its first comment lacks "@needs ${need}"`),
    );
    expect(undeclared).toEqual([]);
  });
});

function declares(path: string, need: string): boolean {
  const opening = read(path).slice(0, 2000);
  return [...opening.matchAll(/@needs ([A-Za-z_ ]+)/g)].some(([, needs]) => needs!.trim().split(/\s+/).includes(need));
}
