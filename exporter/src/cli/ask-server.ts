import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { type Config, loadConfig } from '../config';
import { listenText } from '../views/auth/listen';
import { type Io, UsageError } from './io';
import { ConfigError } from './start-mode';

/** What a server answered: its status, and its body as JSON. */
export type ServerAnswer = { readonly status: number; readonly body: unknown };

/** The options by which every verb finds a running server. */
export type ServerOptions = { readonly config?: string; readonly server?: string; readonly tokenFile?: string };

/** Where an exporter listens that no configuration tells otherwise. */
export const DEFAULT_SERVER = 'http://127.0.0.1:9715';

/**
 * The server that `--server` names, else the one that the configuration would start.
 * @throws UsageError for what is no address. @throws ConfigError where the configuration has faults.
 */
export function serverOf({ server, config }: ServerOptions, { folder, env }: Pick<Io, 'folder' | 'env'>): string {
  if (server !== undefined) return checkedAddress(server);
  const path = config ?? resolve(folder, 'flowledger.yaml');
  if (config === undefined && !existsSync(path)) return DEFAULT_SERVER;
  const loaded = loadConfig({ path, env });
  if (loaded.config === null) throw new ConfigError(loaded.faults);
  return addressOf(loaded.config);
}

/** The address at which a configuration lets its exporter listen. */
export function addressOf({ server: { listen, webConfig } }: Config): string {
  return `${webConfig === null ? 'http' : 'https'}://${listenText(listen)}`;
}

/** An address as the command line gives it. @throws UsageError when it is none. */
export function checkedAddress(server: string): string {
  if (/^https?:\/\//.test(server) && URL.canParse(server)) return server;
  throw new UsageError(`--server ${server} is not an address; write http://host:port.`);
}

/** Asks a path of a server; null when none answers, or not in JSON. @throws UsageError for an unreadable token file. */
export async function askServer(
  path: string,
  { server, tokenFile }: { readonly server: string; readonly tokenFile?: string },
): Promise<ServerAnswer | null> {
  const token = tokenFile === undefined ? null : await tokenIn(tokenFile);
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  try {
    const response = await fetch(new URL(path, server), { headers });
    return { status: response.status, body: await response.json() };
  } catch {
    return null;
  }
}

async function tokenIn(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new UsageError(`--token-file ${file} cannot be read.`, { cause });
  }
}

const toldProblem = z.object({ title: z.string(), detail: z.string(), remedy: z.string().optional() });

/** What a problem body says, as one line for people. */
export function problemText({ status, body }: ServerAnswer): string {
  const told = toldProblem.safeParse(body);
  if (!told.success) return `The server answered with status ${status}.`;
  const { title, detail, remedy } = told.data;
  return `${title}. ${detail}${remedy === undefined ? '' : ` ${remedy}`}`;
}
