import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../config';
import { type Auth, OPEN } from '../views/auth/authenticate';
import { checkListen } from '../views/auth/listen';
import { parseTokens } from '../views/auth/tokens';
import { parseWebConfig, type WebConfig } from '../views/auth/web-config';

/** Who may log in, and whether the server speaks TLS. */
export type Access = { readonly auth: Auth; readonly webConfig: WebConfig | null; readonly folder: string };

/** The server may not be started like this; the message says what to change. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
}

/**
 * Reads the tokens and web-config files that the configuration names.
 * @throws AccessError for faults in them, and for an address beyond loopback that nobody has to log in to.
 */
export function readAccess({ listen, tokensFile, webConfig: webConfigFile }: Config['server']): Access {
  const tokens = tokensFile === null ? OPEN.tokens : tokensIn(tokensFile);
  const webConfig = webConfigFile === null ? null : webConfigIn(webConfigFile);
  const auth = { tokens, users: webConfig?.users ?? OPEN.users };
  const fault = checkListen(listen, auth);
  if (fault !== null) throw new AccessError(fault);
  return { auth, webConfig, folder: webConfigFile === null ? '.' : dirname(webConfigFile) };
}

function tokensIn(file: string): Auth['tokens'] {
  const read = parseTokens(readFileSync(file, 'utf8'));
  if ('faults' in read) throw new AccessError(faultsOf(file, read.faults));
  return read.tokens;
}

function webConfigIn(file: string): WebConfig {
  const read = parseWebConfig(readFileSync(file, 'utf8'));
  if ('faults' in read) throw new AccessError(faultsOf(file, read.faults));
  return read.webConfig;
}

const faultsOf = (file: string, faults: readonly string[]): string =>
  faults.map((fault) => `${file}: ${fault}`).join('\n');
