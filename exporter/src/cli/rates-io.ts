import type { Clock } from '../clock';
import type { Environment } from '../config/document';

/** What the `rates` verbs write to and read from; the process's own streams, clock and environment as a rule. */
export type RatesIo = {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly clock: Pick<Clock, 'now'>;
  readonly env: Environment;
  /** Takes the exit code of a verb that found faults; sets the process's own as a rule. */
  readonly exit: (code: number) => void;
};
