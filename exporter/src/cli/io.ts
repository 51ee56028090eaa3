import type { Clock } from '../clock';
import type { Environment } from '../config/document';

/** What every verb writes to and reads from; the process's own, as a rule. */
export type Io = {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly clock: Clock;
  readonly env: Environment;
  /** The folder the command was called in. */
  readonly folder: string;
  /** Takes the exit code of a verb that failed. */
  readonly exit: (code: number) => void;
};

/** The command line asks for something that cannot be done; the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Exit codes of every verb (DESIGN §9). */
export const EXIT = { ok: 0, internal: 1, usage: 2, checkFailed: 3, unreachable: 4 } as const;
