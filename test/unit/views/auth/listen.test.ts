import { hashToken } from '../../../../exporter/src/views/auth/tokens';
import { OPEN } from '../../../../exporter/src/views/auth/authenticate';
import { checkListen } from '../../../../exporter/src/views/auth/listen';

const TOKENS = { tokens: [{ name: 't', sha256: hashToken('x'), scopes: ['read' as const], teams: null }], users: [] };
const USERS = { tokens: [], users: [{ name: 'ada', bcryptHash: '' }] };

test.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost'])('%s may be listened on without a login', (host) => {
  expect(checkListen({ host, port: 9715 }, OPEN)).toBeNull();
});

test.each([
  '0.0.0.0',
  '::',
  '10.1.2.3',
  'fe80::1',
  'exporter.example.com',
  '127.0.0.1.example.com',
  '::ffff:127.0.0.1',
  '',
])('%s needs a login', (host) => {
  expect(checkListen({ host, port: 9715 }, OPEN)).toMatch(/nobody has to log in there: set server\.tokens_file/);
  expect(checkListen({ host, port: 9715 }, TOKENS)).toBeNull();
  expect(checkListen({ host, port: 9715 }, USERS)).toBeNull();
});

test('the fault names the address as it was configured', () => {
  expect(checkListen({ host: '::', port: 80 }, OPEN)).toMatch(/^server\.listen \[::\]:80 can be reached/);
});
