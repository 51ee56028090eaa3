import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate authority of a test, as files in its folder. */
export type Authority = {
  readonly caFile: string;
  /** Files of a new certificate for `subject`, e.g. `/CN=gpu-node`, which holds for the DNS name `name`. */
  issue(subject: string, name: string): { readonly certFile: string; readonly keyFile: string };
};

/** Makes an authority in `folder`; the keys exist for the length of the test alone. */
export function makeAuthority(folder: string, label: string): Authority {
  const caFile = join(folder, `${label}-ca.crt`);
  const caKey = join(folder, `${label}-ca.key`);
  openssl(['req', '-x509', ...NEW_KEY, '-subj', `/CN=${label}`, '-keyout', caKey, '-out', caFile]);
  return {
    caFile,
    issue(subject, name) {
      const stem = join(folder, `${label}-${name}`);
      const [certFile, keyFile] = [`${stem}.crt`, `${stem}.key`];
      const names = ['-addext', `subjectAltName=DNS:${name}`, '-addext', 'basicConstraints=critical,CA:FALSE'];
      const signed = ['-CA', caFile, '-CAkey', caKey];
      openssl([
        'req',
        '-x509',
        ...NEW_KEY,
        '-subj',
        subject,
        ...names,
        ...signed,
        '-keyout',
        keyFile,
        '-out',
        certFile,
      ]);
      return { certFile, keyFile };
    },
  };
}

/** The texts of a certificate and its key, as a server wants them. */
export function identityOf(files: { readonly certFile: string; readonly keyFile: string }): {
  readonly cert: Buffer;
  readonly key: Buffer;
} {
  return { cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) };
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];

function openssl(args: readonly string[]): void {
  const made = spawnSync('openssl', args, { encoding: 'utf8' });
  if (made.error) {
    throw new Error('openssl is not on the PATH: install the Debian package openssl.', { cause: made.error });
  }
  if (made.status !== 0) throw new Error(made.stderr);
}
