import { join } from 'node:path';
import { boundedMap } from '../bounded-map';
import { type FileProblem, listFolder, readPlainFile, statPath } from './local-files';
import { attemptFileName, type FileFacts, rowFileName, type RunFiles, type TaskFiles } from './run-files';

/** What was read of an open run before, by task path; finished tasks whose names did not change are not read again. */
export type TaskCache = Map<string, { readonly names: string; readonly task: TaskFiles }>;

/** Names a run directory below `root`. */
export type RunPlace = { readonly root: string; readonly flow: string; readonly run: string };

const MAX_JSON_BYTES = 1 << 20;
const AT_ONCE = 4;
const ENDED_BY_RECORD = /"value":\s*"(?:True|False)"/;
const ROWS_OF_ENDED_TASK = new Set(['attempt', 'attempt_ok', 'origin-task-id']);
const ROWS_OF_ANY_TASK = new Set([...ROWS_OF_ENDED_TASK, 'attempt-done', 'end_step']);

/**
 * Reads a run directory: the texts that say what its attempts did, and file times where no record tells an end.
 * Temporary files and links are ignored. Returns null when the directory is gone.
 */
export async function readRun(place: RunPlace, cache: TaskCache): Promise<RunFiles | null> {
  const path = join(place.flow, place.run);
  const steps = await listFolder(join(place.root, path));
  if ('problem' in steps) {
    return steps.problem === 'missing'
      ? null
      : { ...place, path, self: null, tasks: [], unreadable: [{ path, ...steps }] };
  }
  const unreadable: { path: string; reason: string }[] = [];
  const list = async (folder: string): Promise<{ folders: string[]; files: string[] }> => {
    const names = await listFolder(join(place.root, folder));
    if (!('problem' in names)) return names;
    if (names.problem !== 'missing') unreadable.push({ path: folder, reason: names.reason });
    return { folders: [], files: [] };
  };
  const tasksByStep = await boundedMap(steps.folders.filter(isNotMeta), AT_ONCE, async (step) => {
    const { folders } = await list(join(path, step));
    return folders.filter(isNotMeta).map((task) => ({ step, task, path: join(path, step, task) }));
  });
  const hasMeta = steps.folders.includes('_meta');
  const self = hasMeta ? await readText(place.root, join(path, '_meta', '_self.json')) : null;
  const tasks = await boundedMap(tasksByStep.flat(), AT_ONCE, async (task) => {
    const own = await list(task.path);
    const meta = own.folders.includes('_meta') ? await list(join(task.path, '_meta')) : { files: [] };
    const names = [...own.files, ...meta.files.map((name) => `_meta/${name}`)].filter(isNotTemporary);
    return readTask(place.root, { ...task, names }, cache);
  });
  return { flow: place.flow, run: place.run, path, self, tasks, unreadable };
}

/** What changes when a finished run is touched: its step list and its `_self.json`; null when the run is gone. */
export async function runMark({ root, flow, run }: RunPlace): Promise<string | null> {
  const [folder, self] = await Promise.all([
    statPath(join(root, flow, run)),
    statPath(join(root, flow, run, '_meta', '_self.json')),
  ]);
  return folder === null ? null : `${folder.mark} ${self?.mark ?? 'none'}`;
}

const isNotMeta = (name: string): boolean => name !== '_meta';
const isNotTemporary = (name: string): boolean => !/^(_meta\/)?(tmp|\.)/.test(name);

type TaskNames = {
  readonly step: string;
  readonly task: string;
  readonly path: string;
  readonly names: readonly string[];
};

async function readTask(root: string, task: TaskNames, cache: TaskCache): Promise<TaskFiles> {
  const names = JSON.stringify(task.names);
  const known = cache.get(task.path);
  if (known?.names === names) return known.task;
  const ended = await readEndedTask(root, task);
  if (!ended) return filesOf(task, await readFiles(root, task, () => true));
  cache.set(task.path, { names, task: ended });
  return ended;
}

/** A task with one attempt that has its `attempt_ok`: nothing else can change what is known of it. */
async function readEndedTask(root: string, task: TaskNames): Promise<TaskFiles | null> {
  const rows = task.names.filter((name) => ROWS_OF_ENDED_TASK.has(rowFileName(name)?.field ?? ''));
  const count = (field: string): number => rows.filter((name) => rowFileName(name)!.field === field).length;
  const isParameters = task.step === '_parameters';
  if (!isParameters && (count('attempt') !== 1 || count('attempt_ok') !== 1)) return null;
  const wanted = isParameters ? isWanted : (name: string): boolean => rows.includes(name);
  const files = await readFiles(root, { ...task, names: task.names.filter(wanted) }, () => false);
  const endedWhole = rows.every((name) => {
    const text = files.get(name)?.text ?? '';
    return isJson(text) && (rowFileName(name)!.field !== 'attempt_ok' || ENDED_BY_RECORD.test(text));
  });
  return isParameters || endedWhole ? filesOf(task, files) : null;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isWanted(name: string): boolean {
  const row = rowFileName(name);
  if (row) return ROWS_OF_ANY_TASK.has(row.field);
  const suffix = attemptFileName(name)?.suffix;
  return suffix === 'runtime' || suffix === 'data.json';
}

async function readFiles(
  root: string,
  task: TaskNames,
  isTimed: (name: string) => boolean,
): Promise<Map<string, FileFacts>> {
  const files = await boundedMap(task.names, AT_ONCE, async (name): Promise<[string, FileFacts] | null> => {
    const path = join(task.path, name);
    if (isWanted(name)) {
      const facts = await readText(root, path);
      return facts && [name, facts];
    }
    const stat = isTimed(name) ? await statPath(join(root, path)) : null;
    return [name, { path, text: null, modifiedAt: stat?.modifiedAt ?? null, fault: null }];
  });
  return new Map(files.filter((file) => file !== null));
}

function filesOf({ step, task, path, names }: TaskNames, read: ReadonlyMap<string, FileFacts>): TaskFiles {
  const unread = (name: string): FileFacts => ({ path: join(path, name), text: null, modifiedAt: null, fault: null });
  return { step, task, path, files: new Map(names.map((name) => [name, read.get(name) ?? unread(name)])) };
}

/** A file's text; null when it vanished between listing and reading. */
async function readText(root: string, path: string): Promise<FileFacts | null> {
  const read = await readPlainFile(join(root, path), MAX_JSON_BYTES);
  if (!('problem' in read))
    return { path, text: read.bytes.toString('utf8'), modifiedAt: read.modifiedAt, fault: null };
  return read.problem === 'missing' ? null : faulty(path, read);
}

const faulty = (path: string, { reason }: FileProblem): FileFacts => ({
  path,
  text: null,
  modifiedAt: null,
  fault: reason,
});
