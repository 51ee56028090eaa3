import { createSecureContext, type SecureContext } from 'node:tls';
import { FeedError } from '../feed';
import { readSmallFile } from './read-small-file';
import type { ScrapeSettings, TlsSettings } from './settings';

/** How to reach a target over TLS, in the words of Node's tls.connect. */
export type TlsOptions = {
  readonly secureContext: SecureContext;
  readonly servername?: string;
  readonly rejectUnauthorized: boolean;
};

/** What a scrape shows to a target: its Authorization header, and what TLS needs; null where there is none. */
export type Credentials = { readonly authorization: string | null; readonly tls: TlsOptions | null };

/**
 * Reads the password, token and TLS files of a feed at each call, so that a rotated secret is used at the next scrape.
 * It throws FeedError, which names the file.
 */
export function credentialReader(settings: ScrapeSettings): () => Promise<Credentials> {
  const readTls = settings.tls && tlsReader(settings.tls);
  return async () => ({ authorization: await readAuthorization(settings), tls: readTls ? await readTls() : null });
}

async function readAuthorization({ basicAuth, bearerTokenFile }: ScrapeSettings): Promise<string | null> {
  if (basicAuth !== null) {
    const password = (await readSmallFile(basicAuth.passwordFile)).trim();
    return `Basic ${Buffer.from(`${basicAuth.username}:${password}`).toString('base64')}`;
  }
  if (bearerTokenFile === null) return null;
  const token = (await readSmallFile(bearerTokenFile)).trim();
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new FeedError(`${bearerTokenFile} holds no bearer token: one word of ASCII.`);
  return `Bearer ${token}`;
}

/** Making a context parses every certificate, so the last one is kept while the files say the same. */
function tlsReader(tls: TlsSettings): () => Promise<TlsOptions> {
  let known: { readonly key: string; readonly context: SecureContext } | null = null;
  const read = (path: string | null): Promise<string> | undefined => (path === null ? undefined : readSmallFile(path));
  return async () => {
    const [ca, cert, key] = await Promise.all([read(tls.caFile), read(tls.certFile), read(tls.keyFile)]);
    const files = JSON.stringify([ca, cert, key]);
    if (known?.key !== files) known = { key: files, context: contextOf(tls, { ca, cert, key }) };
    return {
      secureContext: known.context,
      rejectUnauthorized: !tls.insecureSkipVerify,
      ...(tls.serverName !== null && { servername: tls.serverName }),
    };
  };
}

const CERTIFICATE = /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/;

type TlsTexts = { readonly ca?: string; readonly cert?: string; readonly key?: string };

function contextOf({ caFile, certFile, keyFile }: TlsSettings, texts: TlsTexts): SecureContext {
  const files = [caFile, certFile, keyFile].filter((file) => file !== null).join(', ');
  const unusable = `TLS cannot use ${files}: not PEM, or a key that does not belong to its certificate.`;
  // Node takes a text without any certificate for an authority that signed nothing.
  if (texts.ca !== undefined && !CERTIFICATE.test(texts.ca)) throw new FeedError(unusable);
  try {
    return createSecureContext(texts);
  } catch {
    throw new FeedError(unusable);
  }
}
