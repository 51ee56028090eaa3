/** @needs prometheus */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

test('promtool finds nothing to say about the golden exposition', () => {
  const input = readFileSync(join(__dirname, 'metrics.txt'), 'utf8');
  const { error, status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
  if (error) throw new Error('promtool is not on the PATH: install the Debian package prometheus.', { cause: error });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});
