import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { IssueCode } from '../../facts/issue';
import { type FileProblem, liesInside, readPlainFile } from './local-files';
import { readJson } from './json-text';
import { isRecord } from './parse-row';

/** The bytes of an artifact, or why there are none; `reason` completes "the blob …". */
export type BlobReading = { readonly bytes: Buffer } | BlobProblem;

/** Why a blob cannot be used, as an issue's code and reason. */
export type BlobProblem = { readonly code: IssueCode; readonly reason: string };

/** Bytes a blob may have, stored and unpacked. */
export type BlobLimits = { readonly stored: number; readonly unpacked: number };

/** 1 MiB stored and 4 MiB unpacked: a graph has a few kB. */
export const BLOB_LIMITS: BlobLimits = { stored: 1 << 20, unpacked: 4 << 20 };

const SHA1 = /^[0-9a-f]{40}$/;
const unzip = promisify(gunzip);

/** Where the blob of `sha` lies below the feed's root, as Metaflow's content-addressed store puts it. */
export function blobPath(flow: string, sha: string): string {
  return join(flow, 'data', sha.slice(0, 2), sha);
}

/** Reads an artifact's bytes, unzipped unless its `_meta` says raw; they must have the hash they are named by. */
export async function readBlob(
  root: string,
  { flow, sha }: { readonly flow: string; readonly sha: string },
  limits: BlobLimits = BLOB_LIMITS,
): Promise<BlobReading> {
  if (!SHA1.test(sha)) return { code: 'bad_value', reason: 'is named by something that is no SHA-1' };
  const path = blobPath(flow, sha);
  if (!(await liesInside(root, path))) return { code: 'missing_blob', reason: 'is not there' };
  const read = await readPlainFile(join(root, path), limits.stored);
  if ('problem' in read) return problemOf(read);
  const bytes = (await isRaw(join(root, `${path}_meta`))) ? read.bytes : await unpack(read.bytes, limits.unpacked);
  if ('code' in bytes) return bytes;
  const isWhole = createHash('sha1').update(bytes).digest('hex') === sha;
  return isWhole ? { bytes } : { code: 'refused_pickle', reason: 'does not have the content that its name promises' };
}

function problemOf({ problem, reason }: FileProblem): BlobProblem {
  if (problem === 'missing') return { code: 'missing_blob', reason };
  return { code: problem === 'too_large' ? 'oversized_blob' : 'unreadable_file', reason };
}

async function isRaw(metaPath: string): Promise<boolean> {
  const meta = await readPlainFile(metaPath, 4096);
  if ('problem' in meta) return false;
  const read = readJson(meta.bytes.toString('utf8'));
  return 'value' in read && isRecord(read.value) && read.value.cas_raw === true;
}

async function unpack(bytes: Buffer, maxBytes: number): Promise<Buffer | BlobProblem> {
  try {
    return await unzip(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    if (isTooLarge) return { code: 'oversized_blob', reason: `is larger than ${maxBytes} bytes when unzipped` };
    return { code: 'refused_pickle', reason: 'is no gzip file' };
  }
}
