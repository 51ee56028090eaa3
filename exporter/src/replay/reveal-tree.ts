import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { Instant } from '../units/interval';

/** A recorded `.metaflow` tree that appears file by file, each when the clock reaches the time it was written. */
export type RevealedTree = {
  /** The folder that fills; a local feed reads it. */
  readonly path: string;
  /** Copies what is due; file times stay as they were recorded. */
  reveal(now: Instant): Promise<void>;
  /** Removes the folder. */
  close(): Promise<void>;
};

/** Opens the tree at `from`, whose files are due at their modification time + `shiftMs`. */
export async function openTree(from: string, shiftMs: number): Promise<RevealedTree> {
  const scratch = await mkdtemp(join(tmpdir(), 'flowledger-tree-'));
  const path = join(scratch, '.metaflow');
  await mkdir(path);
  const due = await filesByTime(from);
  let next = 0;
  return {
    path,
    async reveal(now) {
      for (; next < due.length && due[next]!.writtenAt + shiftMs <= now; next += 1) {
        const { file, writtenAt } = due[next]!;
        const [target, draft] = [join(path, relative(from, file)), join(scratch, 'draft')];
        await mkdir(dirname(target), { recursive: true });
        await copyFile(file, draft);
        // Node hands file times to the kernel as float seconds; half a millisecond more keeps the whole one.
        const seconds = (writtenAt + 0.5) / 1000;
        await utimes(draft, seconds, seconds);
        await rename(draft, target);
      }
    },
    close: () => rm(scratch, { recursive: true, force: true }),
  };
}

type DueFile = { readonly file: string; readonly writtenAt: Instant };

async function filesByTime(folder: string): Promise<DueFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const due = await Promise.all(
    files.map(async (file): Promise<DueFile> => ({ file, writtenAt: Math.floor((await stat(file)).mtimeMs) })),
  );
  return due.sort((a, b) => a.writtenAt - b.writtenAt || (a.file < b.file ? -1 : 1));
}
