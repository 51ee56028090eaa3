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

try {
  runEverything();
} catch (error) {
  say(`${error.stack}\n\n0 passed, 1 failed, 0 skipped`);
  process.exitCode = 1;
}

function runEverything() {
  const leftOut = suitesWithUnmetNeeds(meetNeeds(say));
  const isBuilt = build({ onlyIfChanged: true }) === 0;
  say(`build: ${isBuilt ? 'ok' : 'FAILED'}`);
  const failed = chosen.length === 0 ? failedChecks(say) : [];
  report({ suites: runJest(leftOut.map(({ path }) => path)), leftOut, failed, isBuilt });
}

function suitesWithUnmetNeeds(unmetNeeds) {
  return readdirSync(join(root, 'test'), { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test', name))
    .filter((path) => chosen.length === 0 || chosen.some((word) => path.includes(word)))
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
  const flags = ['--json', '--outputFile', file, '--maxWorkers', '2'];
  // Jest takes every bare word after --testPathIgnorePatterns as one more pattern, so the chosen paths go first.
  const jest = ['node_modules/jest/bin/jest.js', ...chosen, ...flags, ...ignored];
  spawnSync(process.execPath, jest, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const suites = readJestReport(file);
  rmSync(folder, { recursive: true, force: true });
  return suites;
}

function report({ suites, leftOut, failed, isBuilt }) {
  say('\nSuites that ran:');
  for (const { path, passed, failed: lost } of suites) {
    if (passed + lost > 0) say(`  ${lost > 0 ? 'FAILED' : 'ok    '}  ${path}  (${passed} passed, ${lost} failed)`);
  }
  say(`  ${isBuilt ? 'ok    ' : 'FAILED'}  build`);
  for (const { name } of chosen.length === 0 ? CHECK_STEPS : []) {
    say(`  ${failed.some((check) => check.name === name) ? 'FAILED' : 'ok    '}  check: ${name}`);
  }
  reportSkipped(suites, leftOut);
  printTotals(suites, { leftOut, failed, isBuilt });
}

function reportSkipped(suites, leftOut) {
  const tests = suites.flatMap(({ path, skipped }) => skipped.map((name) => `${path}: ${name}`));
  say(leftOut.length + tests.length === 0 ? '\nNothing was skipped.' : '\nSkipped:');
  for (const { path, reason, mayBeSkipped } of leftOut) {
    say(`  ${mayBeSkipped ? '' : 'FAILED, because CI=true skips nothing: '}${path}  ${reason}`);
  }
  for (const line of tests) say(`  ${line}`);
}

function printTotals(suites, { leftOut, failed, isBuilt }) {
  const sum = (amountOf) => suites.reduce((total, suite) => total + amountOf(suite), 0);
  const refused = leftOut.filter(({ mayBeSkipped }) => !mayBeSkipped).length;
  const lost = sum((suite) => suite.failed) + failed.length + refused + (isBuilt ? 0 : 1);
  const skipped = sum((suite) => suite.skipped.length) + leftOut.length - refused;
  process.exitCode = lost === 0 ? 0 : 1;
  say(`\n${sum((suite) => suite.passed)} passed, ${lost} failed, ${skipped} skipped`);
}
