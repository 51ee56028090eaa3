/** Reads jest's JSON report. */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { root } from './command.mjs';

/** One entry a suite: `{ path, passed, failed, skipped: [names] }`. A suite that could not start is one failure. */
export function readJestReport(path) {
  if (!existsSync(path)) return [{ path: 'jest (it ended without a report)', passed: 0, failed: 1, skipped: [] }];
  return JSON.parse(readFileSync(path, 'utf8'))
    .testResults.map(suiteOf)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function suiteOf({ name, status, assertionResults }) {
  const count = (wanted) => assertionResults.filter((test) => test.status === wanted).length;
  const skipped = assertionResults.filter((test) => !['passed', 'failed'].includes(test.status));
  const failed = count('failed');
  return {
    path: relative(root, name),
    passed: count('passed'),
    failed: status === 'failed' && failed === 0 ? 1 : failed,
    skipped: skipped.map((test) => test.fullName),
  };
}
