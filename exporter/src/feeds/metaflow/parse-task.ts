import type { Issue } from '../../facts/issue';
import type { Instant } from '../../units/interval';
import type { RowCounts } from '../feed';
import { issueOf } from './issue';
import { readJson } from './json-text';
import { isRecord, parseRow } from './parse-row';
import { attemptFileName, type FileFacts, rowFileName, type TaskFiles } from './run-files';
import { isSaneInstant } from './sane-instant';
import type { MetadataRow, RuntimeFile, TaskRecord } from './task-record';

/** Whose files are parsed, and how far their times are moved. */
export type ParseContext = { readonly feed: string; readonly rebaseMs: number };

/** A task's record, what was wrong with its files, and how many of its texts could be used. */
export type ParsedTask = { readonly record: TaskRecord; readonly issues: readonly Issue[]; readonly rows: RowCounts };

const TASK_OK_SHA: ReadonlyMap<string, boolean> = new Map([
  ['868436778cb011a1c6230bc12534683ab0b7f1c3', true],
  ['2473d4676d5b2aba674167293142f8031ada401b', false],
]);

/** Parses a task's files; a damaged one becomes an issue with its line and column, and the others still count. */
export function parseTask({ step, task, path, files }: TaskFiles, context: ParseContext): ParsedTask {
  const rows: MetadataRow[] = [];
  const runtimeFiles = new Map<number, RuntimeFile>();
  const taskOk = new Map<number, boolean>();
  const issues: Issue[] = [];
  let accepted = 0;
  let rejected = 0;
  for (const [name, file] of files) {
    if (file.text === null && file.fault === null) continue;
    const read = readObject(file, context.feed);
    const attemptFile = attemptFileName(name);
    const problem =
      'issue' in read
        ? read.issue
        : attemptFile
          ? readAttemptFile({ ...attemptFile, file, json: read.value }, { runtimeFiles, taskOk }, context)
          : readRow(read.value, { file, rows }, context);
    if (problem) issues.push(problem);
    accepted += problem ? 0 : 1;
    rejected += problem ? 1 : 0;
    if ('issue' in read && attemptFile?.suffix === 'runtime' && isSaneInstant(file.modifiedAt)) {
      const at = file.modifiedAt + context.rebaseMs;
      runtimeFiles.set(attemptFile.attempt, { at, returnCode: null, killedByMetaflow: false });
    }
  }
  const { lastSign, refused } = lastSignOf(files, rows, context.rebaseMs);
  if (refused.length > 0) issues.push(strangeTimes(refused, { path, feed: context.feed }));
  const record = { step, task, source: path, rows, runtimeFiles, taskOk, lastSign, heartbeat: null };
  return { record, issues, rows: { accepted, rejected } };
}

/** The JSON object in a file, or the issue with the line and column where it stops being one. */
export function readObject(
  { path, text, fault }: FileFacts,
  feed: string,
): { readonly value: { readonly [key: string]: unknown } } | { readonly issue: Issue } {
  const remedy = 'Restore the file from a backup, or remove it if the run no longer matters.';
  if (text === null) {
    const reason = `The file ${fault ?? 'was not read'}.`;
    return {
      issue: issueOf(feed, { code: 'unreadable_file', file: path, reason, remedy: 'Let the exporter read it.' }),
    };
  }
  const read = readJson(text);
  if ('fault' in read) {
    const { line, column } = read;
    const reason = `The text is not JSON: it ${read.fault}.`;
    return { issue: issueOf(feed, { code: 'bad_json', file: path, line, column, reason, remedy }) };
  }
  if (isRecord(read.value)) return { value: read.value };
  const reason = 'The JSON is not an object.';
  return { issue: issueOf(feed, { code: 'bad_json', file: path, line: 1, column: 1, reason, remedy }) };
}

function readRow(
  json: unknown,
  { file, rows }: { file: FileFacts; rows: MetadataRow[] },
  { feed, rebaseMs }: ParseContext,
): Issue | null {
  const row = parseRow(json);
  if (!('fault' in row)) {
    rows.push({ ...row, at: row.at + rebaseMs });
    return null;
  }
  const { field, value, fault } = row;
  return issueOf(feed, {
    code: value === null ? 'missing_field' : 'bad_value',
    file: file.path,
    field,
    value,
    reason: value === null ? `The row has no ${field}.` : `The row's ${field} ${fault}.`,
    remedy: 'The row is left out; restore the file from a backup if its attempt now lacks a start or an end.',
  });
}

type AttemptFile = {
  readonly attempt: number;
  readonly suffix: string;
  readonly file: FileFacts;
  readonly json: { readonly [key: string]: unknown };
};

function readAttemptFile(
  { attempt, suffix, file, json }: AttemptFile,
  into: { runtimeFiles: Map<number, RuntimeFile>; taskOk: Map<number, boolean> },
  { rebaseMs }: ParseContext,
): null {
  if (suffix === 'runtime' && isSaneInstant(file.modifiedAt)) {
    const { return_code: code, killed } = json;
    const returnCode = typeof code === 'number' ? code : null;
    into.runtimeFiles.set(attempt, { at: file.modifiedAt + rebaseMs, returnCode, killedByMetaflow: killed === true });
  }
  if (suffix === 'data.json' && isRecord(json.objects)) {
    const ok = TASK_OK_SHA.get(String(json.objects._task_ok));
    if (ok !== undefined) into.taskOk.set(attempt, ok);
  }
  return null;
}

type LastSign = { readonly lastSign: Instant | null; readonly refused: readonly FileTime[] };
type FileTime = { readonly name: string; readonly at: Instant };

/** The newest credible time; file times that nobody can believe are named. */
function lastSignOf(files: ReadonlyMap<string, FileFacts>, rows: readonly MetadataRow[], rebaseMs: number): LastSign {
  const times = [...files].flatMap(([name, { modifiedAt }]): FileTime[] =>
    [rowFileName(name)?.at ?? null, modifiedAt].flatMap((at) => (at === null ? [] : [{ name, at }])),
  );
  let last = -Infinity;
  for (const { at } of rows) last = Math.max(last, at);
  for (const { at } of times) if (isSaneInstant(at)) last = Math.max(last, at + rebaseMs);
  return { lastSign: last === -Infinity ? null : last, refused: times.filter(({ at }) => !isSaneInstant(at)) };
}

function strangeTimes(times: readonly FileTime[], { path, feed }: { path: string; feed: string }): Issue {
  const { name, at } = times[0]!;
  return issueOf(feed, {
    code: 'bad_value',
    file: `${path}/${name}`,
    field: 'file time',
    value: String(at),
    reason: 'The time of the file, in ms, lies before 2000 or after 2199, so it is not believed.',
    remedy: 'Set the clock of the machine that writes or copies the files by NTP.',
    count: times.length,
  });
}
