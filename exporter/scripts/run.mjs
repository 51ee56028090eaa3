/** Runs one verb of the command line from a checkout: builds what changed, then hands over streams and exit code. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const failed = build({ onlyIfChanged: true });
if (failed) process.exit(1);

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const child = spawn(process.execPath, [main, ...process.argv.slice(2)], { stdio: 'inherit' });

// A terminal sends Ctrl-C to both processes; passing it on would reach the child twice, as "stop at once".
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = signal === null ? code : 128;
});
