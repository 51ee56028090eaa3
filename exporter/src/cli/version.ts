import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';

const packageFile = z.object({ version: z.string() });

/** This package's version, as its package.json says. */
export function versionOf(): string {
  return packageFile.parse(JSON.parse(readFileSync(resolve(__dirname, '../../../package.json'), 'utf8'))).version;
}
