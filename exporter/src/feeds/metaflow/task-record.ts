import type { Instant } from '../../units/interval';

/** One metadata row of a task; `attempt` is null where no `attempt_id` tag says whose it is. */
export type MetadataRow = {
  readonly field: string;
  readonly value: string;
  readonly attempt: number | null;
  readonly at: Instant;
};

/** What the local runtime wrote when a task's process ended. */
export type RuntimeFile = {
  readonly at: Instant;
  readonly returnCode: number | null;
  /** Ended by Metaflow itself, because another task failed or somebody pressed Ctrl+C. */
  readonly killedByMetaflow: boolean;
};

/** All that one task says about its attempts, from whichever transport. */
export type TaskRecord = {
  readonly step: string;
  readonly task: string;
  /** Where it says so, for issues: a path, an address. */
  readonly source: string;
  readonly rows: readonly MetadataRow[];
  readonly runtimeFiles: ReadonlyMap<number, RuntimeFile>;
  /** What the `_task_ok` artifact of an attempt says. */
  readonly taskOk: ReadonlyMap<number, boolean>;
  /** The newest record or file time; null when there is none. */
  readonly lastSign: Instant | null;
  /** Last heartbeat, where the transport has one. */
  readonly heartbeat: Instant | null;
};
