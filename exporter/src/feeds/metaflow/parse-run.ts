import type { Issue } from '../../facts/issue';
import type { Instant } from '../../units/interval';
import type { RowCounts } from '../feed';
import { issueOf } from './issue';
import { type ParseContext, parseTask, readObject } from './parse-task';
import type { RunFiles } from './run-files';
import { isSaneInstant } from './sane-instant';
import { showValue } from './show-value';
import type { TaskRecord } from './task-record';

/** What a run's files say, before anything is concluded. */
export type ParsedRun = {
  /** The run id as the ledger names it, rebased. */
  readonly run: string;
  readonly startedAt: Instant;
  readonly tags: readonly string[];
  readonly systemTags: readonly string[];
  readonly user: string | null;
  readonly runtime: string | null;
  readonly tasks: readonly TaskRecord[];
  /** The step whose success is the run's, where the run says so. */
  readonly endStep: string | null;
  /** The newest record, heartbeat or file time of its tasks; a tag edit is none. */
  readonly lastSign: Instant;
  /** The run's last heartbeat, where the transport has one. */
  readonly heartbeat: Instant | null;
  readonly issues: readonly Issue[];
  readonly rows: RowCounts;
};

/** A directory that does not say that it is a run, or when the run began: issues alone, none while it is being made. */
export type NoRun = { readonly startedAt: null; readonly issues: readonly Issue[] };

/** Parses a run's files. */
export function parseRun(files: RunFiles, context: ParseContext): ParsedRun | NoRun {
  const parsed = files.tasks.map((task) => parseTask(task, context));
  const tasks = parsed.map(({ record }) => record);
  if (files.self === null && tasks.every(({ rows }) => rows.length === 0)) return { startedAt: null, issues: [] };
  const self = readSelf(files, context);
  const issues = [...parsed.flatMap((task) => task.issues), ...self.issues, ...folderIssues(files, context.feed)];
  const startedAt = startOf(files.run, { tasks, selfAt: self.at, rebaseMs: context.rebaseMs });
  if (startedAt === null) return { startedAt, issues };
  return {
    run: rebasedRunId(files.run, context.rebaseMs),
    startedAt,
    tags: self.tags,
    systemTags: self.systemTags.filter((tag) => !tag.startsWith('production:')),
    user: tagValue(self.systemTags, 'user:') ?? self.user,
    runtime: tagValue(self.systemTags, 'runtime:'),
    tasks,
    endStep: tasks.flatMap(({ rows }) => rows).find(({ field }) => field === 'end_step')?.value ?? null,
    lastSign: tasks.reduce((last, { lastSign }) => Math.max(last, lastSign ?? last), startedAt),
    heartbeat: null,
    issues,
    rows: {
      accepted: sum(parsed.map(({ rows }) => rows.accepted)) + (self.issues.length === 0 ? 1 : 0),
      rejected: sum(parsed.map(({ rows }) => rows.rejected)) + self.issues.length,
    },
  };
}

/** The local provider's run ids are microseconds and move with the run's times; another id stays as it is. */
export function rebasedRunId(run: string, rebaseMs: number): string {
  return isMicroseconds(run) ? String(BigInt(run) + BigInt(rebaseMs) * 1000n) : run;
}

const isMicroseconds = (run: string): boolean => /^[1-8]\d{15}$/.test(run) && isSaneInstant(millisecondsOf(run));

const millisecondsOf = (run: string): Instant => Number(run.slice(0, -3));

type Self = {
  readonly tags: readonly string[];
  readonly systemTags: readonly string[];
  readonly user: string | null;
  readonly at: Instant | null;
  readonly issues: readonly Issue[];
};

function readSelf({ self, path }: RunFiles, { feed, rebaseMs }: ParseContext): Self {
  const unknown = { tags: [], systemTags: [], user: null, at: null };
  if (self === null) return { ...unknown, issues: [noSelf(feed, path)] };
  const read = readObject(self, feed);
  if ('issue' in read) return { ...unknown, issues: [read.issue] };
  const { tags, system_tags: systemTags, user_name: user, ts_epoch: at } = read.value;
  const issues = Object.entries({ tags, system_tags: systemTags })
    .filter(([, value]) => !isTextList(value))
    .map(([field, value]) => noTags(feed, { file: self.path, field, value }));
  if (at !== undefined && !isSaneInstant(at)) issues.push(noTime(feed, { file: self.path, value: at }));
  return {
    tags: isTextList(tags) ? tags : [],
    systemTags: isTextList(systemTags) ? systemTags : [],
    user: typeof user === 'string' && user !== '' ? user : null,
    at: isSaneInstant(at) ? at + rebaseMs : null,
    issues,
  };
}

function noSelf(feed: string, path: string): Issue {
  return issueOf(feed, {
    code: 'unreadable_file',
    file: `${path}/_meta/_self.json`,
    reason: 'The run has no _self.json, so its tags and user are unknown.',
    remedy: 'Restore the file from a backup.',
  });
}

function noTags(feed: string, { file, field, value }: { file: string; field: string; value: unknown }): Issue {
  return issueOf(feed, {
    code: value === undefined ? 'missing_field' : 'bad_value',
    file,
    field,
    value: value === undefined ? null : showValue(value),
    reason: `The run's ${field} are no list of texts, so they count as none.`,
    remedy: 'Restore the file from a backup, or add the tags again with `tag add`.',
  });
}

function noTime(feed: string, { file, value }: { file: string; value: unknown }): Issue {
  return issueOf(feed, {
    code: 'bad_value',
    file,
    field: 'ts_epoch',
    value: showValue(value),
    reason: "The run's ts_epoch is no time in milliseconds between 2000 and 2199, so it is not believed.",
    remedy: 'Restore the file from a backup; the tags in it still count.',
  });
}

function folderIssues({ unreadable }: RunFiles, feed: string): Issue[] {
  return unreadable.map(({ path, reason }) =>
    issueOf(feed, {
      code: 'unreadable_file',
      file: path,
      reason: `The folder ${reason}, so nothing in it is known.`,
      remedy: 'Let the exporter list the folder.',
    }),
  );
}

function startOf(
  run: string,
  { tasks, selfAt, rebaseMs }: { tasks: readonly TaskRecord[]; selfAt: Instant | null; rebaseMs: number },
): Instant | null {
  if (isMicroseconds(run)) return millisecondsOf(run) + rebaseMs;
  const recorded = tasks.flatMap(({ rows }) => rows.map(({ at }) => at)).filter((at) => isSaneInstant(at - rebaseMs));
  const first = recorded.reduce((least, at) => Math.min(least, at), selfAt ?? Infinity);
  return Number.isFinite(first) ? first : null;
}

const isTextList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const tagValue = (tags: readonly string[], prefix: string): string | null =>
  tags.find((tag) => tag.startsWith(prefix))?.slice(prefix.length) ?? null;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
