import { nameTargets, targetUrl } from '../../../../exporter/src/feeds/scrape/target-address';

const ADDRESSES = `
  gpu-1:9400                   | http://gpu-1:9400/metrics
  gpu-1                        | http://gpu-1/metrics
  gpu-1:9400/                  | http://gpu-1:9400/
  gpu-1:9400/federate?a=b      | http://gpu-1:9400/federate?a=b
  http://gpu-1:9400            | http://gpu-1:9400/metrics
  HTTPS://gpu-1:9400/x         | https://gpu-1:9400/x
  10.0.0.7:9400                | http://10.0.0.7:9400/metrics
  [fd00::7]:9400               | http://[fd00::7]:9400/metrics
  fd00::7                      | not an address
  gpu-1:94000                  | not an address
  gpu 1:9400                   | not an address
  http://                      | not an address
  gpu-1:9400#x                 | not an address
  ftp://gpu-1/metrics          | neither http nor https
  file:///metrics              | not an address
  me:CANARY@gpu-1:9400         | carries a user name
  https://me:CANA/RY@gpu-1     | carries a user name
`;

const rows = (table: string): [string, string][] =>
  table
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()) as [string, string]);

describe('The address of a target', () => {
  it.each(rows(ADDRESSES))('%s is %s', (address, expected) => {
    const found = targetUrl(address);
    if ('url' in found) expect(found.url).toBe(expected);
    else {
      expect(found.problem).toContain(expected);
      expect(found.problem).not.toMatch(/CANA|RY@/);
    }
  });

  it('of nothing is none', () => {
    expect(targetUrl('')).toEqual({ problem: '"" is not an address: write host:port or http(s)://host:port/path.' });
  });

  it('takes scheme and path from its source where it has none of its own', () => {
    const defaults = { scheme: 'https', path: 'custom/metrics' };
    expect(targetUrl('gpu-1:9400', defaults)).toEqual({ url: 'https://gpu-1:9400/custom/metrics' });
    expect(targetUrl('http://gpu-1:9400/own', defaults)).toEqual({ url: 'http://gpu-1:9400/own' });
  });
});

describe('The name of a target', () => {
  it('is feed/host:port, with the path only where targets share a port, and never twice the same', () => {
    const urls = ['http://a:9400/metrics', 'https://b/metrics', 'http://c:1/x', 'http://c:1/y?k=1', 'http://c:1/y?k=2'];
    expect([...nameTargets('gpus', urls).values()]).toEqual([
      'gpus/a:9400',
      'gpus/b:443',
      'gpus/c:1/x',
      'gpus/c:1/y',
      'gpus/c:1/y#2',
    ]);
  });
});
