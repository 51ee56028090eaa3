import { type RunKey, runKeyText } from '../../facts/attempt';
import type { Labels } from '../../facts/run';
import type { Source } from './handler';

/** Labels of runs by run key text; the store is asked for those alone that the published state does not show. */
export async function labelsOfRuns(
  keys: readonly RunKey[],
  { state, store }: Source,
): Promise<ReadonlyMap<string, Labels>> {
  const known = new Map(state.runs.map(({ key, labels }) => [runKeyText(key), labels]));
  const missing = keys.filter((key) => !known.has(runKeyText(key)));
  const found = missing.length === 0 ? [] : await store.runsByKey(missing, state.asOf);
  for (const { key, labels } of found) known.set(runKeyText(key), labels);
  return known;
}
