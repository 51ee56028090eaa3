/** How much a pickle may hold before it is refused. */
export type PickleLimits = {
  readonly bytes: number;
  /** Containers inside containers. */
  readonly depth: number;
  /** Values after shared parts are written out; also bounds what is made while the pickle is read. */
  readonly items: number;
  /** Characters of all strings after shared parts are written out. */
  readonly characters: number;
};

/** What is plenty for a flow's graph and its Configs. */
export const PICKLE_LIMITS: PickleLimits = { bytes: 4 << 20, depth: 64, items: 100_000, characters: 4 << 20 };
