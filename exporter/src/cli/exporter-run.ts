import type { PublishedState } from '../facts/published';
import type { Instant } from '../units/interval';
import type { Io } from './io';
import type { StartMode } from './start-mode';

/** One life of the exporter: what it runs on, with which clock and streams, and when to stop. */
export type ExporterRun = {
  readonly mode: StartMode;
  readonly io: Io;
  readonly stopping: AbortSignal;
  /** Told after each cycle what it published, and where it is served. */
  readonly onCycle?: (published: Published) => Promise<void>;
};

/** What a cycle published. */
export type Published = {
  readonly state: PublishedState;
  /** `http://host:port`. */
  readonly address: string;
  readonly now: Instant;
  /** The console has said what is there: what is said now stands below it. */
  readonly isIntroduced: boolean;
};

/** Runs the exporter until it is told to stop; everything that it opened is closed then. */
export type RunExporter = (run: ExporterRun) => Promise<void>;
