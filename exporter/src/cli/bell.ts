/** Lets a loop sleep until it is rung, stopped, or has slept for long enough. */
export type Bell = {
  /** Ends the sleep under way, or the next one. */
  ring(): void;
  /** Sleeps for `longest` ms of real time; a ring ends it, but not before `shortest` ms. */
  sleep(span: { readonly shortest: number; readonly longest: number }, stopping: AbortSignal): Promise<void>;
};

/** A bell that nobody has rung yet. */
export function createBell(): Bell {
  let isRung = false;
  let wake: () => void = () => undefined;
  const pause = (milliseconds: number, stopping: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(done, milliseconds);
      stopping.addEventListener('abort', done, { once: true });
      wake = done;
      function done(): void {
        clearTimeout(timer);
        stopping.removeEventListener('abort', done);
        wake = () => undefined;
        resolve();
      }
    });
  return {
    ring() {
      isRung = true;
      wake();
    },
    async sleep({ shortest, longest }, stopping) {
      const startedAt = performance.now();
      while (!stopping.aborted) {
        const slept = performance.now() - startedAt;
        const left = (isRung ? Math.min(shortest, longest) : longest) - slept;
        if (left <= 0) break;
        await pause(left, stopping);
      }
      isRung = false;
    },
  };
}
