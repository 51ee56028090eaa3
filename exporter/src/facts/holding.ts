import type { NanoGpus } from '../units/quantity';

/** What the user declares that every attempt of a flow (or of one of its steps) holds; the first match wins. */
export type Holding = {
  readonly flow: string;
  /** Null: every step of the flow. */
  readonly step: string | null;
  /** Null: on whichever host it runs. */
  readonly host: string | null;
  readonly gpus: NanoGpus;
};
