import { readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { extract } from 'tar';
import { z } from 'zod';
import type { Instant } from '../../units/interval';

const manifestSchema = z.object({ end: z.iso.datetime(), deployment: z.string() });

/** The unpacked recording: its `.metaflow` root, its deployment and the instant it ends at. */
export type Example = { readonly root: string; readonly deployment: string; readonly endsAt: Instant };

/**
 * Unpacks the bundled recording from `source` into `target`, file times kept to the millisecond.
 * @throws when the recording is missing or damaged.
 */
export async function unpackExample(source: string, target: string): Promise<Example> {
  const manifest = manifestSchema.parse(JSON.parse(await readFile(join(source, 'manifest.json'), 'utf8')));
  const written: { path: string; modified: Date }[] = [];
  await extract({
    file: join(source, 'metaflow.tar.gz'),
    cwd: target,
    onReadEntry: ({ type, path, mtime }) => {
      if (type === 'File' && mtime) written.push({ path, modified: mtime });
    },
  });
  // Node hands file times to the kernel as float seconds, which can land just below the millisecond; half a
  // millisecond more keeps the whole one.
  await Promise.all(
    written.map(({ path, modified }) => {
      const seconds = (modified.getTime() + 0.5) / 1000;
      return utimes(join(target, path), seconds, seconds);
    }),
  );
  return { root: join(target, '.metaflow'), deployment: manifest.deployment, endsAt: Date.parse(manifest.end) };
}
