import type { Instant } from '../../units/interval';
import { FeedError } from '../feed';
import type { RunArtifacts } from './local-artifacts';
import type { RowsContext } from './rows-to-run';

/** Names a run within a source. */
export type RunName = { readonly flow: string; readonly run: string };

/** What a source says of one run beside its own row. */
export type RunDetails = {
  readonly tasks: readonly unknown[];
  readonly metadata: readonly unknown[];
  readonly artifacts: RunArtifacts;
};

/**
 * Where rows come from. Each method throws {@link FeedError} when the source cannot be asked, and `details`
 * {@link UnreadableRun} when only this run cannot be read.
 */
export interface RowSource {
  /** The rows of all runs, or at least of those that began at `since` or later; doubles are allowed. */
  runs(since: Instant | null): Promise<readonly unknown[]>;
  /** A run's own row; null when there is no such run any more. */
  run(name: RunName): Promise<unknown>;
  details(name: RunName): Promise<RunDetails>;
  /** Where each kind of row comes from, for issues; those of the list of runs when no run is named. */
  places(name: RunName | null): RowsContext['sources'];
}

/** One run that cannot be read while the source itself can; the reason completes "What is recorded of the run …". */
export class UnreadableRun extends FeedError {
  constructor(readonly reason: string) {
    super(`What is recorded of a run ${reason}.`);
  }
}
