import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GpuCrowd } from './gpu-crowd';

/** What a served crowd is made of; `aheadMs` is how far its clock is ahead of the real one. */
export type ServedCrowd = { readonly nodes: number; readonly hour: number; readonly aheadMs: number };

/**
 * Serves a crowd on loopback, for a process of its own: `/nodes/<number>/metrics` and `/kube-state/metrics`. Prints its
 * port as one line and ends with its standard input.
 */
export async function serveGpuCrowd({ nodes, hour, aheadMs }: ServedCrowd): Promise<void> {
  const crowd = new GpuCrowd(nodes, hour);
  const server = createServer((request, response) => {
    const at = Date.now() + aheadMs;
    response.sendDate = false;
    response.setHeader('date', new Date(at).toUTCString());
    response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    const [, node] = /^\/nodes\/(\d+)\/metrics$/.exec(request.url ?? '') ?? [];
    response.end(node === undefined ? crowd.kubeStateText(at) : crowd.gpuText(Number(node), at));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
  process.stdin.resume();
  await once(process.stdin, 'end');
  server.closeAllConnections();
  server.close();
}
