import { createHash } from 'node:crypto';
import type { RunFiles } from './run-files';

/** A hash of every name and every known file time of a run: any new sign of life changes it. */
export function everySignOf({ tasks, self }: RunFiles): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(self?.text ?? null));
  for (const { path, files } of tasks) {
    hash.update(JSON.stringify([path, [...files].map(([name, { modifiedAt }]) => [name, modifiedAt])]));
  }
  return hash.digest('hex');
}

/** True when something of the run could not be read: it is worth another look even if nothing changes. */
export function isPartlyRead({ tasks, self, unreadable }: RunFiles): boolean {
  if (unreadable.length > 0 || (self?.fault ?? null) !== null) return true;
  return tasks.some(({ files }) => [...files.values()].some(({ fault }) => fault !== null));
}
