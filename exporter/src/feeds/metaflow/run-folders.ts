import { join } from 'node:path';
import { boundedMap } from '../bounded-map';
import { type FileProblem, linkProblem, listOwnFolder, statPath } from './local-files';
import type { FolderMarks, RunFiles } from './run-files';

/** Names a run directory below `root`. */
export type RunPlace = { readonly root: string; readonly flow: string; readonly run: string };

/** The names in one task's folder; those of its `_meta` folder are named `_meta/…`. */
export type TaskNames = {
  readonly step: string;
  readonly task: string;
  readonly path: string;
  readonly names: readonly string[];
};

/** The folders of a run: what lies in them, the mark each had before it was listed, and which refused. */
export type RunFolders = {
  readonly tasks: readonly TaskNames[];
  readonly hasMeta: boolean;
  readonly folders: FolderMarks;
  readonly unreadable: RunFiles['unreadable'];
};

const AT_ONCE = 4;

/** Walks a run directory; no link is followed, and temporary files are left out. Throws FeedError. */
export async function walkRun({ root, flow, run }: RunPlace): Promise<RunFolders | FileProblem> {
  const path = join(flow, run);
  const top = (await linkProblem(root, path)) ?? (await listOwnFolder(join(root, path)));
  if ('problem' in top) return top;
  const folders = new Map<string, string>();
  const unreadable: { path: string; reason: string }[] = [];
  const list = async (folder: string): Promise<{ folders: readonly string[]; files: readonly string[] }> => {
    const names = await listOwnFolder(join(root, folder));
    if ('problem' in names) {
      if (names.problem !== 'missing') unreadable.push({ path: folder, reason: names.reason });
      return { folders: [], files: [] };
    }
    folders.set(folder, names.mark);
    return names;
  };
  const tasksByStep = await boundedMap(top.folders.filter(isNotMeta), AT_ONCE, async (step) => {
    const { folders: names } = await list(join(path, step));
    return names.filter(isNotMeta).map((task) => ({ step, task, path: join(path, step, task) }));
  });
  const tasks = await boundedMap(tasksByStep.flat(), AT_ONCE, async (task) => {
    const own = await list(task.path);
    const meta = own.folders.includes('_meta') ? await list(join(task.path, '_meta')) : { files: [] };
    const names = [...own.files, ...meta.files.map((name) => `_meta/${name}`)].filter(isNotTemporary);
    return { ...task, names };
  });
  return { tasks, hasMeta: top.folders.includes('_meta'), folders, unreadable };
}

/** The marks of a run's step folders alone: a new task changes one. Throws FeedError. */
export async function markSteps({ root, flow, run }: RunPlace): Promise<FolderMarks | FileProblem> {
  const path = join(flow, run);
  const top = (await linkProblem(root, path)) ?? (await listOwnFolder(join(root, path)));
  if ('problem' in top) return top;
  const marks = await boundedMap(top.folders.filter(isNotMeta), AT_ONCE, async (step) => {
    const stat = await statPath(join(root, path, step));
    return [join(path, step), stat?.mark ?? ''] as const;
  });
  return new Map(marks);
}

const isNotMeta = (name: string): boolean => name !== '_meta';
const isNotTemporary = (name: string): boolean => !/^(_meta\/)?(tmp|\.)/.test(name);
