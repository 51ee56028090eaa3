import type { Io } from './io';

const WIDTH = 40;

/** A bar that is drawn again on its own line where `stderr` is a terminal, and nothing elsewhere. */
export function progressBar(what: string, { stderr }: Pick<Io, 'stderr'>): (done: number) => void {
  if ((stderr as { isTTY?: boolean }).isTTY !== true) return () => undefined;
  let shown = -1;
  return (done) => {
    const percent = Math.floor(done * 100);
    if (percent === shown) return;
    shown = percent;
    const bar = '█'.repeat(Math.round(done * WIDTH)).padEnd(WIDTH, '░');
    stderr.write(`\r${what} ${bar} ${String(percent).padStart(3)} %${percent >= 100 ? '\n' : ''}`);
  };
}
