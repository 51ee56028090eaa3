import { FeedError } from '../feed';
import { readJson } from '../metaflow/json-text';
import { isRecord } from '../metaflow/parse-row';

/** An answer whose JSON could be read; `nextCursor` and `limit` are what the service says of its page. */
export type Answer = {
  readonly status: number;
  readonly body: unknown;
  readonly limit: string | null;
  readonly nextCursor: string | null;
};

/** Asks for an address below the service's own; throws FeedError for any answer whose status is not in `accepted`. */
export type Ask = (path: string, options?: AskOptions) => Promise<Answer>;

/** Which answers beside 200 are worth having, and whether a failing one is asked for again. */
export type AskOptions = { readonly accepted?: readonly number[]; readonly isTriedOnce?: boolean };

/** An answer, or a list of several, that exceeds a limit of bytes or rows. */
export class AnswerTooLarge extends FeedError {}

/** Rows a list may have: those of the largest run, or of all runs of a flow. */
const MOST_ROWS = 500_000;

/** Adds rows to those of a list; `path` names it. @throws AnswerTooLarge where the list becomes too long. */
export function addRows(rows: unknown[], more: readonly unknown[], path: string): void {
  if (rows.length + more.length > MOST_ROWS) throw new AnswerTooLarge(`${path} has more than ${MOST_ROWS} rows.`);
  for (const row of more) rows.push(row);
}

/** An answer of another status than was wanted. */
export class AnswerRefused extends FeedError {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

const MAX_DETAIL = 200;

/** The JSON in an answer, whatever type it says it has; throws FeedError for a web page or anything else. */
export function bodyOf(text: string, place: string): unknown {
  const read = readJson(text);
  if ('value' in read) return read.value;
  if (/^\s*</.test(text)) throw new FeedError(`${place} answers with a web page instead of JSON.`);
  const where = `line ${read.line}, column ${read.column}`;
  throw new FeedError(`${place} answers with something that is not JSON (${where}: it ${read.fault}).`);
}

/** What a refusal says of itself, shortened, with every secret in it hidden; empty where it says nothing plain. */
export function detailOf(text: string, secrets: readonly string[]): string {
  const detail = plainDetail(text);
  const hidden = secrets.reduce((shown, secret) => shown.split(secret).join('[redacted]'), detail);
  return hidden.length > MAX_DETAIL ? `${hidden.slice(0, MAX_DETAIL)}…` : hidden;
}

/** Why a status is no answer. */
export function statusProblem(status: number): string {
  if (status >= 300 && status < 400) return `redirects (HTTP ${status}), which is not followed`;
  if (status === 401 || status === 403) return `refuses us (HTTP ${status}): look at headers_file`;
  return `answers HTTP ${status}`;
}

/** The service encodes some errors twice: a JSON text that holds JSON. */
function plainDetail(text: string): string {
  let value: unknown = text;
  for (let depth = 0; depth < 2 && typeof value === 'string'; depth++) {
    const read = readJson(value);
    if (!('value' in read)) break;
    value = read.value;
  }
  if (isRecord(value)) {
    const { err_msg: error, detail, message, title } = value;
    value = [error, detail, message, title].map(messageIn).find((one) => one !== null) ?? '';
  }
  return typeof value === 'string' && !/^\s*</.test(value) ? value.replace(/\s+/g, ' ').trim() : '';
}

function messageIn(value: unknown): string | null {
  if (typeof value === 'string' && value !== '') return value;
  return isRecord(value) ? messageIn(value.pgerror ?? value.message ?? value.detail) : null;
}
