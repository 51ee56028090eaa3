import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { resolve } from 'node:path';
import type { TlsServerConfig, WebConfig } from './web-config';

const LIMITS = { headersTimeout: 10_000, requestTimeout: 30_000, maxHeaderSize: 16_384 };
const MAX_CONNECTIONS = 512;
const MIN_VERSIONS = { TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const;

/**
 * A server for `app`: HTTPS where the web-config has TLS (with client certificates where it names their CA), else HTTP.
 * @param folder where the web-config file lies; its certificate files are relative to it.
 * @throws Error naming the field and file that cannot be read.
 */
export function createServer(
  app: RequestListener,
  { webConfig, folder }: { webConfig: WebConfig | null; folder: string },
): Server {
  const tls = webConfig?.tls ?? null;
  const server =
    tls === null ? createHttpServer(LIMITS, app) : createHttpsServer({ ...LIMITS, ...tlsOptions(tls, folder) }, app);
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}

function tlsOptions({ cert_file, key_file, client_ca_file, min_version }: TlsServerConfig, folder: string) {
  const clients =
    client_ca_file === undefined
      ? {}
      : { ca: read('client_ca_file', client_ca_file, folder), requestCert: true, rejectUnauthorized: true };
  return {
    cert: read('cert_file', cert_file, folder),
    key: read('key_file', key_file, folder),
    minVersion: MIN_VERSIONS[min_version],
    ...clients,
  };
}

function read(field: string, file: string, folder: string): Buffer {
  try {
    return readFileSync(resolve(folder, file));
  } catch (cause) {
    throw new Error(`tls_server_config.${field} ${file} cannot be read.`, { cause });
  }
}
