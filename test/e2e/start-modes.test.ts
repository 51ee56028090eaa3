/** A start with nothing, with a `.metaflow` alone, with a price pasted in, and with a faulty configuration. */
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  freePort,
  makeFolder,
  removeFolder,
  runningExporter,
  startExporter,
  unpackRecording,
} from './exporter-process';

const DEFAULT_PORT = 9715;
const CLOCK = { FLOWLEDGER_CLOCK: '2026-11-21T04:30:00Z@1' };

type Runs = { items: { cost: string | null; costComplete: boolean; unpricedSeconds: number }[] };

describe('A start', () => {
  const folder = makeFolder('start');
  afterAll(() => removeFolder(folder));

  function place(name: string): string {
    const path = join(folder, name);
    mkdirSync(path);
    return path;
  }

  async function failure(path: string, config: string): Promise<{ code: number; said: string }> {
    const child = startExporter({ folder: path, config });
    const said: string[] = [];
    child.stderr!.on('data', (part: Buffer) => said.push(part.toString()));
    const [code] = (await once(child, 'close')) as [number];
    return { code, said: said.join('') };
  }

  it('with nothing shows the bundled example in dollars, and says loudly that it is one', async () => {
    const exporter = await runningExporter({ folder: place('nothing'), port: DEFAULT_PORT });
    try {
      const { items } = await exporter.get<Runs>('/api/v1/runs');
      expect(items).toHaveLength(8);
      expect(items.every(({ cost }) => Number(cost) > 0)).toBe(true);
      const text = await (await fetch(`${exporter.url}/metrics`)).text();
      expect(text).toMatch(/flowledger_build_info\{[^}]*example="true"\} 1/);
      expect(await (await fetch(`${exporter.url}/`)).text()).toContain('EXAMPLE data');
      expect(exporter.output()).toContain('These are EXAMPLE data');
    } finally {
      await exporter.stop();
    }
  });

  it('with a .metaflow alone shows its runs as unpriced, and dollars once the YAML it offers is pasted', async () => {
    const path = place('own');
    unpackRecording(path);
    const unpriced = await runningExporter({ folder: path, port: DEFAULT_PORT, env: CLOCK });
    let said: string;
    try {
      const { items } = await unpriced.get<Runs>('/api/v1/runs');
      expect(items.map(({ cost }) => cost)).toEqual(Array(8).fill(null));
      expect(items.every(({ unpricedSeconds, costComplete }) => unpricedSeconds > 0 && !costComplete)).toBe(true);
      said = unpriced.output();
      expect(said).toContain('unpriced');
    } finally {
      await unpriced.stop();
    }
    const yaml = said.slice(said.indexOf('hosts:'), said.indexOf('\nLook at ')).replace('<price>', '32');
    const port = await freePort();
    const config = `server: { listen: "127.0.0.1:${port}" }\n${yaml}`;
    const priced = await runningExporter({ folder: path, port, config, env: CLOCK });
    try {
      const { items } = await priced.get<Runs>('/api/v1/runs');
      expect(items).toHaveLength(8);
      expect(items.every(({ cost }) => Number(cost) > 0)).toBe(true);
    } finally {
      await priced.stop();
    }
  });

  it('with a faulty configuration starts nothing, lists every fault with its place and ends with 2', async () => {
    const config = 'hosts:\n  - { name: a, gpus: many }\nrate_card: []\n';
    const { code, said } = await failure(place('faulty'), config);
    expect(code).toBe(2);
    expect(said).toMatch(/flowledger\.yaml:2:\d+/);
    expect(said).toMatch(/flowledger\.yaml:3:1.*rate_cards/s);
  });

  it('on another address than loopback wants tokens first', async () => {
    const { code, said } = await failure(place('open'), 'server: { listen: "0.0.0.0:9716" }\n');
    expect([code, said.includes('tokens_file')]).toEqual([2, true]);
  });

  it('on a store that another exporter holds says which process to stop', async () => {
    const path = place('twice');
    unpackRecording(path);
    const port = await freePort();
    const config = `server: { listen: "127.0.0.1:${port}" }\n`;
    const first = await runningExporter({ folder: path, port, config, env: CLOCK });
    try {
      const { code, said } = await failure(path, config);
      expect([code, said.includes(`process ${first.child.pid}`)]).toEqual([4, true]);
    } finally {
      await first.stop();
    }
  });
});
