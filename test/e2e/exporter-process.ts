import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';

const REPOSITORY = resolve(__dirname, '../..');
const MAIN = join(REPOSITORY, 'exporter/dist/main.js');
const RECORDING = join(REPOSITORY, 'test/fixtures/metaflow/local.tar.gz');

/** A started exporter: its address, what it printed, and how to end it. */
export type ExporterProcess = {
  readonly child: ChildProcess;
  readonly url: string;
  readonly output: () => string;
  get<Body>(path: string): Promise<Body>;
  stop(signal?: NodeJS.Signals): Promise<void>;
};

/** A folder of its own under the system's temporary one. */
export function makeFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `flowledger-${name}-`));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Unpacks the recorded Metaflow history into `folder`; the system's tar keeps file times below the second. */
export function unpackRecording(folder: string): void {
  const { status, stderr } = spawnSync('tar', ['xzf', RECORDING, '-C', folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tar failed: ${stderr}`);
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

/** The YAML of one host with GPUs at a price an hour. */
export function configOf({ port, gpus, price }: { port: number; gpus: number; price: string }): string {
  return `server: { listen: "127.0.0.1:${port}" }
hosts:
  - { name: local, gpus: ${gpus}, gpu_model: Recorded GPU, vcpu: 64, memory_gib: 512 }
rate_cards:
  - { name: test card, applies_to: { host: local }, price_per_hour: ${price} }
`;
}

export type StartOptions = { readonly folder: string; readonly config?: string; readonly env?: NodeJS.ProcessEnv };

/** Starts the built exporter in `folder`; `config` is written there as flowledger.yaml first. */
export function startExporter({ folder, config, env }: StartOptions): ChildProcess {
  if (!existsSync(MAIN)) throw new Error('exporter/dist is not built: run `npm run build` first.');
  if (config !== undefined) writeFileSync(join(folder, 'flowledger.yaml'), config);
  return spawn(process.execPath, [MAIN, 'serve'], { cwd: folder, env: { ...process.env, ...env }, stdio: 'pipe' });
}

/** Starts the exporter and waits for its first published state. */
export async function runningExporter(options: StartOptions & { readonly port: number }): Promise<ExporterProcess> {
  const child = startExporter(options);
  const parts: string[] = [];
  child.stdout!.on('data', (part: Buffer) => parts.push(part.toString()));
  child.stderr!.on('data', (part: Buffer) => parts.push(part.toString()));
  const url = `http://127.0.0.1:${options.port}`;
  await untilReady(child, url, () => parts.join(''));
  return {
    child,
    url,
    output: () => parts.join(''),
    get: async (path) => {
      const response = await fetch(`${url}${path}`);
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return response.json() as never;
    },
    stop: (signal = 'SIGTERM') => stopProcess(child, signal),
  };
}

async function untilReady(child: ChildProcess, url: string, output: () => string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`The exporter ended with ${child.exitCode}:\n${output()}`);
    const ready = await fetch(`${url}/readyz`).catch(() => null);
    if (ready?.ok) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`The exporter was not ready in time:\n${output()}`);
}

/** Sends a signal and waits for the end. */
export async function stopProcess(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
