import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The checkout's root folder. */
export const ROOT = join(__dirname, '../..');

/** Every file of the repository, as slash-separated paths: tracked ones, and new ones that git does not ignore. */
export function repositoryFiles(): string[] {
  const flags = ['-c', 'safe.directory=*', 'ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const listed = execFileSync('git', flags, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return [...new Set(listed.split('\0'))].filter(
    (path) => path !== '' && !isOwners(path) && existsSync(join(ROOT, path)),
  );
}

/** Source files of ours: TypeScript, with JavaScript and SQL where asked for. */
export function sourceFiles(...endings: readonly string[]): string[] {
  const wanted = endings.length === 0 ? ['.ts', '.tsx'] : endings;
  return repositoryFiles().filter((path) => wanted.some((ending) => path.endsWith(ending)));
}

/** A file's text. */
export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** True when the repository holds the file or folder. */
export function exists(path: string): boolean {
  return existsSync(join(ROOT, path));
}

/** The user of a checkout may keep a configuration, a ledger and runs of their own in it. */
function isOwners(path: string): boolean {
  return path === 'flowledger.yaml' || path.startsWith('.metaflow/') || path.startsWith('data/');
}
