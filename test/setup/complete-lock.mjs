/**
 * Run after `npm install`: adds to package-lock.json the optional packages of other platforms that the registry lacks.
 * With `--check` it changes nothing, names what is missing and fails.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { completeLock, missingOptionalEntries } from './lock-platforms.mjs';

const path = new URL('../../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));

if (process.argv.includes('--check')) {
  const missing = missingOptionalEntries(lock);
  for (const { parent, name } of missing) process.stdout.write(`${parent} wants ${name}, which the lock lacks\n`);
  process.exitCode = missing.length === 0 ? 0 : 1;
} else {
  const added = completeLock(lock);
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(`package-lock.json: ${added.length} entries added.\n`);
}
