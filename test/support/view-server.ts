import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../exporter/src/views/api/app';
import type { AppOptions } from '../../exporter/src/views/api/app-parts';
import { OPEN } from '../../exporter/src/views/auth/authenticate';
import { createServer } from '../../exporter/src/views/auth/server';
import { DAWN, MINUTE_MS } from './view-estate';
import { viewStory } from './view-story';

/** An answer as it came. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
};

/** What a request says beside its path; `path` is sent as it is. */
export type Asking = { readonly method?: string; readonly headers?: Record<string, string | string[]> };

/** An exporter that serves a story over real HTTP. */
export type ViewServer = {
  ask(path: string, asking?: Asking): Promise<Answer>;
  json(path: string, asking?: Asking): Promise<any>;
  readonly port: number;
  readonly logged: { facts: object; message: string }[];
  close(): Promise<void>;
};

/** The time at which the story is looked at. */
export const STORY_NOW = DAWN + 91 * MINUTE_MS;

/** Serves the story of {@link viewStory}, or what `options` give instead, on a free port of loopback. */
export async function serveStory(options: Partial<AppOptions> = {}): Promise<ViewServer> {
  const { store, state } = await viewStory();
  const logged: ViewServer['logged'] = [];
  const app = createApp({
    state: () => state,
    store,
    auth: OPEN,
    listen: { host: '127.0.0.1', port: 0 },
    clock: { now: () => STORY_NOW },
    version: '0.0.0-test',
    example: null,
    log: { error: (facts, message) => void logged.push({ facts, message }) },
    ...options,
  });
  const server = createServer(app, { webConfig: null, folder: '.' });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ask = (path: string, asking: Asking = {}): Promise<Answer> => send({ port, path, ...asking });
  return {
    ask,
    json: async (path, asking) => JSON.parse((await ask(path, asking)).text),
    port,
    logged,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

function send({ port, path, method = 'GET', headers = {} }: Asking & { port: number; path: string }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ port, path, method, headers, host: '127.0.0.1', agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}
