/** Runs other programs for the test set-up. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The checkout's root folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** True when `command --version`, or `command` with `args`, runs and ends with 0. */
export function runs(command, args = ['--version']) {
  return spawnSync(command, args, { cwd: root, stdio: 'ignore' }).status === 0;
}

/** Runs to the end and returns `{ code, output }`, both streams as one text; what cannot start has code 127. */
export function capture(command, args, environment = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, ...environment },
  });
  if (error) return { code: 127, output: error.message };
  return { code: status ?? 1, output: `${stdout}${stderr}` };
}

/** Runs a program of node_modules with this Node and returns `{ code, output }`. */
export function captureNode(script, args) {
  return capture(process.execPath, [`node_modules/${script}`, ...args]);
}

/** The last `count` lines of a text, for messages. */
export function lastLines(text, count) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
