import { EventEmitter } from 'node:events';
import type { Io } from './io';

/** A controller that Ctrl-C and SIGTERM abort. */
export function stopOnSignals(): AbortController {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  return stopping;
}

/**
 * Aborts once nobody reads the output any more, as in `flowledger demo | head`. Other errors of the output are thrown.
 */
export function stopWhenUnread({ stdout }: Pick<Io, 'stdout'>, stopping: AbortController): void {
  if (!(stdout instanceof EventEmitter)) return;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    stopping.abort();
  });
}
