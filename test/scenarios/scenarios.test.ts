import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseScenario } from './parse-scenario';
import { runScenario } from './run-scenario';

const files = readdirSync(__dirname).filter((file) => file.endsWith('.scenario.txt'));

test.each(files)('%s', (file) => {
  expect(runScenario(parseScenario(file, readFileSync(join(__dirname, file), 'utf8')))).toEqual([]);
});
