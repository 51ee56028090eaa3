import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { request } from 'undici';
import { secondsFromMilliseconds } from '../../units/quantity';
import { FeedError } from '../feed';
import { type Answer, AnswerRefused, AnswerTooLarge, type Ask, bodyOf, detailOf, statusProblem } from './answer';
import { type Headers, readHeaders, secretsIn } from './read-headers';

/** How a service is asked. */
export type AskSettings = {
  /** Where it is, a path prefix included. */
  readonly url: string;
  readonly headersFile: string | null;
  /** For one answer, the waits and repetitions included. */
  readonly timeoutMs: number;
  /** How long to wait before each repetition, in ms. */
  readonly retryWaitsMs?: readonly number[];
};

/** Bytes an answer may have, packed and unpacked: what an API gateway lets through. */
export const ANSWER_LIMIT_BYTES = 10 * 1_048_576;

const RETRY_WAITS_MS = [250, 1000];
const unzip = promisify(gunzip);

type Raw = { readonly status: number; readonly text: string; readonly headers: Headers };
type Exchange = { readonly address: string; readonly headers: Headers; readonly signal: AbortSignal };

/**
 * Makes the function that asks one service. What may pass is asked for again within the deadline: a broken connection,
 * a 429 and any 5xx. No header is ever part of an error. Redirects are not followed.
 */
export function askerOf({ url, headersFile, timeoutMs, retryWaitsMs = RETRY_WAITS_MS }: AskSettings): Ask {
  const base = url.replace(/\/+$/, '');
  return async (path, { accepted = [], isTriedOnce = false } = {}) => {
    const own = await readHeaders(headersFile);
    const place = `${base}${path.split('?')[0]}`;
    const headers = { accept: 'application/json', 'user-agent': 'flowledger', ...own, 'accept-encoding': 'gzip' };
    const late = new AbortController();
    const deadline = setTimeout(() => late.abort(), timeoutMs);
    try {
      const exchange = { address: `${base}${path}`, headers, signal: late.signal };
      const raw = await exchangeWithin(exchange, place, isTriedOnce ? [] : retryWaitsMs);
      if (raw.status === 200 || accepted.includes(raw.status)) return answerOf(raw, place);
      // Who refuses a key may repeat it, in whatever encoding.
      const mayEchoKey = (raw.status === 401 || raw.status === 403) && Object.keys(own).length > 0;
      const detail = mayEchoKey ? '' : detailOf(raw.text, secretsIn(own));
      throw new AnswerRefused(`${place} ${statusProblem(raw.status)}${detail && `: ${detail}`}.`, raw.status);
    } catch (error) {
      if (error instanceof FeedError) throw error;
      if (!late.signal.aborted) throw new FeedError(`${place} does not answer (${codeOf(error)}).`);
      throw new FeedError(`${place} did not answer within ${secondsFromMilliseconds(timeoutMs)} s.`);
    } finally {
      clearTimeout(deadline);
    }
  };
}

async function exchangeWithin(exchange: Exchange, place: string, waits: readonly number[]): Promise<Raw> {
  for (const waitMs of waits) {
    const raw = await exchangeOnce(exchange, place).catch((error: unknown) => {
      if (error instanceof FeedError || exchange.signal.aborted) throw error;
      return null;
    });
    if (raw !== null && raw.status !== 429 && raw.status < 500) return raw;
    await wait(Math.max(waitMs, wishedWaitMs(raw)), undefined, { signal: exchange.signal });
  }
  return exchangeOnce(exchange, place);
}

/** A busy service may say how long to wait, in whole seconds. */
function wishedWaitMs(raw: Raw | null): number {
  const wish = raw?.headers['retry-after'] ?? '';
  return /^\d{1,4}$/.test(wish) ? Number(wish) * 1000 : 0;
}

async function exchangeOnce({ address, headers, signal }: Exchange, place: string): Promise<Raw> {
  const { statusCode: status, headers: given, body } = await request(address, { headers, signal });
  const answered = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, [value].flat().join(', ')]));
  const bytes = await readBytes(body, place);
  const text = (await unpacked(bytes, { encoding: answered['content-encoding'] ?? 'identity', place })).toString();
  return { status, text, headers: answered };
}

async function readBytes(stream: AsyncIterable<Buffer>, place: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > ANSWER_LIMIT_BYTES) throw tooLarge(place);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function unpacked(
  bytes: Buffer,
  { encoding, place }: { readonly encoding: string; readonly place: string },
): Promise<Buffer> {
  if (encoding === 'identity') return bytes;
  if (encoding !== 'gzip') throw new FeedError(`${place} answers in an encoding that it was not asked for.`);
  try {
    return await unzip(bytes, { maxOutputLength: ANSWER_LIMIT_BYTES });
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(place);
    throw new FeedError(`${place} answers with damaged gzip data.`);
  }
}

function tooLarge(place: string): AnswerTooLarge {
  return new AnswerTooLarge(`${place} answers with more than ${ANSWER_LIMIT_BYTES} bytes.`);
}

function answerOf({ status, text, headers }: Raw, place: string): Answer {
  const body = bodyOf(text, place);
  return { status, body, limit: headers['x-limit'] ?? null, nextCursor: headers['x-next-cursor'] ?? null };
}

/** Of the system's words only its code is repeated. */
function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown';
}
