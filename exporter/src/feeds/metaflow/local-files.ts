import { constants } from 'node:fs';
import { lstat, open, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { divideFloor } from '../../units/divide';
import type { Instant } from '../../units/interval';
import { FeedError } from '../feed';

/** A file's bytes and when it was last modified, floored to ms. */
export type ReadFile = { readonly bytes: Buffer; readonly modifiedAt: Instant };

/** A file that is not read: `missing` when it is gone, else `reason` says what stands in the way. */
export type FileProblem = { readonly problem: 'missing' | 'too_large' | 'unreadable'; readonly reason: string };

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/**
 * Reads a plain file of at most `maxBytes`; a symbolic link is never followed.
 * @throws FeedError when the system fails rather than refuses (too many open files, a broken disk): worth another try.
 */
export async function readPlainFile(path: string, maxBytes: number): Promise<ReadFile | FileProblem> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat({ bigint: true });
      if (!stat.isFile()) return { problem: 'unreadable', reason: 'is not a plain file' };
      if (stat.size > BigInt(maxBytes)) return { problem: 'too_large', reason: `is larger than ${maxBytes} bytes` };
      return { bytes: await handle.readFile(), modifiedAt: millisecondOf(stat.mtimeNs) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return problemOf(path, error);
  }
}

/** When `path` was last modified, floored to ms, and its size; null when it is gone or cannot be looked at. */
export async function statPath(path: string): Promise<{ modifiedAt: Instant; mark: string; isFolder: boolean } | null> {
  try {
    const stat = await lstat(path, { bigint: true });
    const mark = `${stat.mtimeNs}.${stat.size}`;
    return { modifiedAt: millisecondOf(stat.mtimeNs), mark, isFolder: stat.isDirectory() };
  } catch {
    return null;
  }
}

/** The names in a folder by kind, sorted; links and special files are in neither list. */
export type Listing = { readonly folders: readonly string[]; readonly files: readonly string[] };

/** Lists a folder, wherever its path leads; throws {@link FeedError}. */
export async function listFolder(path: string): Promise<Listing | FileProblem> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    const named = (list: typeof entries): string[] => list.map(({ name }) => name).sort();
    return {
      folders: named(entries.filter((entry) => entry.isDirectory())),
      files: named(entries.filter((entry) => entry.isFile())),
    };
  } catch (error) {
    return problemOf(path, error);
  }
}

/** Lists a folder that is no link, with the mark it had before it was listed; throws {@link FeedError}. */
export async function listOwnFolder(path: string): Promise<(Listing & { readonly mark: string }) | FileProblem> {
  const stat = await statPath(path);
  if (stat?.isFolder === false) return { problem: 'missing', reason: 'is no folder' };
  const names = await listFolder(path);
  return 'problem' in names ? names : { ...names, mark: stat?.mark ?? '' };
}

/** Null when `path` below `root` is itself, not reached by a link; else why not. Throws {@link FeedError}. */
export async function linkProblem(root: string, path: string): Promise<FileProblem | null> {
  try {
    const [real, realRoot] = await Promise.all([realpath(join(root, path)), realpath(root)]);
    return real === join(realRoot, path) ? null : { problem: 'missing', reason: 'is a link' };
  } catch (error) {
    return problemOf(join(root, path), error);
  }
}

/** The names in a folder, whatever they are. */
export async function listNames(path: string): Promise<string[] | FileProblem> {
  try {
    return await readdir(path);
  } catch (error) {
    return problemOf(path, error);
  }
}

/** True when `parts` are there and lie inside `root` after every link is followed; throws {@link FeedError}. */
export async function liesInside(root: string, ...parts: readonly string[]): Promise<boolean> {
  try {
    const [inside, outside] = await Promise.all([realpath(join(root, ...parts)), realpath(root)]);
    return inside.startsWith(outside + sep);
  } catch (error) {
    problemOf(join(root, ...parts), error);
    return false;
  }
}

function millisecondOf(nanoseconds: bigint): Instant {
  return Number(divideFloor(nanoseconds, NANOSECONDS_PER_MILLISECOND));
}

const REFUSALS = new Set(['EACCES', 'EPERM', 'ELOOP', 'EISDIR', 'ENXIO', 'ENAMETOOLONG']);

function problemOf(path: string, cause: unknown): FileProblem {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  if (code === 'ENOENT' || code === 'ENOTDIR') return { problem: 'missing', reason: 'is not there' };
  if (REFUSALS.has(code)) return { problem: 'unreadable', reason: `cannot be read (${code})` };
  throw new FeedError(`${path} cannot be read (${code}).`, { cause });
}
