import {
  connectionOf,
  type ConnectionSettings,
  databaseName,
} from '../../../../exporter/src/feeds/metaflow-postgres/connection-settings';

const plain: ConnectionSettings = { host: 'db', port: 5432, user: null, database: null, tls: null };
const tls = { mode: 'require', rootCertFile: null, certFile: null, keyFile: null } as const;

describe('The address of a database', () => {
  it.each<[string, Partial<ConnectionSettings>]>([
    ['postgresql://db', {}],
    ['postgres://reader@db:6000/metaflow', { port: 6000, user: 'reader', database: 'metaflow' }],
    ['postgresql://a%40b@db/my%20flows', { user: 'a@b', database: 'my flows' }],
    ['postgresql://[::1]:6000/metaflow', { host: '::1', port: 6000, database: 'metaflow' }],
    ['postgresql:///metaflow', { host: 'localhost', database: 'metaflow' }],
    ['postgresql:///metaflow?host=/run/postgresql', { host: '/run/postgresql', database: 'metaflow' }],
    ['postgresql://%2Frun%2Fpostgresql/metaflow', { host: '/run/postgresql', database: 'metaflow' }],
    ['postgresql://db?sslmode=disable', {}],
    ['postgresql://db?sslmode=require', { tls }],
    ['postgresql://db?sslmode=require&sslrootcert=/ca', { tls: { ...tls, mode: 'verify-ca', rootCertFile: '/ca' } }],
    ['postgresql://db?sslmode=verify-full', { tls: { ...tls, mode: 'verify-full' } }],
    [
      'postgresql://db?sslmode=verify-full&sslcert=/c&sslkey=/k',
      { tls: { ...tls, mode: 'verify-full', certFile: '/c', keyFile: '/k' } },
    ],
  ])('%s', (url, settings) => {
    expect(connectionOf(url)).toEqual({ ...plain, ...settings });
  });

  it.each([
    ['http://db', 'no address of a database such as postgresql://flowledger@host:5432/metaflow'],
    ['postgresql://reader:hunter2@db', 'carries a password'],
    ['postgresql://db?password=hunter2', 'carries a password'],
    ['postgresql://db?options=-c%20x', 'the parameter options, which is not read'],
    ['postgresql://db?sslmode=prefer', 'sslmode is prefer; known: disable, require, verify-ca, verify-full'],
    ['postgresql://db?sslmode=verify-ca', 'needs sslrootcert'],
    ['postgresql://db/100%', 'write it as %25'],
  ])('%s is refused', (url, reason) => {
    expect(() => connectionOf(url)).toThrow(reason);
    expect(() => connectionOf(url)).not.toThrow('hunter2');
  });

  it.each([
    ['postgresql://reader@db/metaflow?sslmode=require', 'postgresql://db:5432/metaflow'],
    ['postgresql://[::1]/metaflow', 'postgresql://[::1]:5432/metaflow'],
  ])('%s is shown without its user', (url, name) => {
    expect(databaseName(connectionOf(url))).toBe(name);
  });
});
