import type { RunKey } from '../facts/attempt';

const KEYS_AT_ONCE = 2_000;

/** Keys as the three arrays that statements take. */
export type RunKeyParams = {
  readonly deployments: readonly string[];
  readonly flows: readonly string[];
  readonly runs: readonly string[];
};

/** Keys as parameters of one statement. */
export function runKeyParams(keys: readonly RunKey[]): RunKeyParams {
  return {
    deployments: keys.map(({ deployment }) => deployment),
    flows: keys.map(({ flow }) => flow),
    runs: keys.map(({ run }) => run),
  };
}

/** Calls `read` with at most 2,000 keys at once, in turn, and joins what it answers. */
export async function readByKeys<T>(
  keys: readonly RunKey[],
  read: (params: RunKeyParams) => Promise<T[]>,
): Promise<T[]> {
  const rows: T[] = [];
  for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
    const chunk = keys.slice(from, from + KEYS_AT_ONCE);
    const answer = await read(runKeyParams(chunk));
    for (const row of answer) rows.push(row);
  }
  return rows;
}
