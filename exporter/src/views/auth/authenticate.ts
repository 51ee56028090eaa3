import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { compare } from 'bcryptjs';
import type { Scope } from '../../contract/routes';
import { findToken, type Token } from './tokens';
import type { User } from './web-config';

/** Who may log in. Without tokens and users everybody may, and only loopback may be listened on. */
export type Auth = { readonly tokens: readonly Token[]; readonly users: readonly User[] };

/** Nobody has to log in. */
export const OPEN: Auth = { tokens: [], users: [] };

/** Who asks: what they may do, and the teams they are bound to (null: all). */
export type Viewer = { readonly scopes: readonly Scope[]; readonly teams: readonly string[] | null };

const EVERYBODY: Viewer = { scopes: ['read', 'ingest', 'admin'], teams: null };
const READER: Viewer = { scopes: ['read'], teams: null };
const MAX_REMEMBERED = 100;

/** Tells who asks from the Authorization header; null without valid credentials. */
export class Authenticator {
  readonly #auth: Auth;
  readonly #remembered = new Set<string>();

  constructor(auth: Auth) {
    this.#auth = auth;
  }

  /** The schemes that WWW-Authenticate names. */
  get challenges(): string[] {
    const basic = this.#auth.users.length > 0 ? ['Basic realm="flowledger", charset="UTF-8"'] : [];
    return ['Bearer realm="flowledger"', ...basic];
  }

  async viewerOf({ headers, rawHeaders }: IncomingMessage): Promise<Viewer | null> {
    const { tokens, users } = this.#auth;
    if (tokens.length === 0 && users.length === 0) return EVERYBODY;
    if (rawHeaders.filter((name, index) => index % 2 === 0 && /^authorization$/i.test(name)).length !== 1) return null;
    const [, scheme = '', credentials = ''] = /^(\S+) +(\S+)$/.exec(headers.authorization ?? '') ?? [];
    if (scheme.toLowerCase() === 'bearer') return findToken(credentials, tokens);
    if (scheme.toLowerCase() === 'basic' && users.length > 0) return this.#userOf(credentials);
    return null;
  }

  async #userOf(credentials: string): Promise<Viewer | null> {
    const text = Buffer.from(credentials, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon < 0) return null;
    const user = this.#auth.users.find(({ name }) => name === text.slice(0, colon));
    // An unknown user is compared with another's hash, so that the answer takes as long.
    const hash = (user ?? this.#auth.users[0]!).bcryptHash;
    const proof = createHash('sha256')
      .update(JSON.stringify([hash, text]))
      .digest('hex');
    if (user !== undefined && this.#remembered.has(proof)) return READER;
    const isRight = await compare(text.slice(colon + 1), hash);
    if (!isRight || user === undefined) return null;
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.add(proof);
    return READER;
  }
}
