import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Io } from '../../../exporter/src/cli/io';
import { runExporter } from '../../../exporter/src/cli/run-exporter';
import { chooseStart, type StartMode } from '../../../exporter/src/cli/start-mode';
import { answersOf, attempt, HOUR, START } from '../feeds/metaflow-service/made-service';
import { serving, stopServices } from '../feeds/metaflow-service/recorded';

const NOW = START + HOUR;
const scratch = mkdtempSync(join(tmpdir(), 'flowledger-no-hosts-'));
afterAll(async () => {
  rmSync(scratch, { recursive: true, force: true });
  await stopServices();
});

const LOCAL = '{name: mine, path: ./.metaflow}';
const SERVICE = '{name: prod, type: service, url: "http://127.0.0.1:9"}';
const CLUSTER = 'kubernetes: [{name: k, deployment: prod, targets: ["127.0.0.1:9"]}]';

let folders = 0;
function startOf(feeds: string, more = ''): Promise<StartMode> {
  const folder = join(scratch, String(++folders));
  mkdirSync(folder);
  writeFileSync(join(folder, 'flowledger.yaml'), `${feeds === '' ? '' : `feeds: {${feeds}}\n`}${more}`);
  return chooseStart({ folder, configPath: null, env: {}, now: NOW });
}

describe('A start without declared hosts', () => {
  it.each([
    ['a local feed', `metaflow: [${LOCAL}]`, true],
    ['no feed named, so a local one', '', true],
    ['a local feed and a service', `metaflow: [${LOCAL}, ${SERVICE}]`, true],
    ['a service', `metaflow: [${SERVICE}]`, false],
    ['a service and a cluster', `metaflow: [${SERVICE}], ${CLUSTER}`, false],
    ['a local feed and a cluster', `metaflow: [${LOCAL}], ${CLUSTER}`, false],
  ])('with %s', async (_name, feeds, isThisMachine) => {
    const { config, undeclaredHost } = await startOf(feeds);
    expect(config.hosts.map(({ name }) => name)).toEqual(isThisMachine ? [undeclaredHost] : []);
    expect(undeclaredHost).toEqual(isThisMachine ? expect.stringContaining(hostname().split('.')[0]!) : null);
  });

  it('never adds this machine to declared ones', async () => {
    const { config, undeclaredHost } = await startOf(`metaflow: [${LOCAL}]`, 'hosts: [{name: h, gpus: 8}]\n');
    expect([config.hosts.map(({ name }) => name), undeclaredHost]).toEqual([['h'], null]);
  });
});

describe('An exporter with no host at all', () => {
  it.each([
    ['a cluster that does not answer', CLUSTER],
    ['no cluster', ''],
  ])('serves what Metaflow tells beside %s', async (_name, cluster) => {
    const rows = attempt('train/1', [0, 60_000]);
    const { url } = await serving({ kind: 'service', answers: answersOf([{ rows, beat: 60_000 }]) });
    const metaflow = `metaflow: [{name: prod, type: service, url: "${url}"}]`;
    const feeds = [metaflow, cluster].filter((part) => part !== '').join(', ');
    const mode = await startOf(feeds, 'server: {listen: "127.0.0.1:0"}\ncycles: {live: 1s}\n');
    const stopping = new AbortController();
    const told: { [path: string]: { status: number; text: string } } = {};
    const said: string[] = [];
    const io: Io = {
      stdout: { write: (text) => said.push(text) },
      stderr: { write: (text) => said.push(text) },
      clock: { now: () => NOW, speed: 1 },
      env: { FLOWLEDGER_LOG_LEVEL: 'silent' },
      folder: scratch,
      exit: () => undefined,
    };
    let cycles = 0;
    const onCycle = async ({ address }: { address: string }): Promise<void> => {
      if (++cycles < 2) return;
      for (const path of ['/', '/metrics', '/readyz', '/api/v1/runs', '/api/v1/idle', '/api/v1/issues']) {
        const response = await fetch(address + path);
        told[path] = { status: response.status, text: await response.text() };
      }
      stopping.abort();
    };
    await runExporter({ mode, io, stopping: stopping.signal, onCycle });
    expect(Object.entries(told).map(([path, { status }]) => `${path} ${status}`)).toEqual(
      Object.keys(told).map((path) => `${path} 200`),
    );
    const { items } = JSON.parse(told['/api/v1/runs']!.text) as { items: { flow: string; cost: string | null }[] };
    expect(items).toMatchObject([{ cost: null }]);
    expect(told['/metrics']!.text).toContain('flowledger_build_info');
  });
});
