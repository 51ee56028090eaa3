/** `npm run check`: types, lint, format, dead code, then the house tests. Fails when one of them does. */
import { spawnSync } from 'node:child_process';
import { failedChecks } from './check-steps.mjs';
import { root } from './command.mjs';

const failed = failedChecks((line) => process.stdout.write(`${line}\n`));
const jest = spawnSync(process.execPath, ['node_modules/jest/bin/jest.js', 'test/house'], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = failed.length > 0 || jest.status !== 0 ? 1 : 0;
