import { secondsFromMilliseconds } from '../../units/quantity';
import { FeedError } from '../feed';

/** What is known of the question that failed. */
export type AskedDatabase = {
  /** The database in words. */
  readonly place: string;
  readonly user: string | null;
  readonly timeoutMs: number;
};

/** The tables that are read; the others of the service are not. */
export const TABLES_READ = ['runs_v3', 'tasks_v3', 'metadata_v3'];

const MAX_DETAIL = 200;
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** Turns what the driver or the server said into a reason and a remedy. A FeedError stays what it is. */
export function databaseProblem(error: unknown, asked: AskedDatabase): FeedError {
  if (error instanceof FeedError) return error;
  const { code, message } = wordsOf(error);
  if (code !== null && SQLSTATE.test(code)) return new FeedError(refusal(code, message, asked));
  return new FeedError(`${asked.place} ${connectionProblem(code, message, asked)}`);
}

/** True where the connection itself failed, so that a new one may do better; false for an answer of the server. */
export function isBrokenConnection(error: unknown): boolean {
  if (error instanceof FeedError) return false;
  const { code, message } = wordsOf(error);
  if (message === READ_TIMEOUT) return false;
  return code === null || !SQLSTATE.test(code) || /^(08|57P0)/.test(code);
}

/** What the owner of the tables runs, once, so that `user` may read them. */
export function grantFor(user: string | null): string {
  const role = user === null || /^[a-z_][a-z0-9_]*$/.test(user) ? (user ?? 'flowledger') : quoted(user);
  return `GRANT USAGE ON SCHEMA public TO ${role}; GRANT SELECT ON ${TABLES_READ.join(', ')} TO ${role};`;
}

const READ_TIMEOUT = 'Query read timeout';
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function refusal(code: string, message: string, asked: AskedDatabase): string {
  const says = `${asked.place} says "${message}" (${code})`;
  switch (code) {
    case '28P01':
      return `${says}: look at password_file and at the user of the url.`;
    case '28000':
      return `${says}: look at the user of the url and at the server's pg_hba.conf; it may want sslmode=require.`;
    case '3D000':
      return `${says}: look at the name of the database in the url.`;
    case '42501':
      return `${says}: let the owner of the tables run ${grantFor(asked.user)}`;
    case '42P01':
    case '42703':
      return `${says}: ${whereTablesAre(asked)}`;
    case '57014':
      return `${says}: it did not answer within ${secondsFromMilliseconds(asked.timeoutMs)} s, see timeout.`;
    case '53300':
      return `${says}: allow the role more connections; 4 are enough.`;
    default:
      return `${says}.`;
  }
}

/** A schema that a role may not use looks to it as if its tables were not there. */
function whereTablesAre({ user }: AskedDatabase): string {
  const question = "is this the metadata service's database, migrated, and its schema in the role's search_path?";
  return `${question} The role needs ${grantFor(user)}`;
}

function connectionProblem(code: string | null, message: string, { timeoutMs }: AskedDatabase): string {
  if (message === READ_TIMEOUT || /^timeout e/.test(message)) {
    return `did not answer within ${secondsFromMilliseconds(timeoutMs)} s: is it reachable from here?`;
  }
  if (message === 'The server does not support SSL connections') return `offers no TLS: look at the url's sslmode.`;
  if (code !== null && /CERT|SELF_SIGNED|UNABLE_TO|TLS|SSL/.test(code)) {
    return `shows a certificate that is not believed (${code}): look at the url's sslrootcert and sslmode.`;
  }
  return `does not answer (${code ?? message}): is it running, and are host and port of the url right?`;
}

function wordsOf(error: unknown): { readonly code: string | null; readonly message: string } {
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  const said = typeof message === 'string' ? message.replace(/\s+/g, ' ').trim() : '';
  const cut = said.length > MAX_DETAIL ? `${said.slice(0, MAX_DETAIL)}…` : said;
  return { code: typeof code === 'string' ? code : null, message: cut };
}
