import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KUBE_STATE } from '../simulation/kube-state';
import type { Instant } from '../units/interval';
import type { Answer, Asked } from './answer';
import { serviceAnswer } from './service-answers';
import type { ReplaySource } from './source';
import { uiAnswer } from './ui-answers';

/** How something behind the server is broken: it drops connections, never answers, answers nothing, or fails. */
export type Fault = 'drops' | 'hangs' | 'empty' | 'fails';

/** A server that stands in for a cluster and for the services of Metaflow. */
export type StandIn = {
  /** `http://127.0.0.1:port`; below it `/targets/<target>/metrics`, `/service/…` and `/ui/…`. */
  readonly url: string;
  /** Breaks a target by its name, `service` or `ui`; null mends it. */
  break(name: string, fault: Fault | null): void;
  /** How often each has been asked. */
  readonly asked: ReadonlyMap<string, number>;
  close(): Promise<void>;
};

/** What the server serves, by which clock, and where. */
export type StandInOptions = { readonly source: ReplaySource; readonly now: () => Instant; readonly port?: number };

/** Starts the server on loopback; a free port where none is named. */
export async function startStandIn({ source, now, port = 0 }: StandInOptions): Promise<StandIn> {
  const faults = new Map<string, Fault>();
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    const place = placeOf(request);
    if (place) asked.set(place.name, (asked.get(place.name) ?? 0) + 1);
    const fault = place ? faults.get(place.name) : undefined;
    if (fault === 'hangs') return;
    if (fault === 'drops') return void request.socket.destroy();
    response.sendDate = false;
    response.setHeader('date', new Date(now()).toUTCString());
    if (place === null) return send(response, NOT_FOUND);
    if (request.method !== 'GET') return send(response, { ...NOT_FOUND, status: 405 });
    if (fault) return send(response, { ...NOT_FOUND, status: fault === 'empty' ? 200 : 500 });
    answer(place, { source, at: now() }).then(
      (given) => (given ? send(response, given) : void request.socket.destroy()),
      () => send(response, { ...NOT_FOUND, status: 500 }),
    );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    break: (name, fault) => void (fault ? faults.set(name, fault) : faults.delete(name)),
    asked,
    close: () => closed(server),
  };
}

const NOT_FOUND: Answer = { status: 404, headers: { 'content-type': 'text/plain' }, body: '' };

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

type Place =
  | { readonly kind: 'target'; readonly name: string }
  | { readonly kind: 'service' | 'ui'; readonly name: string; readonly asked: Asked };

function placeOf({ url = '/' }: IncomingMessage): Place | null {
  const { pathname, searchParams: query } = new URL(url, 'http://stand-in');
  const target = /^\/targets\/([^/]+)\/metrics$/.exec(pathname)?.[1];
  if (target !== undefined) return { kind: 'target', name: target };
  const [, kind, path = ''] = /^\/(service|ui)(\/.*)?$/.exec(pathname) ?? [];
  if (kind === 'service' || kind === 'ui') return { kind, name: kind, asked: { path: path || '/', query } };
  return null;
}

/** Null where a target is known and does not answer. */
async function answer(place: Place, { source, at }: { source: ReplaySource; at: Instant }): Promise<Answer | null> {
  if (place.kind === 'service') return serviceAnswer(source.metaflow(at), place.asked, at);
  if (place.kind === 'ui') return uiAnswer(source.metaflow(at), place.asked, at);
  if (!source.targets(at).includes(place.name)) return NOT_FOUND;
  const body = await source.scrape(place.name, at);
  const version = place.name === KUBE_STATE ? 'version=0.0.4; ' : '';
  return body === null
    ? null
    : { status: 200, headers: { 'content-type': `text/plain; ${version}charset=utf-8` }, body };
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers);
  response.end(body);
}
