import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { blobPath, readBlob } from '../../../../exporter/src/feeds/metaflow/blob';
import { freshFolder, removeFolders } from './recording';

afterAll(removeFolders);

const content = Buffer.from('eight bytes and more');
const sha = createHash('sha1').update(content).digest('hex');

function store(stored: Buffer, meta?: string): string {
  const root = freshFolder();
  const path = join(root, blobPath('F', sha));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, stored);
  if (meta !== undefined) writeFileSync(`${path}_meta`, meta);
  return root;
}

describe('A blob', () => {
  it.each([
    ['zipped, as its _meta says', gzipSync(content), '{"cas_raw": false, "cas_version": 1}'],
    ['zipped, without a _meta', gzipSync(content), undefined],
    ['zipped, with a damaged _meta', gzipSync(content), '{"cas_'],
    ['raw, as its _meta says', content, '{"cas_raw": true, "cas_version": 1}'],
  ])('is read: %s', async (_name, stored, meta) => {
    expect(await readBlob(store(stored, meta), { flow: 'F', sha })).toEqual({ bytes: content });
  });

  it('is refused beyond its limits, stored or unpacked', async () => {
    const root = store(gzipSync(content));
    const sizes = { stored: gzipSync(content).length, unpacked: content.length };
    expect(await readBlob(root, { flow: 'F', sha }, sizes)).toEqual({ bytes: content });
    expect(await readBlob(root, { flow: 'F', sha }, { ...sizes, stored: sizes.stored - 1 })).toMatchObject({
      code: 'oversized_blob',
    });
    expect(await readBlob(root, { flow: 'F', sha }, { ...sizes, unpacked: sizes.unpacked - 1 })).toMatchObject({
      code: 'oversized_blob',
    });
  });

  it('is never looked for by a name that is no SHA-1', async () => {
    const root = store(content);
    for (const name of ['../../etc/passwd', '', sha.toUpperCase(), `${sha}0`]) {
      expect(await readBlob(root, { flow: 'F', sha: name })).toMatchObject({ code: 'bad_value' });
    }
  });
});
