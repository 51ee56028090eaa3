import { spawnSync } from 'node:child_process';
import { read, ROOT } from './repository';

type Entry = {
  version?: string;
  resolved?: string;
  integrity?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
};
type Manifest = Record<string, Record<string, string> | undefined>;

const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Entry & Manifest> };
const manifest = JSON.parse(read('package.json')) as Manifest;

describe('The lock file', () => {
  it('has an entry for every optional dependency, also of other platforms, or `npm ci` refuses it', () => {
    const command = ['test/setup/complete-lock.mjs', '--check'];
    const { stdout, status } = spawnSync(process.execPath, command, { cwd: ROOT, encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  });

  it('carries no address of a registry', () => {
    const packages = Object.entries(lock.packages);
    expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
    expect(read('.npmrc')).toContain('omit-lockfile-registry-resolved=true');
  });

  it('pins the contents of every package that this platform installs', () => {
    const unpinned = Object.entries(lock.packages).filter(
      ([path, { integrity, os }]) => path !== '' && !integrity && !os,
    );
    expect(unpinned.map(([path]) => path)).toEqual([]);
  });

  it('agrees with package.json', () => {
    for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
      expect(lock.packages['']![kind]).toEqual(manifest[kind]);
    }
  });

  it('gives the product a licence for every package', () => {
    const product = Object.entries(lock.packages).filter(([path, { dev, os }]) => path !== '' && !dev && !os);
    expect(product.filter(([, entry]) => !('license' in entry)).map(([path]) => path)).toEqual([]);
  });
});
