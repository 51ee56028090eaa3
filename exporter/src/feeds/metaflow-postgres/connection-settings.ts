import { FeedError } from '../feed';

/** How much of a server's certificate is checked, as libpq's `sslmode` says; the files are PEM. */
export type TlsSettings = {
  readonly mode: 'require' | 'verify-ca' | 'verify-full';
  readonly rootCertFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
};

/** Where a database is and as whom it is asked; null: what libpq takes (the system's user, a database of that name). */
export type ConnectionSettings = {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string | null;
  readonly database: string | null;
  readonly tls: TlsSettings | null;
};

const PARAMETERS = ['host', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'];
const MODES: readonly string[] = ['require', 'verify-ca', 'verify-full'];
const DEFAULT_PORT = 5432;

/**
 * Reads `postgresql://user@host:5432/database?sslmode=verify-full`. Without sslmode nothing is encrypted.
 * @throws FeedError that names the fault and shows no secret.
 */
export function connectionOf(url: string): ConnectionSettings {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) throw new FeedError(`The url is no ${EXAMPLE}.`);
  const { username, password, hostname, port, pathname, searchParams } = new URL(url);
  const unknown = [...searchParams.keys()].find((name) => !PARAMETERS.includes(name));
  if (password !== '' || unknown === 'password') {
    throw new FeedError('The url carries a password: keep it in a file and name that as password_file.');
  }
  if (unknown !== undefined) {
    throw new FeedError(`The url has the parameter ${unknown}, which is not read; known: ${PARAMETERS.join(', ')}.`);
  }
  const [host, user, database] = [hostname, username, pathname.slice(1)].map(decoded);
  const named = (host ?? '').replace(/^\[(.*)\]$/, '$1');
  return {
    host: searchParams.get('host') ?? (named === '' ? 'localhost' : named),
    port: port === '' ? DEFAULT_PORT : Number(port),
    user: user === '' ? null : user!,
    database: database === '' ? null : database!,
    tls: tlsOf(searchParams),
  };
}

/** The database in words for messages: no user, no parameter. */
export function databaseName({ host, port, database }: ConnectionSettings): string {
  const shown = host.includes(':') ? `[${host}]` : host;
  return `postgresql://${shown}:${port}/${database ?? ''}`;
}

const EXAMPLE = 'address of a database such as postgresql://flowledger@host:5432/metaflow';

function tlsOf(parameters: URLSearchParams): TlsSettings | null {
  const mode = parameters.get('sslmode') ?? 'disable';
  if (mode === 'disable') return null;
  if (!MODES.includes(mode)) {
    throw new FeedError(`The url's sslmode is ${mode}; known: disable, ${MODES.join(', ')}.`);
  }
  const rootCertFile = parameters.get('sslrootcert');
  if (mode === 'verify-ca' && rootCertFile === null) {
    throw new FeedError("The url's sslmode verify-ca needs sslrootcert, the file of the authority's certificate.");
  }
  return {
    // As for libpq: whoever names an authority wants it checked.
    mode: mode === 'require' && rootCertFile !== null ? 'verify-ca' : (mode as TlsSettings['mode']),
    rootCertFile,
    certFile: parameters.get('sslcert'),
    keyFile: parameters.get('sslkey'),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new FeedError('The url holds a % that starts no character: write it as %25.');
  }
}
