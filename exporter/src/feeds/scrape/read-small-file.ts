import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { FeedError } from '../feed';

const LIMIT_BYTES = 10 * 1_048_576;

/**
 * The text of a plain file of at most 10 MiB. Links are followed: a mounted Kubernetes secret is one.
 * @throws FeedError that names the file and never its content.
 */
export async function readSmallFile(path: string): Promise<string> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new FeedError(`${path} is not a plain file.`);
      if (stat.size > LIMIT_BYTES) throw new FeedError(`${path} is larger than ${LIMIT_BYTES} bytes.`);
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof FeedError) throw error;
    throw new FeedError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`);
  }
}
