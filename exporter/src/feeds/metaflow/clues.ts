import type { Clues } from '../../facts/attempt';
import type { MetadataRow } from './task-record';

/** Which row of an attempt's metadata gives which clue. */
const CLUE_OF_FIELD: ReadonlyMap<string, keyof Clues> = new Map([
  ['kubernetes-pod-id', 'podUid'],
  ['kubernetes-pod-namespace', 'podNamespace'],
  ['kubernetes-pod-name', 'podName'],
  ['kubernetes-node-ip', 'nodeIp'],
  ['ec2-instance-id', 'instanceId'],
]);

const NO_CLUES: Clues = { podUid: null, podNamespace: null, podName: null, nodeIp: null, instanceId: null };

/** True for a row that says where its attempt ran. */
export function isClue({ field }: Pick<MetadataRow, 'field'>): boolean {
  return CLUE_OF_FIELD.has(field);
}

/** Where an attempt's own rows say that it ran; of doubles the newest counts. Null when they say nothing. */
export function cluesOf(rows: readonly MetadataRow[]): Clues | null {
  const told = rows.filter((row) => isClue(row) && row.value !== '' && row.value !== 'None').sort(oldestFirst);
  if (told.length === 0) return null;
  const found = told.map(({ field, value }) => [CLUE_OF_FIELD.get(field)!, value] as const);
  return { ...NO_CLUES, ...(Object.fromEntries(found) as Partial<Clues>) };
}

const oldestFirst = (a: MetadataRow, b: MetadataRow): number => a.at - b.at || (a.value < b.value ? -1 : 1);
