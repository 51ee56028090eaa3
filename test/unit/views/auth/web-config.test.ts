import { hashSync } from 'bcryptjs';
import { parseWebConfig } from '../../../../exporter/src/views/auth/web-config';

const HASH = hashSync('secret', 4);

test('TLS and users are read in the words of exporter-toolkit', () => {
  const text = `
tls_server_config:
  cert_file: a.crt
  key_file: a.key
  client_ca_file: ca.crt
  min_version: TLS13
basic_auth_users:
  ada: ${HASH}
`;
  expect(parseWebConfig(text)).toEqual({
    webConfig: {
      tls: { cert_file: 'a.crt', key_file: 'a.key', client_ca_file: 'ca.crt', min_version: 'TLS13' },
      users: [{ name: 'ada', bcryptHash: HASH }],
    },
  });
});

test('TLS 1.2 is the least, and both parts may be left out', () => {
  expect(parseWebConfig('tls_server_config: {cert_file: c, key_file: k}')).toMatchObject({
    webConfig: { tls: { min_version: 'TLS12' }, users: [] },
  });
  expect(parseWebConfig('{}')).toEqual({ webConfig: { tls: null, users: [] } });
});

test.each([
  ['tls_server_config: {cert_file: c}', 'tls_server_config.key_file: '],
  ['tls_server_config: {cert_file: c, key_file: k, min_version: TLS11}', 'tls_server_config.min_version: '],
  ['tls_server_config: {cert_file: c, key_file: k, cert: CANARY}', 'tls_server_config: Unrecognized key: "cert"'],
  ['basic_auth_users: {ada: CANARY}', 'basic_auth_users.ada: must be a bcrypt hash'],
  ['http_server_config: {http2: true}', 'the file: Unrecognized key: "http_server_config"'],
  ['42', 'the file: '],
])('%s is refused with the field named and no value repeated', (text, fault) => {
  const read = parseWebConfig(text);
  expect(read).toEqual({ faults: [expect.stringContaining(fault)] });
  expect(JSON.stringify(read)).not.toContain('CANARY');
});
