import { isRecord } from './parse-row';
import { readJson } from './json-text';
import { attemptFileName, type FileFacts, type TaskFiles } from './run-files';

/** The artifacts of one attempt of one task: name → SHA-1 of the blob that holds it. */
export type ArtifactShas = ReadonlyMap<string, string>;

/** The name of a task's newest `<attempt>.data.json`; null when it has none. */
export function newestDataFile({ files }: TaskFiles): string | null {
  const attempts = [...files.keys()]
    .map(attemptFileName)
    .flatMap((name) => (name?.suffix === 'data.json' ? [name.attempt] : []));
  return attempts.length === 0 ? null : `${Math.max(...attempts)}.data.json`;
}

/** Reads `objects` of a `data.json`; null when the text says nothing of the kind. */
export function parseArtifactShas({ text }: Pick<FileFacts, 'text'>): ArtifactShas | null {
  const read = readJson(text ?? '');
  if (!('value' in read) || !isRecord(read.value) || !isRecord(read.value.objects)) return null;
  const entries = Object.entries(read.value.objects).filter((entry): entry is [string, string] => {
    return typeof entry[1] === 'string';
  });
  return new Map(entries);
}
