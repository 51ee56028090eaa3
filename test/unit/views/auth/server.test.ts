import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SecureVersion } from 'node:tls';
import { createServer } from '../../../../exporter/src/views/auth/server';
import type { TlsServerConfig } from '../../../../exporter/src/views/auth/web-config';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowledger-tls-'));
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const made = spawnSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      'own.key',
      '-out',
      'own.crt',
      ...subject,
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  if (made.error)
    throw new Error('openssl is not on the PATH: install the Debian package openssl.', { cause: made.error });
  if (made.status !== 0) throw new Error(made.stderr);
});
afterAll(() => rmSync(folder, { recursive: true }));

const own = (file: string): Buffer => readFileSync(join(folder, file));

async function answerOver(
  tls: Partial<TlsServerConfig>,
  client: { maxVersion?: SecureVersion; withCertificate?: boolean } = {},
) {
  const config: TlsServerConfig = { cert_file: 'own.crt', key_file: 'own.key', min_version: 'TLS12', ...tls };
  const server = createServer((_request, response) => void response.end('over TLS'), {
    webConfig: { tls: config, users: [] },
    folder,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { maxVersion, withCertificate } = client;
  const identity = withCertificate ? { cert: own('own.crt'), key: own('own.key') } : {};
  const options = { host: '127.0.0.1', port, servername: 'localhost', ca: own('own.crt'), agent: false, ...identity };
  const answer = await new Promise<string>((resolve) => {
    const sent = request({ ...options, ...(maxVersion && { maxVersion }) }, (response) => {
      response.setEncoding('utf8').on('data', resolve);
    });
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sent.end();
  });
  await new Promise((resolve) => server.close(resolve));
  return answer;
}

test('a web-config with a certificate serves HTTPS', async () => {
  expect(await answerOver({})).toBe('over TLS');
});

test('an older TLS than the least one is refused', async () => {
  expect(await answerOver({ min_version: 'TLS13' }, { maxVersion: 'TLSv1.3' })).toBe('over TLS');
  expect(await answerOver({ min_version: 'TLS13' }, { maxVersion: 'TLSv1.2' })).not.toBe('over TLS');
});

test('where a CA for clients is named, a client without its certificate is refused', async () => {
  expect(await answerOver({ client_ca_file: 'own.crt' }, { withCertificate: true })).toBe('over TLS');
  expect(await answerOver({ client_ca_file: 'own.crt' })).not.toBe('over TLS');
});

test('a file that cannot be read is named with its field', () => {
  const tls: TlsServerConfig = { cert_file: 'own.crt', key_file: 'missing.key', min_version: 'TLS12' };
  const create = () => createServer(() => undefined, { webConfig: { tls, users: [] }, folder });
  expect(create).toThrow('tls_server_config.key_file missing.key cannot be read.');
});
