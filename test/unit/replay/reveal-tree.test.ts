import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { unpackExample } from '../../../exporter/src/feeds/example/unpack';
import { rebasedRun } from '../../../exporter/src/replay/rebase';
import { openTree, type RevealedTree } from '../../../exporter/src/replay/reveal-tree';

const EXAMPLE = resolve(__dirname, '../../../exporter/example');
const SHIFT = 90_000;

describe('A recorded .metaflow tree', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'flowledger-recorded-'));
  let recorded: string;
  let tree: RevealedTree;
  beforeAll(async () => {
    recorded = (await unpackExample(EXAMPLE, scratch)).root;
    tree = await openTree(recorded, SHIFT);
  });
  afterAll(async () => {
    await tree.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  const filesOf = (root: string): Map<string, number> =>
    new Map(
      readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
        .map((path) => [path.slice(root.length), Math.floor(statSync(path).mtimeMs)]),
    );

  it('appears file by file, each when its time comes, with the times it was recorded with', async () => {
    const all = filesOf(recorded);
    const times = [...new Set(all.values())].sort((a, b) => a - b);
    expect(times.length).toBeGreaterThan(100);
    await tree.reveal(times[0]! + SHIFT - 1);
    expect(filesOf(tree.path).size).toBe(0);
    for (const place of [0, 40, 100, times.length - 1]) {
      const until = times[place]!;
      await tree.reveal(until + SHIFT);
      expect(filesOf(tree.path)).toEqual(new Map([...all].filter(([, writtenAt]) => writtenAt <= until)));
    }
  });

  it('is gone once it is closed', async () => {
    const other = await openTree(recorded, 0);
    await other.close();
    expect(() => statSync(other.path)).toThrow('ENOENT');
  });

  test.each([
    ['1795233779432166', '1795233869432166'],
    ['42', '42'],
    ['argo-train-x7k2p', 'argo-train-x7k2p'],
  ])('names the run %s as %s, a minute and a half later', (run, moved) => expect(rebasedRun(run, SHIFT)).toBe(moved));
});
