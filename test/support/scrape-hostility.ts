import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { METRICS } from './scrape-target';

/** Ways in which a target misbehaves, written byte by byte once the request has come in. */
export type Hostility = (socket: Socket) => void;

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n';

/** An answer with headers `lines` and a body, after which the connection stays open. */
export function rawAnswer(lines: readonly string[], body: string | Buffer = ''): Hostility {
  return (socket) => {
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    socket.write(body);
  };
}

/** An answer of status 200 with one more header. */
export function rawOk(header: string, body: string | Buffer): Hostility {
  return rawAnswer([`${OK}${header}`], body);
}

/** Writes `text` one byte at a time, for as long as somebody listens, and then goes round again. */
export function drip(text: string, everyMs: number): Hostility {
  return (socket) => {
    let index = 0;
    const timer = setInterval(() => socket.write(text[index++ % text.length]!), everyMs);
    socket.on('close', () => clearInterval(timer));
  };
}

/** Writes the head, then one byte at a time of the body. */
export function dripBody(head: string, everyMs: number): Hostility {
  return (socket) => {
    socket.write(head);
    drip(METRICS, everyMs)(socket);
  };
}

/** Sends `text`, waits until it has arrived, and resets the connection. */
export function sendThenReset(text: string | Buffer): Hostility {
  return (socket) => void socket.write(text, () => setTimeout(() => socket.resetAndDestroy(), 20));
}

/** Sends `text` and closes the connection in order. */
export function sendThenClose(text: string | Buffer): Hostility {
  return (socket) => void socket.end(text);
}

/** A gzip of {@link METRICS} whose trailer gives another length (the last four bytes). */
export function gzipOfWrongLength(): Buffer {
  const bytes = gzipSync(METRICS);
  bytes.writeUInt32LE(METRICS.length + 1, bytes.length - 4);
  return bytes;
}

/** A whole answer of `bytes` as gzip. */
export function gzipAnswer(bytes: Buffer): Hostility {
  return rawOk(`Content-Encoding: gzip\r\nContent-Length: ${bytes.length}`, bytes);
}
