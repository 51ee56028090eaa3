import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createRawServer, type Server, type Socket } from 'node:net';

/** A real server on a free port of loopback that counts what is done to it. */
export type ScrapeTarget = {
  readonly port: number;
  readonly url: string;
  /** Connections ever made, open now, and open at once at most. */
  readonly connections: () => { readonly made: number; readonly open: number; readonly most: number };
  /** The requests that it parsed; none for a raw one. */
  readonly requests: readonly IncomingMessage[];
  /** Ends it and every connection, as a kill does. */
  kill(): Promise<void>;
};

/** Two series of a gauge in the text form. */
export const METRICS = '# TYPE power gauge\npower{gpu="0"} 71.5\npower{gpu="1"} 68\n';

/** Answers every request with {@link METRICS}. */
export const answerMetrics: RequestListener = (_request, response) => {
  response.setHeader('content-type', 'text/plain; version=0.0.4');
  response.end(METRICS);
};

/** A target that speaks HTTP, or HTTPS where `tls` is given. */
export async function serveTarget(answer: RequestListener, tls?: ServerOptions): Promise<ScrapeTarget> {
  const requests: IncomingMessage[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(request);
    answer(request, response);
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  return listen({ server, scheme: tls ? 'https' : 'http', requests });
}

/** A target that speaks bytes: `behave` is called when the request has come in. */
export async function serveRawTarget(behave: (socket: Socket) => void): Promise<ScrapeTarget> {
  const server = createRawServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => behave(socket));
  });
  return listen({ server, scheme: 'http', requests: [] });
}

async function listen(made: {
  readonly server: Server;
  readonly scheme: string;
  readonly requests: readonly IncomingMessage[];
}): Promise<ScrapeTarget> {
  const { server, scheme, requests } = made;
  const sockets = new Set<Socket>();
  let [total, most] = [0, 0];
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    total += 1;
    most = Math.max(most, sockets.size);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${scheme}://127.0.0.1:${port}/metrics`,
    connections: () => ({ made: total, open: sockets.size, most }),
    requests,
    async kill() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
