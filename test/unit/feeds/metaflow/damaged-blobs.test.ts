import { readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { damage, RETRY, spoil, told } from './damage';
import { AFTER, feedOf, freshFolder, pollAll, removeFolders, unpackRecording } from './recording';

afterAll(removeFolders);

describe('A damaged blob', () => {
  const graphFile = (root: string): string => {
    const data = JSON.parse(readFileSync(join(root, RETRY, '_parameters/0/0.data.json'), 'utf8'));
    const sha: string = data.objects._graph_info;
    return `RetryFlow/data/${sha.slice(0, 2)}/${sha}`;
  };

  it.each([
    ['that is missing', 'missing_blob', (path: string) => rmSync(path)],
    ['that is no gzip file', 'refused_pickle', (path: string) => spoil(path, 'plain text')],
    ['that has other content', 'refused_pickle', (path: string) => spoil(path, gzipSync('other'))],
    ['that is cut off', 'refused_pickle', (path: string) => spoil(path, gzipSync('x').subarray(0, 8))],
    ['that unzips to 5 MiB', 'oversized_blob', (path: string) => spoil(path, gzipSync(Buffer.alloc(5 << 20)))],
    ['that is larger than 1 MiB', 'oversized_blob', (path: string) => spoil(path, Buffer.alloc((1 << 20) + 1))],
  ])('%s leaves what was held unknown: %s', async (_name, code, change) => {
    let file = '';
    const { issues, came, gone } = await damage((root) => {
      file = graphFile(root);
      change(join(root, file));
    });
    const steps = ['end', 'publish', 'score', 'start', 'train'];
    expect(issues).toEqual(steps.map((step) => `${code} ${file} _graph_info (${step})`));
    expect(gone).toHaveLength(7);
    expect(came).toHaveLength(7);
    expect(came.every((line) => line.endsWith(' unknown'))).toBe(true);
  });

  it('is not looked for outside of the root', async () => {
    const outside = freshFolder();
    const { issues } = await damage((root) => {
      const file = graphFile(root);
      renameSync(join(root, 'RetryFlow/data'), join(outside, 'data'));
      symlinkSync(join(outside, 'data'), join(root, 'RetryFlow/data'));
      expect(file).toContain('RetryFlow/data/');
    });
    expect(issues[0]).toMatch(/^missing_blob RetryFlow\/data/);
  });

  it('costs nothing where the user declares what is held', async () => {
    const root = unpackRecording();
    rmSync(join(root, graphFile(root)));
    const holdings = [{ flow: 'RetryFlow', step: null, host: 'dgx-1', gpus: 2_000_000_000n as never }];
    const { attempts, issues } = await pollAll(feedOf(root, { holdings }), AFTER);
    expect(issues).toEqual([]);
    expect(attempts.filter(({ key }) => key.flow === 'RetryFlow').map(({ held }) => held)).toEqual(
      Array.from({ length: 7 }, () => ({
        gpus: 2_000_000_000n,
        vcpus: 1000n,
        memory: 4_294_967_296n,
        source: 'holdings',
      })),
    );
  });

  it('of a Config leaves the variant to the hash of the artifact', async () => {
    const root = unpackRecording();
    const sha = '1f0a868953f4d1b1df820a7f566c33b249071274';
    rmSync(join(root, 'TrainFlow/data/1f', sha));
    const { runs, issues } = await pollAll(feedOf(root), AFTER);
    const [run] = runs.filter(({ key }) => key.run === '1795233779432166');
    expect(run).toMatchObject({ variant: { id: `sha:${sha}`, method: 'config_sha' }, config: null });
    expect(issues.map(told)).toEqual([`missing_blob TrainFlow/data/1f/${sha} config`]);
  });

  it('of _parameters alone is read through a task that carries the graph on', async () => {
    const { issues, gone } = await damage((root) => spoil(join(root, RETRY, '_parameters/0/0.data.json'), '{'));
    expect(issues).toEqual([`bad_json ${RETRY}/_parameters/0/0.data.json:1:2`]);
    expect(gone).toEqual([]);
  });
});
