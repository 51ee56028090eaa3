import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problemKinds, routes } from '../../exporter/src/contract';
import { generatedFiles } from '../../exporter/src/generate';

const FOLDER = join(__dirname, '../../exporter');

test.each(Object.entries(generatedFiles()))('%s is what npm run generate writes', (name, text) => {
  const path = join(FOLDER, name);
  expect(existsSync(path) ? readFileSync(path, 'utf8') : `${name} is missing: npm run generate`).toBe(text);
});

const description = JSON.parse(generatedFiles()['openapi.json']!);

test('the description has every route, and every reference in it leads somewhere', () => {
  expect(Object.keys(description.paths)).toEqual(Object.values(routes).map(({ path }) => path));
  const references = [...JSON.stringify(description).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path);
  expect(references.length).toBeGreaterThan(20);
  for (const reference of references) {
    expect([reference, reference.split('/').reduce((place, name) => place?.[name], description)]).toEqual([
      reference,
      expect.anything(),
    ]);
  }
});

test('every path parameter is described', () => {
  for (const [path, { get }] of Object.entries<any>(description.paths)) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const described = (get.parameters ?? []).filter((parameter: any) => parameter.in === 'path' && parameter.required);
    expect(described.map(({ name }: any) => name)).toEqual(named);
  }
});

test('every problem has a status of its own kind', () => {
  for (const { status } of Object.values(problemKinds)) expect(status >= 400 && status < 600).toBe(true);
});
