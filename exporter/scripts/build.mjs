/** Compiles exporter/src to exporter/dist, copies its other files, and removes what has no source any more. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const source = join(root, 'exporter/src');
const output = join(root, 'exporter/dist');
const buildInfo = join(output, '.tsbuildinfo');
const stamp = join(output, '.built');
const settings = ['tsconfig.json', 'exporter/tsconfig.json', 'package-lock.json', 'exporter/scripts/build.mjs'];

/** Builds; with `onlyIfChanged` an unchanged tree costs a few milliseconds. Returns the compiler's exit code. */
export function build({ onlyIfChanged = false } = {}) {
  const fingerprint = fingerprintOf(sourceFiles());
  if (onlyIfChanged && existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return 0;
  rmSync(stamp, { force: true });
  const outputs = new Set(sourceFiles().map(outputOf));
  if ([...outputs].some((path) => path.endsWith('.js') && !existsSync(path))) rmSync(buildInfo, { force: true });
  const code = compile();
  if (code !== 0) return code;
  copyAssets();
  removeOrphans(outputs);
  chmodSync(join(output, 'main.js'), 0o755);
  writeFileSync(stamp, fingerprint);
  return 0;
}

function compile() {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', join(root, 'exporter')], {
    encoding: 'utf8',
  });
  if (status !== 0) process.stderr.write(stdout + stderr);
  return status ?? 1;
}

function copyAssets() {
  for (const path of sourceFiles().filter((file) => !file.endsWith('.ts'))) {
    mkdirSync(dirname(outputOf(path)), { recursive: true });
    cpSync(path, outputOf(path));
  }
}

function removeOrphans(outputs) {
  for (const path of filesUnder(output)) {
    if (!outputs.has(path) && path !== buildInfo) rmSync(path);
  }
}

function outputOf(path) {
  return join(output, relative(source, path)).replace(/\.ts$/, '.js');
}

function sourceFiles() {
  return filesUnder(source).filter((path) => !path.endsWith('.d.ts'));
}

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function fingerprintOf(files) {
  const hash = createHash('sha256');
  for (const path of [...files, ...settings.map((name) => join(root, name))].sort()) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${relative(root, path).split(sep).join('/')} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = build();
