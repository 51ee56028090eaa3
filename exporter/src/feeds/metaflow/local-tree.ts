import { join } from 'node:path';
import { boundedMap } from '../bounded-map';
import { type FileProblem, readPlainFile, statPath } from './local-files';
import { type RunPlace, type TaskNames, walkRun } from './run-folders';
import { attemptFileName, type FileFacts, rowFileName, type RunFiles, type TaskFiles } from './run-files';

/** What was read of an open run before, by task path; finished tasks whose names did not change are not read again. */
export type TaskCache = Map<string, { readonly names: string; readonly task: TaskFiles }>;

const MAX_JSON_BYTES = 1 << 20;
const AT_ONCE = 4;
const ENDED_BY_RECORD = /"value":\s*"(?:True|False)"/;
const FAILED_BY_RECORD = /"value":\s*"False"/;
const ROWS_OF_ENDED_TASK = new Set(['attempt', 'attempt_ok', 'origin-task-id']);
const ROWS_OF_ANY_TASK = new Set([...ROWS_OF_ENDED_TASK, 'attempt-done', 'end_step']);

/**
 * Reads a run directory: the texts that say what its attempts did, and file times where no record tells an end.
 * Temporary files and links are ignored. A directory that is gone, or may not be listed, is a problem.
 */
export async function readRun(place: RunPlace, cache: TaskCache): Promise<RunFiles | FileProblem> {
  const { root, flow, run } = place;
  const path = join(flow, run);
  const found = await walkRun(place);
  if ('problem' in found) return found;
  const { folders, unreadable } = found;
  const self = found.hasMeta ? await readText(root, join(path, '_meta', '_self.json')) : null;
  const tasks = await boundedMap(found.tasks, AT_ONCE, (task) => readTask(root, task, cache));
  return { flow, run, path, self, tasks, folders, unreadable };
}

/** What changes when a finished run is touched: its step list and its `_self.json`; null when the run is gone. */
export async function runMark({ root, flow, run }: RunPlace): Promise<string | null> {
  const [folder, self] = await Promise.all([
    statPath(join(root, flow, run)),
    statPath(join(root, flow, run, '_meta', '_self.json')),
  ]);
  return folder?.isFolder !== true ? null : `${folder.mark} ${self?.mark ?? 'none'}`;
}

async function readTask(root: string, task: TaskNames, cache: TaskCache): Promise<TaskFiles> {
  const names = JSON.stringify(task.names);
  const known = cache.get(task.path);
  if (known?.names === names) return known.task;
  const ended = await readEndedTask(root, task);
  if (!ended) return filesOf(task, await readFiles(root, task, () => true));
  cache.set(task.path, { names, task: ended });
  return ended;
}

/**
 * A task with one attempt that has its `attempt_ok`, and `_parameters`: nothing else can change what is known of them,
 * once every wanted text is whole. A failed attempt's `.runtime` says whether Metaflow itself stopped it.
 */
async function readEndedTask(root: string, task: TaskNames): Promise<TaskFiles | null> {
  const rows = task.names.filter((name) => ROWS_OF_ENDED_TASK.has(rowFileName(name)?.field ?? ''));
  const count = (field: string): number => rows.filter((name) => rowFileName(name)!.field === field).length;
  const isParameters = task.step === '_parameters';
  if (!isParameters && (count('attempt') !== 1 || count('attempt_ok') !== 1)) return null;
  const wanted = isParameters ? task.names.filter(isWanted) : rows;
  const files = await readFiles(root, { ...task, names: wanted }, () => false);
  const oks = rows.filter((name) => rowFileName(name)!.field === 'attempt_ok').map((name) => files.get(name)?.text);
  if (!isParameters && oks.some((text) => FAILED_BY_RECORD.test(text ?? ''))) {
    const runtimes = task.names.filter((name) => attemptFileName(name)?.suffix === 'runtime');
    wanted.push(...runtimes);
    for (const [name, facts] of await readFiles(root, { ...task, names: runtimes }, () => false))
      files.set(name, facts);
  }
  const isWhole = wanted.every((name) => isJson(files.get(name)?.text ?? ''));
  const hasEnded = isParameters || oks.every((text) => ENDED_BY_RECORD.test(text ?? ''));
  return isWhole && hasEnded ? filesOf(task, files) : null;
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
