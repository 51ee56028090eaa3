import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Config, loadConfig, printFault } from '../config';
import type { Finding } from '../contract/finding';
import { AccessError, readAccess } from './access';
import { addressOf, DEFAULT_SERVER } from './ask-server';
import type { Io } from './io';

/** What is wrong with a configuration file, and where the exporter that it would start listens. */
export type ConfigCheck = { readonly findings: readonly Finding[]; readonly server: string; readonly isSound: boolean };

/** Checks the configuration that `serve` would read and the files that it names for access; every fault is listed. */
export function checkConfig(configPath: string | undefined, { folder, env }: Pick<Io, 'folder' | 'env'>): ConfigCheck {
  const path = resolve(folder, configPath ?? 'flowledger.yaml');
  if (configPath === undefined && !existsSync(path)) {
    const detail = `There is no flowledger.yaml in ${folder}: every setting is its default.`;
    return { findings: [finding('ok', detail, null)], server: DEFAULT_SERVER, isSound: true };
  }
  const { config, faults } = loadConfig({ path, env });
  if (config === null) {
    const found = faults.map((fault) => finding('fail', printFault({ ...fault, remedy: '' }).trim(), fault.remedy));
    return { findings: found, server: DEFAULT_SERVER, isSound: false };
  }
  const refused = accessFault(config);
  const findings = [
    refused === null ? finding('ok', `${path} has no faults.`, null) : finding('fail', refused, ACCESS_FIX),
  ];
  return { findings, server: addressOf(config), isSound: refused === null };
}

const ACCESS_FIX = 'Correct the files that server.tokens_file and server.web_config name; README says how they look.';

function accessFault({ server }: Config): string | null {
  try {
    readAccess(server);
    return null;
  } catch (error) {
    if (error instanceof AccessError) return error.message;
    throw error;
  }
}

function finding(status: Finding['status'], detail: string, fix: string | null): Finding {
  return { check: 'configuration', status, feed: null, detail, fix };
}
