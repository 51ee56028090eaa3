import { promises as dns } from 'node:dns';
import { FeedError } from '../feed';
import { type Discovery, parseTargetFile, resolvedTargets } from './parse-targets';
import { readSmallFile } from './read-small-file';
import type { TargetSource } from './settings';

/** Asks DNS. Both reject with an error whose `code` is the system's. */
export type Resolver = {
  /** The addresses of a name, by the search domains and host file of this machine too. */
  addresses(name: string, family: 4 | 6): Promise<readonly string[]>;
  /** The hosts and ports of an SRV name. */
  services(name: string): Promise<readonly { readonly name: string; readonly port: number }[]>;
};

/** A source that must be asked again and again. */
export type ChangingSource = Exclude<TargetSource, { readonly kind: 'static' }>;

/** The system's resolver. */
export const systemResolver: Resolver = {
  async addresses(name, family) {
    const found = await dns.lookup(name, { all: true, family });
    return found.map(({ address }) => address);
  },
  services: (name) => new dns.Resolver({ timeout: 2000, tries: 2 }).resolveSrv(name),
};

/**
 * Asks a source for its targets once.
 * @throws FeedError when it has no answer at all; the caller goes on with the last one.
 */
export async function readTargets(source: ChangingSource, resolver: Resolver): Promise<Discovery> {
  if (source.kind === 'file') return parseTargetFile(await readSmallFile(source.path), source.path);
  try {
    return resolvedTargets(await resolve(source, resolver), source);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new FeedError(`DNS has no ${source.record} record for ${source.name} (${code}).`);
  }
}

async function resolve(
  { name, record, port, scheme }: Extract<TargetSource, { readonly kind: 'dns' }>,
  resolver: Resolver,
): Promise<{ host: string; port: number }[]> {
  if (record === 'SRV') {
    const services = await resolver.services(name);
    return services.map((service) => ({ host: service.name.replace(/\.$/, ''), port: service.port }));
  }
  const addresses = await resolver.addresses(name, record === 'A' ? 4 : 6);
  return addresses.map((host) => ({ host, port: port ?? (scheme === 'https' ? 443 : 80) }));
}
