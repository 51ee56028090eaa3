/**
 * `npm test`: sets up what the suites need, builds, checks, runs every suite, and says what ran and what did not.
 * Its last line is `N passed, N failed, N skipped`. Arguments go to jest and leave the checks out.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../exporter/scripts/build.mjs';
import { CHECK_STEPS, failedChecks } from './check-steps.mjs';
import { root } from './command.mjs';
import { readJestReport } from './jest-report.mjs';
import { isServerNeed, meetNeeds, needsOf } from './needs.mjs';

const say = (line) => process.stdout.write(`${line}\n`);
const chosen = process.argv.slice(2);
const isContinuousIntegration = process.env.CI === 'true';

const unmet = meetNeeds(say);
const leftOut = suitesWithUnmetNeeds(unmet);
const isBuilt = build({ onlyIfChanged: true }) === 0;
say(`build: ${isBuilt ? 'ok' : 'FAILED'}`);
const failed = chosen.length === 0 ? failedChecks(say) : [];
report(runJest(leftOut.map(({ path }) => path)));

function suitesWithUnmetNeeds(unmetNeeds) {
  return readdirSync(join(root, 'test'), { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test', name))
    .flatMap((path) => {
      const missing = needsOf(join(root, path)).filter((need) => need in unmetNeeds);
      const mayBeSkipped = !isContinuousIntegration || missing.every(isServerNeed);
      return missing.length === 0
        ? []
        : [{ path, mayBeSkipped, reason: missing.map((need) => unmetNeeds[need]).join('; ') }];
    });
}

function runJest(ignoredPaths) {
  const folder = mkdtempSync(join(tmpdir(), 'flowledger-jest-'));
  const file = join(folder, 'report.json');
  const ignored = ignoredPaths.flatMap((path) => ['--testPathIgnorePatterns', `/${path.replaceAll('.', '\\.')}$`]);
  // The embedded engine keeps one data folder per process: the limit gives every suite a process of its own.
  const limits = ['--maxWorkers', '2', '--workerIdleMemoryLimit', '1MB'];
  const jest = ['node_modules/jest/bin/jest.js', '--json', '--outputFile', file, ...limits, ...ignored, ...chosen];
  spawnSync(process.execPath, jest, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const suites = readJestReport(file);
  rmSync(folder, { recursive: true, force: true });
  return suites;
}

function report(suites) {
  say('\nSuites that ran:');
  for (const { path, passed, failed: lost } of suites) {
    if (passed + lost > 0) say(`  ${lost > 0 ? 'FAILED' : 'ok    '}  ${path}  (${passed} passed, ${lost} failed)`);
  }
  for (const { name } of CHECK_STEPS.slice(0, chosen.length === 0 ? undefined : 0)) {
    say(`  ${failed.some((check) => check.name === name) ? 'FAILED' : 'ok    '}  check: ${name}`);
  }
  reportSkipped(suites);
  printTotals(suites);
}

function reportSkipped(suites) {
  const tests = suites.flatMap(({ path, skipped }) => skipped.map((name) => `${path}: ${name}`));
  say(leftOut.length + tests.length === 0 ? '\nNothing was skipped.' : '\nSkipped:');
  for (const { path, reason, mayBeSkipped } of leftOut) {
    say(`  ${mayBeSkipped ? '' : 'FAILED, because CI=true skips nothing: '}${path}  ${reason}`);
  }
  for (const line of tests) say(`  ${line}`);
}

function printTotals(suites) {
  const sum = (amountOf) => suites.reduce((total, suite) => total + amountOf(suite), 0);
  const refused = leftOut.filter(({ mayBeSkipped }) => !mayBeSkipped).length;
  const lost = sum((suite) => suite.failed) + failed.length + refused + (isBuilt ? 0 : 1);
  const skipped = sum((suite) => suite.skipped.length) + leftOut.length - refused;
  process.exitCode = lost === 0 ? 0 : 1;
  say(`\n${sum((suite) => suite.passed)} passed, ${lost} failed, ${skipped} skipped`);
}
