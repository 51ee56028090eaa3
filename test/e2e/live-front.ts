import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Changes a body on its way; `path` is what was asked for. */
export type Rewrite = (body: string, path: string) => string;

/** What stands before one source of a simulated cluster, on a port of its own, so that it can really be killed. */
export type Front = {
  /** `http://127.0.0.1:port`; it stays the same over kill and revive. */
  readonly url: string;
  /** `127.0.0.1:port`. */
  readonly place: string;
  /** Ends its server: connections are refused from now on. */
  kill(): Promise<void>;
  revive(): Promise<void>;
  /** Whether it accepts requests and never answers them. */
  hang(isHanging: boolean): void;
  /** Changes every body that goes through; null changes none. */
  rewrite(change: Rewrite | null): void;
};

/** Starts one before `source`, whose paths it keeps. */
export async function startFront(source: string): Promise<Front> {
  let [server, isHanging] = [createServer(answer), false];
  let change: Rewrite | null = null;
  function answer(request: IncomingMessage, response: ServerResponse): void {
    if (isHanging) return;
    const path = request.url ?? '/';
    const changed = (body: string): string => change?.(body, path) ?? body;
    forward(`${source}${path}`, { response, change: changed }).catch(() => request.socket.destroy());
  }
  const port = await listening(server, 0);
  const place = `127.0.0.1:${port}`;
  return {
    url: `http://${place}`,
    place,
    kill: () => closed(server),
    async revive() {
      server = createServer(answer);
      await listening(server, port);
    },
    hang: (wished) => void (isHanging = wished),
    rewrite: (wished) => void (change = wished),
  };
}

type Forwarding = { readonly response: ServerResponse; readonly change: (body: string) => string };

async function forward(url: string, { response, change }: Forwarding): Promise<void> {
  const given = await fetch(url);
  const body = change(await given.text());
  const kept = ['content-type', 'date', 'x-total-count', 'link'];
  const headers = kept.flatMap((name) => (given.headers.has(name) ? [[name, given.headers.get(name)!] as const] : []));
  response.sendDate = false;
  response.writeHead(given.status, Object.fromEntries(headers));
  response.end(body);
}

async function listening(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function closed(server: Server): Promise<void> {
  if (!server.listening) return;
  const end = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await end;
}
