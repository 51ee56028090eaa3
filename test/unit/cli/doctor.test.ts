import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { registerDoctor } from '../../../exporter/src/cli/doctor';
import type { PublishedState } from '../../../exporter/src/facts/published';
import { hashToken } from '../../../exporter/src/views/auth/tokens';
import { MemoryStore } from '../../support/memory-store';
import { HOSTILE } from '../../support/view-estate';
import { feedHealth, HEALTHY_NOW, healthyState } from '../../support/view-healthy';
import { serveStory, type ViewServer } from '../../support/view-server';

type Ran = { stdout: string; stderr: string; exitCode: number };

const folder = mkdtempSync(join(tmpdir(), 'flowledger-doctor-'));
const empty = mkdtempSync(join(tmpdir(), 'flowledger-doctor-'));
afterAll(() => [folder, empty].forEach((one) => rmSync(one, { recursive: true })));

/** Runs `doctor` with these words in a folder. */
async function doctor(words: readonly string[], { where = empty }: { where?: string } = {}): Promise<Ran> {
  const ran: Ran = { stdout: '', stderr: '', exitCode: 0 };
  const program = new Command('flowledger').option('--config <file>').option('--server <url>').option('--json');
  registerDoctor(program, {
    stdout: { write: (text) => (ran.stdout += text) },
    stderr: { write: (text) => (ran.stderr += text) },
    clock: { now: () => HEALTHY_NOW, speed: 1 },
    env: {},
    folder: where,
    exit: (code) => (ran.exitCode = code),
  });
  await program.parseAsync(['doctor', ...words], { from: 'user' });
  return ran;
}

/** The text with the lines of each cell joined. */
const unwrapped = (text: string): string => text.replaceAll(/\s+│\n│\s+│\s+│\s+/g, ' ');

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function serving(
  state: PublishedState | null,
  options: Parameters<typeof serveStory>[0] = {},
): Promise<{ server: ViewServer; url: string }> {
  const now = () => HEALTHY_NOW;
  const server = await serveStory({ store: new MemoryStore(), state: () => state, clock: { now }, ...options });
  open.push(server);
  return { server, url: `http://127.0.0.1:${server.port}` };
}

/** A port of this machine on which nobody listens. */
async function freePort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const failing = feedHealth('dcgm/node-a:9400', { up: false, error: 'ECONNREFUSED', outcome: 'failed' });

test('where all is well but for a warning the exit code is 0, and the warning comes with its fix', async () => {
  const { url } = await serving(healthyState());
  const { stdout, stderr, exitCode } = await doctor(['--server', url]);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/│ warn +│ scrape_interval +│ No Prometheus has scraped/);
  expect(stdout).toMatch(/\nscrape_interval:\nAdd to prometheus\.yml:\nglobal:\n {2}evaluation_interval: 5s\n/);
  expect(stdout).toContain(`Asked ${url}: `);
  expect(stdout).toMatch(/: \d+ ok, 1 warn, 0 failed\.\n$/);
});

test('a check that fails gives 3, names the feed and says what to do', async () => {
  const { url } = await serving(healthyState({ feeds: [failing] }));
  const { stdout, exitCode } = await doctor(['--server', url]);
  expect(exitCode).toBe(3);
  expect(stdout).toMatch(/│ FAIL +│ feed_failed +│ The feed dcgm\/node-a:9400 cannot be read: ECONNREFUSED/);
  expect(stdout).toContain('\nfeed_failed (dcgm/node-a:9400):\nStart the source of dcgm/node-a:9400');
});

test('numbers that are no longer computed give 4, whatever else fails', async () => {
  const { url } = await serving(healthyState({ computedAt: HEALTHY_NOW - 600_000, feeds: [failing] }));
  expect((await doctor(['--server', url])).exitCode).toBe(4);
});

test('an exporter before its first cycle gives 4', async () => {
  const { url } = await serving(null);
  const { stdout, exitCode } = await doctor(['--server', url]);
  expect(exitCode).toBe(4);
  expect(unwrapped(stdout)).toContain('The first cycle has not finished yet.');
});

test('where no server answers the exit code is 4, and only the configuration was checked', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const { stdout, exitCode } = await doctor(['--server', url]);
  expect(exitCode).toBe(4);
  expect(stdout).toMatch(/│ ok +│ configuration +│ There is no flowledger\.yaml/);
  expect(unwrapped(stdout)).toContain('only the configuration was checked.');
  expect(stdout).toContain('flowledger serve');
  expect(stdout).toMatch(/No server told anything: 1 ok, 0 warn, 1 failed\.\n$/);
});

test('every fault of the configuration is told with its line, and gives 2 though the server is well', async () => {
  const { url } = await serving(healthyState());
  const path = join(folder, 'faults.yaml');
  writeFileSync(path, 'ledger:\n  currency: dollars\nhosts:\n  - {gpus: 8}\n');
  const { stdout, exitCode } = await doctor(['--server', url, '--config', path, '--json']);
  const { findings } = JSON.parse(stdout);
  expect(exitCode).toBe(2);
  const faults = findings.filter((one: any) => one.check === 'configuration');
  expect(faults.map(({ status, detail }: any) => [status, /:(\d+):\d+: ([\w[\].]+)/.exec(detail)?.slice(1)])).toEqual([
    ['fail', ['2', 'ledger.currency']],
    ['fail', ['4', expect.stringMatching(/^hosts\[0\]/)]],
  ]);
  expect(faults.every(({ fix }: any) => fix.length > 0)).toBe(true);
  expect(findings.some(({ check }: any) => check === 'prices')).toBe(true);
});

test('the server of the configuration is asked where none is named', async () => {
  const { server, url } = await serving(healthyState());
  const own = mkdtempSync(join(folder, 'own-'));
  writeFileSync(join(own, 'flowledger.yaml'), `server:\n  listen: 127.0.0.1:${server.port}\n`);
  const { stdout, exitCode } = await doctor(['--json'], { where: own });
  expect([exitCode, JSON.parse(stdout).server]).toEqual([0, url]);
});

test('tokens that cannot be used are a fault of the configuration', async () => {
  const { server } = await serving(healthyState());
  writeFileSync(join(folder, 'tokens.yaml'), '- {name: a, sha256: short, scopes: [read]}\n');
  const path = join(folder, 'access.yaml');
  writeFileSync(path, `server:\n  listen: 127.0.0.1:${server.port}\n  tokens_file: ./tokens.yaml\n`);
  const { stdout, exitCode } = await doctor(['--config', path]);
  expect(exitCode).toBe(2);
  expect(stdout).toMatch(/FAIL +│ configuration/);
});

test.each([
  ['no token', null, 401, /--token-file <file>/],
  ['a token bound to teams', 'vision-token-0123456789', 403, /bound to no teams/],
])('%s gives 3 and says which token is wanted', async (_what, secret, _status, fix) => {
  const token = {
    name: 'v',
    sha256: hashToken('vision-token-0123456789'),
    scopes: ['read' as const],
    teams: ['vision'],
  };
  const { url } = await serving(healthyState(), { auth: { tokens: [token], users: [] } });
  const file = join(folder, 'token');
  writeFileSync(file, `${secret}\n`);
  const { stdout, exitCode } = await doctor(['--server', url, ...(secret === null ? [] : ['--token-file', file])]);
  expect(exitCode).toBe(3);
  expect(stdout).toMatch(fix);
  expect(stdout).not.toContain('vision-token');
});

test('--json is the same content in fields, with the coverage', async () => {
  const { url } = await serving(healthyState({ feeds: [failing] }));
  const [text, json] = [await doctor(['--server', url]), await doctor(['--server', url, '--json'])];
  const told = JSON.parse(json.stdout);
  expect([json.exitCode, told.status, told.server]).toEqual([3, 'fail', url]);
  expect(told.coverage).toMatchObject({ currency: 'USD', telemetry: [{ host: 'node-a', gpus: 8, seen: 8 }] });
  for (const { check, detail, fix } of told.findings) {
    expect(text.stdout).toContain(check);
    expect(unwrapped(text.stdout)).toContain(detail);
    if (fix !== null) expect(text.stdout).toContain(fix);
  }
});

test('what others wrote does nothing to a terminal', async () => {
  const error = `\u001b]0;owned\u0007\u001b[2J\nline two ${HOSTILE}`;
  const { url } = await serving(healthyState({ feeds: [{ ...failing, feed: 'a\u001b[31m', error }] }));
  const { stdout } = await doctor(['--server', url]);
  expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\u202a-\u202e]/u);
  expect(unwrapped(stdout)).toMatch(/cannot be read: \ufffd\]0;owned\ufffd\ufffd\[2J\ufffdline two /);
});

test('a server that is no Flowledger is told apart from none', async () => {
  const other = createServer((_request, response) => void response.end('{"hello":1}'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => new Promise((resolve) => void other.close(() => resolve())) });
  const { port } = other.address() as AddressInfo;
  const { stdout, exitCode } = await doctor(['--server', `http://127.0.0.1:${port}`]);
  expect(exitCode).toBe(3);
  expect(unwrapped(stdout)).toContain('not as this version of Flowledger does');
});

test('what is no address is a mistake of the command line', async () => {
  const { stderr, exitCode } = await doctor(['--server', 'exporter:9715']);
  expect([exitCode, stderr]).toEqual([2, '--server exporter:9715 is not an address; write http://host:port.\n']);
});
