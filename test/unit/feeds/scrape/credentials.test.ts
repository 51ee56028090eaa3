import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import type { ServerOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScrapeSettings, TlsSettings } from '../../../../exporter/src/feeds/scrape/settings';
import { type Authority, identityOf, makeAuthority } from '../../../support/scrape-certificates';
import { beginStory, endStories, rowWith, type ScrapeStory } from '../../../support/scrape-story';
import { answerMetrics, type ScrapeTarget, serveTarget } from '../../../support/scrape-target';

const CANARY = 'CANARY-pässword:7';
const TOKEN = 'CANARY.token-7';
const NO_TLS: TlsSettings = {
  caFile: null,
  certFile: null,
  keyFile: null,
  serverName: null,
  insecureSkipVerify: false,
};

let folder = '';
let own: Authority;
let foreign: Authority;
let identity: ReturnType<Authority['issue']>;
const targets: ScrapeTarget[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowledger-scrape-'));
  own = makeAuthority(folder, 'own');
  foreign = makeAuthority(folder, 'foreign');
  identity = own.issue('/CN=gpu-node', 'gpu-node');
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  await endStories();
  await Promise.all(targets.splice(0).map((target) => target.kill()));
});

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

async function serve(answer: RequestListener, tls?: ServerOptions): Promise<ScrapeTarget> {
  const target = await serveTarget(answer, tls);
  targets.push(target);
  return target;
}

const begin = (target: ScrapeTarget, settings: Partial<ScrapeSettings>): ScrapeStory =>
  beginStory({ targets: [{ url: target.url, host: null }], settings: { timeoutMs: 5000, ...settings } });

/** Answers to one Authorization header alone. */
const guard =
  (header: string): RequestListener =>
  (request, response) => {
    if (request.headers.authorization === header) answerMetrics(request, response);
    else response.writeHead(401, { 'www-authenticate': 'Basic' }).end(`not ${request.headers.authorization}`);
  };

describe('A target behind a password', () => {
  const header = `Basic ${Buffer.from(`monitor:${CANARY}`).toString('base64')}`;

  it('is read with what the password file says, spaces around it aside, also after it changed', async () => {
    const target = await serve(guard(header));
    const passwordFile = write('password', 'CANARY-wrong\n');
    const story = begin(target, { basicAuth: { username: 'monitor', passwordFile } });
    const refused = await rowWith(story, target.port, 'failed');
    expect(refused.error).toBe('The target refuses us (HTTP 401): look at basic_auth and bearer_token_file.');
    write('password', `${CANARY}\n`);
    await rowWith(story, target.port, 'ok');
  });

  it('is read with a bearer token from a file', async () => {
    const target = await serve(guard(`Bearer ${TOKEN}`));
    const story = begin(target, { bearerTokenFile: write('token', `${TOKEN}\n`) });
    await rowWith(story, target.port, 'ok');
  });

  it.each([
    ['is missing', () => join(folder, 'nowhere'), /nowhere cannot be read \(ENOENT\)\.$/],
    ['is a folder', () => folder, /is not a plain file\.$/],
    ['holds two lines', () => write('two', `${TOKEN}\n${TOKEN}`), /two holds no bearer token: one word of ASCII\.$/],
    ['is empty', () => write('none', '\n'), /none holds no bearer token: one word of ASCII\.$/],
  ])('is not asked when the token file %s, and the row names the file, not the token', async (_case, path, error) => {
    const target = await serve(answerMetrics);
    const story = begin(target, { bearerTokenFile: path() });
    const row = await rowWith(story, target.port, 'failed');
    expect(row.error).toMatch(error);
    expect(JSON.stringify(row)).not.toContain('CANARY');
    expect(target.requests).toEqual([]);
  });

  it('is refused when the address itself carries it, and neither name nor message repeats it', async () => {
    const target = await serve(answerMetrics);
    const url = `http://monitor:CANARY@127.0.0.1:${target.port}/metrics?key=CANARY`;
    const story = beginStory({ targets: [{ url, host: null }] });
    const [row, ...others] = story.pool.health();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ feed: 'gpus/discovery', outcome: 'empty' });
    expect(row?.error).toMatch(/127\.0\.0\.1:\d+\/metrics" carries a user name or a password/);
    expect(JSON.stringify(row)).not.toContain('CANARY');
  });

  it('has no secret of its query in name or message', async () => {
    const target = await serve((_request, response) => void response.writeHead(403).end());
    const story = beginStory({ targets: [{ url: `${target.url}?key=CANARY`, host: null }] });
    const row = await rowWith(story, target.port, 'failed');
    expect(target.requests[0]?.url).toBe('/metrics?key=CANARY');
    expect(JSON.stringify(row)).not.toContain('CANARY');
  });
});

describe('A target over TLS', () => {
  const distrust = /^The target's certificate is not trusted \(\w+\): look at tls\.ca_file and tls\.server_name\.$/;
  const broken = /^TLS cannot use .*bad\.crt: not PEM, or a key that does not belong to its certificate\.$/;
  const trusting = { serverName: 'gpu-node' };
  const cases: { name: string; tls: () => Partial<TlsSettings>; error: RegExp | null }[] = [
    { name: 'is read when its authority is known', tls: () => ({ ...trusting, caFile: own.caFile }), error: null },
    { name: 'is down without its authority', tls: () => trusting, error: distrust },
    { name: 'is down under another one', tls: () => ({ ...trusting, caFile: foreign.caFile }), error: distrust },
    { name: 'is down under another name', tls: () => ({ serverName: 'other', caFile: own.caFile }), error: distrust },
    { name: 'is down by its address alone', tls: () => ({ caFile: own.caFile }), error: distrust },
    { name: 'is read unverified when told so', tls: () => ({ insecureSkipVerify: true }), error: null },
    { name: 'is down with a broken file', tls: () => ({ caFile: write('bad.crt', '-----BEGIN') }), error: broken },
  ];
  it.each(cases)('$name', async ({ tls, error }) => {
    const target = await serve(answerMetrics, identityOf(identity));
    const story = begin(target, { tls: { ...NO_TLS, ...tls() } });
    const row = await rowWith(story, target.port, error === null ? 'ok' : 'failed');
    if (error === null) expect(row.error).toBeNull();
    else expect(row.error).toMatch(error);
  });

  it('is read again when its authority changes in the file', async () => {
    const target = await serve(answerMetrics, identityOf(identity));
    const caFile = write('rotating.crt', 'none yet');
    const story = begin(target, { tls: { ...NO_TLS, serverName: 'gpu-node', caFile } });
    await rowWith(story, target.port, 'failed');
    write('rotating.crt', String(identityOf({ certFile: own.caFile, keyFile: own.caFile }).cert));
    await rowWith(story, target.port, 'ok');
  });

  it('that wants a client certificate is read with one of its authority and with no other', async () => {
    const tls = { ...identityOf(identity), requestCert: true, rejectUnauthorized: true };
    const target = await serve(answerMetrics, {
      ...tls,
      ca: identityOf({ certFile: own.caFile, keyFile: own.caFile }).cert,
    });
    const server = { ...NO_TLS, serverName: 'gpu-node', caFile: own.caFile };
    const known = begin(target, { tls: { ...server, ...own.issue('/CN=flowledger', 'flowledger') } });
    await rowWith(known, target.port, 'ok');
    const unknown = begin(target, { tls: { ...server, ...foreign.issue('/CN=flowledger', 'flowledger') } });
    await rowWith(unknown, target.port, 'failed');
    const nobody = begin(target, { tls: server });
    expect((await rowWith(nobody, target.port, 'failed')).error).toMatch(
      /^(TLS with the target failed|The target closed)/,
    );
  });

  it('that speaks plain HTTP is down', async () => {
    const target = await serve(answerMetrics);
    const url = target.url.replace('http:', 'https:');
    const story = beginStory({ targets: [{ url, host: null }], settings: { timeoutMs: 5000 } });
    expect((await rowWith(story, target.port, 'failed')).error).toMatch(/^TLS with the target failed \(\w+\)\.$/);
  });
});
