import { printFault } from '../config';
import { MigrationError, StoreError, StoreLockedError, StoreOpenError } from '../store/errors';
import { IntegrityError } from '../store/store';
import { AccessError } from './access';
import { EXIT, type Io, UsageError } from './io';
import { FutureLedgerError } from '../cycles/close-hours';
import { ConfigError } from './start-mode';

const EXPECTED: readonly [new (...args: never[]) => Error, number][] = [
  [StoreError, EXIT.unreachable],
  [StoreLockedError, EXIT.unreachable],
  [StoreOpenError, EXIT.usage],
  [MigrationError, EXIT.usage],
  [FutureLedgerError, EXIT.usage],
  [UsageError, EXIT.usage],
  [IntegrityError, EXIT.checkFailed],
];

/** Tells a person what went wrong and gives the exit code that says so to a program. */
export function reportFailure(error: unknown, { stderr, exit }: Pick<Io, 'stderr' | 'exit'>): void {
  if (error instanceof ConfigError) {
    const { faults } = error;
    stderr.write(
      `${faults.map((fault) => `${printFault(fault)}\n`).join('')}${faults.length} fault(s); nothing started.\n`,
    );
    return exit(EXIT.usage);
  }
  if (error instanceof AccessError) {
    stderr.write(`${error.message}\n`);
    return exit(EXIT.usage);
  }
  const { code } = error as NodeJS.ErrnoException;
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'EADDRINUSE') {
    stderr.write(`${message}\nAnother program listens there: stop it, or set server.listen to another port.\n`);
    return exit(EXIT.usage);
  }
  const expected = EXPECTED.find(([kind]) => error instanceof kind);
  stderr.write(`${expected || !(error instanceof Error) ? message : (error.stack ?? message)}\n`);
  exit(expected?.[1] ?? EXIT.internal);
}
