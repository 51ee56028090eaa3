import type { RunKey } from '../facts/attempt';

const KEYS_AT_ONCE = 2_000;

/** Keys as the three arrays that statements take. */
export type RunKeyParams = {
  readonly deployments: readonly string[];
  readonly flows: readonly string[];
  readonly runs: readonly string[];
};

/** Calls `read` with at most 2,000 keys at once, in turn, and joins what it answers. */
export async function readByKeys<T>(
  keys: readonly RunKey[],
  read: (params: RunKeyParams) => Promise<T[]>,
): Promise<T[]> {
  const rows: T[] = [];
  for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
    const chunk = keys.slice(from, from + KEYS_AT_ONCE);
    const answer = await read({
      deployments: chunk.map(({ deployment }) => deployment),
      flows: chunk.map(({ flow }) => flow),
      runs: chunk.map(({ run }) => run),
    });
    for (const row of answer) rows.push(row);
  }
  return rows;
}
