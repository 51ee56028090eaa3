import { FeedError } from '../feed';
import { readJson } from '../metaflow/json-text';
import { isRecord } from '../metaflow/parse-row';
import { readSmallFile } from '../scrape/read-small-file';

/** Headers by their name in small letters. */
export type Headers = { readonly [name: string]: string };

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]{0,8000}$/;
const SHORTEST_SECRET = 4;

/**
 * The headers in a file that holds a JSON map of texts, read at each call, so that a rotated secret is used at once.
 * @throws FeedError that names the file and never a value.
 */
export async function readHeaders(path: string | null): Promise<Headers> {
  if (path === null) return {};
  const read = readJson(await readSmallFile(path));
  if (!('value' in read)) throw new FeedError(`${path} is not JSON (line ${read.line}, column ${read.column}).`);
  if (!isRecord(read.value)) throw new FeedError(`${path} holds no JSON map of headers.`);
  const headers = Object.entries(read.value).map(([name, value]): [string, string] => {
    if (!NAME.test(name)) throw new FeedError(`${path} names a header in a way that HTTP does not allow.`);
    if (typeof value === 'string' && VALUE.test(value)) return [name.toLowerCase(), value];
    throw new FeedError(`${path} gives the header ${name} a value that HTTP does not allow.`);
  });
  return Object.fromEntries(headers);
}

/** Whatever of headers may never be shown: their values, and the words in them. */
export function secretsIn(headers: Headers): string[] {
  const texts = Object.values(headers).flatMap((value) => [value, ...value.split(/\s+/)]);
  return [...new Set(texts)].filter((text) => text.length >= SHORTEST_SECRET).sort((a, b) => b.length - a.length);
}
