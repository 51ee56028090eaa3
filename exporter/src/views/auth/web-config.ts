import { z } from 'zod';
import { type Faulty, parseYaml } from './parse-yaml';

const tls = z.strictObject({
  cert_file: z.string().min(1),
  key_file: z.string().min(1),
  client_ca_file: z.string().min(1).optional(),
  min_version: z.enum(['TLS12', 'TLS13']).default('TLS12'),
});

const bcryptHash = z.string().regex(/^\$2[aby]\$\d{2}\$[./A-Za-z0-9]{53}$/, { error: 'must be a bcrypt hash' });

const webConfigSchema = z.strictObject({
  tls_server_config: tls.optional(),
  basic_auth_users: z.record(z.string().min(1), bcryptHash).optional(),
});

/** TLS settings in exporter-toolkit's words; file names are relative to the web-config file. */
export type TlsServerConfig = z.output<typeof tls>;

/** A user who logs in with a password. */
export type User = { readonly name: string; readonly bcryptHash: string };

/** What a web-config file asks for. */
export type WebConfig = { readonly tls: TlsServerConfig | null; readonly users: readonly User[] };

/** Reads a web-config file of exporter-toolkit's form; an unknown or ill-formed field is a fault that names it. */
export function parseWebConfig(text: string): { readonly webConfig: WebConfig } | Faulty {
  const read = parseYaml(text, webConfigSchema);
  if ('faults' in read) return read;
  const users = Object.entries(read.value.basic_auth_users ?? {});
  return {
    webConfig: {
      tls: read.value.tls_server_config ?? null,
      users: users.map(([name, hash]) => ({ name, bcryptHash: hash })),
    },
  };
}
