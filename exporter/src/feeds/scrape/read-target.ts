import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Instant } from '../../units/interval';
import { secondsFromMilliseconds } from '../../units/quantity';
import { FeedError } from '../feed';
import type { Credentials } from './read-credentials';
import { bodyProblem, instantOfDate, statusProblem } from './scrape-problem';

/** One request of a target; `deadlineMs` is real and covers connecting, headers and body. */
export type Asking = {
  readonly url: string;
  readonly credentials: Credentials;
  readonly deadlineMs: number;
  /** Of the body after decompression. */
  readonly bodyLimitBytes: number;
  /** Ends the exchange at once. */
  readonly signal: AbortSignal;
};

/** A whole answer; bytes that are no UTF-8 stand in `body` as U+FFFD. */
export type Answer = {
  readonly body: string;
  readonly contentType: string | null;
  /** By its Date header, whole seconds. */
  readonly targetClock: Instant | null;
};

/** In Prometheus' order; the text forms alone. */
const ACCEPT = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.1';

/**
 * Reads a target once over a connection of its own, which is closed in every case. Redirects are not followed.
 * @throws FeedError or the system's error when there is no complete answer of status 200 in time.
 */
export function readTarget(asking: Asking): Promise<Answer> {
  const { url, deadlineMs, bodyLimitBytes, signal } = asking;
  return new Promise((resolve, reject) => {
    let isAnswering = false;
    const request = (url.startsWith('https:') ? requestHttps : requestHttp)(url, {
      agent: false,
      headers: headersOf(asking),
      signal,
      ...asking.credentials.tls,
    });
    const end = (settle: () => void): void => {
      clearTimeout(deadline);
      settle();
      request.destroy();
    };
    const fail = (error: Error): void => end(() => reject(error));
    const deadline = setTimeout(() => fail(lateness(deadlineMs, isAnswering ? 'completely' : 'at all')), deadlineMs);
    request.on('error', fail);
    request.on('close', () => {
      if (!isAnswering) fail(new FeedError('The target closed the connection without an answer.'));
    });
    request.on('response', (response) => {
      isAnswering = true;
      // The connection is destroyed as soon as an answer is refused, and what that does to the rest is no news.
      response.on('error', () => undefined);
      readAnswer(response, bodyLimitBytes).then((answer) => end(() => resolve(answer)), fail);
    });
    request.end();
  });
}

function headersOf({ credentials, deadlineMs }: Asking): Record<string, string> {
  return {
    accept: ACCEPT,
    'accept-encoding': 'gzip',
    'user-agent': 'flowledger',
    'x-prometheus-scrape-timeout-seconds': String(secondsFromMilliseconds(deadlineMs)),
    ...(credentials.authorization !== null && { authorization: credentials.authorization }),
  };
}

function lateness(deadlineMs: number, how: 'completely' | 'at all'): FeedError {
  const seconds = secondsFromMilliseconds(Math.round(deadlineMs));
  return new FeedError(`The target did not answer ${how} within ${seconds} s.`);
}

async function readAnswer(response: IncomingMessage, limit: number): Promise<Answer> {
  const { statusCode = 0, headers } = response;
  refuseFor(statusProblem(statusCode));
  if (Number(headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  const contentType = headers['content-type'] ?? null;
  const body = await readBody(decoded(response), limit);
  if (!response.complete) throw new FeedError('The target closed the connection before its answer was complete.');
  refuseFor(bodyProblem({ contentType, body }));
  return { body, contentType, targetClock: instantOfDate(headers.date) };
}

function refuseFor(problem: string | null): void {
  if (problem !== null) throw new FeedError(problem);
}

function decoded(response: IncomingMessage): Readable {
  const encoding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity') return response;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new FeedError('The target encodes its answer in a way that it was not asked for; gzip is understood.');
  }
  // An error of either stream reaches the reader of the last one; the callback has nothing to add.
  return pipeline(response, createGunzip(), () => undefined);
}

async function readBody(stream: Readable, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tooLarge(limit: number): FeedError {
  return new FeedError(`The answer is larger than ${limit} bytes, the limit of this feed.`);
}
