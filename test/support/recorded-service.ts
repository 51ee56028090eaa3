import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** One recorded answer: the address asked (with its query), and what came back. */
export type RecordedAnswer = {
  readonly path: string;
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
};

/** One snapshot a line: what a poller was answered at that instant. */
export type Snapshot = { readonly at: number; readonly answers: readonly RecordedAnswer[] };

/** Takes a request over; true when it has answered it. */
export type Interception = (request: IncomingMessage, response: ServerResponse) => boolean;

/** How recorded answers are served. */
export type ServiceSettings = {
  /** `service`: cursors and X-Limit. `old`: lists whole, whatever the query. `ui`: envelopes and page numbers. */
  readonly kind: 'service' | 'old' | 'ui';
  readonly answers: readonly RecordedAnswer[];
  /** Rows a page at most; the real service gives 500, the UI backend 1000. */
  readonly mostRows?: number;
  /** A path in front of every other. */
  readonly prefix?: string;
  readonly intercept?: Interception;
};

/** A running service. */
export type RecordedService = {
  readonly url: string;
  /** Every address asked so far, prefix and query included. */
  readonly asked: string[];
  /** From now on these are the answers. */
  serve(answers: readonly RecordedAnswer[]): void;
  /** From now on this looks at requests first; null: nobody does. */
  intercept(by: Interception | null): void;
  stop(): Promise<void>;
};

type Row = { readonly [field: string]: unknown };

/** Reads the lines of a `.jsonl` or `.jsonl.gz`: answers, or snapshots. */
export function readJsonLines<Line>(path: string): Line[] {
  const bytes = readFileSync(path);
  const lines = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Line);
}

/** Serves recorded answers over HTTP on a free port of this machine. */
export async function startRecordedService(settings: ServiceSettings): Promise<RecordedService> {
  const { kind, mostRows = kind === 'ui' ? 1000 : 500, prefix = '' } = settings;
  let archive = new Archive(settings.answers);
  let intercept = settings.intercept ?? null;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const address = request.url ?? '/';
    asked.push(address);
    if (intercept?.(request, response)) return;
    const answer = address.startsWith(prefix)
      ? answerTo(new URL(address.slice(prefix.length), 'http://recorded'), { archive, kind, mostRows })
      : NOT_FOUND;
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    asked,
    serve: (answers) => (archive = new Archive(answers)),
    intercept: (by) => (intercept = by),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const TEXT = { 'content-type': 'text/plain; charset=utf-8' };
const NOT_FOUND: Omit<RecordedAnswer, 'path'> = { status: 404, headers: TEXT, body: '{}' };

/** Recorded answers by address, and the whole list behind the pages that were recorded of it. */
class Archive {
  readonly #answers = new Map<string, RecordedAnswer>();
  readonly #pages = new Map<string, RecordedAnswer[]>();

  constructor(answers: readonly RecordedAnswer[]) {
    for (const answer of answers) {
      this.#answers.set(answer.path, answer);
      const path = decodeURIComponent(answer.path.split('?')[0]!);
      if (answer.status === 200) this.#pages.set(path, [...(this.#pages.get(path) ?? []), answer]);
    }
  }

  exactly(path: string): RecordedAnswer | undefined {
    return this.#answers.get(path);
  }

  /** The answer to the address without a query; else the first one to it with any. */
  whole(path: string): RecordedAnswer | undefined {
    return this.#answers.get(path) ?? this.#pages.get(decodeURIComponent(path))?.[0];
  }

  /** Every row that any recorded page of a list holds, in the order of the pages; null for what is no list. */
  rows(path: string): Row[] | null {
    const whole = this.#answers.get(path);
    const answers = whole ? [whole] : (this.#pages.get(decodeURIComponent(path)) ?? []);
    const lists = answers.map(({ body }) => JSON.parse(body) as Row[] | { data: Row[] });
    const rows = lists.flatMap((list) => (Array.isArray(list) ? list : list.data));
    return lists.length > 0 && Array.isArray(rows) && lists.every(isList) ? rows : null;
  }
}

const isList = (body: Row[] | { data?: unknown }): boolean =>
  Array.isArray(body) || (typeof body === 'object' && body !== null && Array.isArray(body.data));

type Serving = { readonly archive: Archive; readonly kind: ServiceSettings['kind']; readonly mostRows: number };

function answerTo({ pathname, search, searchParams }: URL, serving: Serving): Omit<RecordedAnswer, 'path'> {
  const { archive, kind } = serving;
  const exactly = archive.exactly(pathname + search);
  if (exactly && (exactly.status !== 200 || !/[[{]/.test(exactly.body))) return exactly;
  const rows = archive.rows(pathname);
  if (rows === null) return exactly ?? archive.whole(pathname) ?? NOT_FOUND;
  if (kind === 'old') return { status: 200, headers: TEXT, body: JSON.stringify(rows) };
  if (kind === 'ui') return uiPage(rows, searchParams, serving);
  const isPaged = searchParams.has('_limit') || searchParams.has('_cursor');
  return isPaged ? servicePage(rows, searchParams, serving) : archive.whole(pathname)!;
}

/** The service pages newest first; the cursor names the last row given. */
function servicePage(rows: Row[], query: URLSearchParams, { mostRows }: Serving): Omit<RecordedAnswer, 'path'> {
  const limit = Math.min(Number(query.get('_limit') ?? 50), mostRows);
  const sorted = [...rows].sort(newestFirst);
  const cursor = query.get('_cursor');
  const after = cursor === null ? -1 : sorted.findIndex((row) => cursorOf(row) === cursor);
  const page = sorted.slice(after + 1, after + 1 + limit);
  const headers: Record<string, string> = { ...TEXT, 'x-limit': String(limit) };
  if (after + 1 + limit < sorted.length) headers['x-next-cursor'] = cursorOf(page[page.length - 1]!);
  return { status: 200, headers, body: JSON.stringify(page) };
}

/** The UI backend pages by number, filters by `ts_epoch:ge` and sorts by what `_order` says. */
function uiPage(rows: Row[], query: URLSearchParams, { mostRows }: Serving): Omit<RecordedAnswer, 'path'> {
  const limit = Math.min(Number(query.get('_limit') ?? 10), mostRows);
  const page = Number(query.get('_page') ?? 1);
  const [, sign = '-', column = ''] = /^([+-]?)(.*)$/.exec(query.get('_order') ?? '') ?? [];
  const since = Number(query.get('ts_epoch:ge') ?? -Infinity);
  const wanted = rows.filter((row) => !('ts_epoch' in row) || Number(row.ts_epoch) >= since);
  if (column !== '') wanted.sort((a, b) => (Number(a[column]) - Number(b[column])) * (sign === '+' ? 1 : -1));
  const data = wanted.slice((page - 1) * limit, page * limit);
  const next = data.length >= limit ? page + 1 : null;
  const body = { data, status: 200, links: {}, pages: { self: page, first: 1, prev: 1, next, last: null }, query: {} };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** A test may serve rows that are none. */
const orNothing = (row: Row | null): Row => row ?? {};

function newestFirst(a: Row | null, b: Row | null): number {
  const [one, other] = [orNothing(a), orNothing(b)];
  return Number(other.ts_epoch ?? 0) - Number(one.ts_epoch ?? 0) || Number(other.id ?? 0) - Number(one.id ?? 0);
}

function cursorOf(row: Row | null): string {
  const { ts_epoch: at, id, flow_id: flow, run_number: run, task_id: task } = orNothing(row);
  return Buffer.from(JSON.stringify([at, id, flow, run, task])).toString('base64');
}
