import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { loadConfig } from '../config';
import type { Environment } from '../config/document';
import { movedInstants } from '../replay/rebase';
import { URL_VARIABLE } from '../replay/write-folder';
import { ConfigError, type StartMode } from './start-mode';

/** What an exporter is started on: a configuration text, which names its stand-in by a variable. */
export type StandInMode = {
  /** Relative paths in the configuration start from here. */
  readonly folder: string;
  readonly text: string;
  readonly env: Environment;
  /** The stand-in server. */
  readonly url: string;
  /** The `.metaflow` folder that fills as time goes on; null where there is none. */
  readonly tree?: string | null;
  /** `host:port` in place of the configuration's own. */
  readonly listen: string | null;
  readonly source: string;
  /** What to say of the data; they are never anybody's own. */
  readonly note: string;
  /** Added to every time that a local feed reads. */
  readonly rebaseMs: number;
};

/** The variable of a folder's configuration that says where its `.metaflow` tree is revealed. */
const TREE_VARIABLE = 'FLOWLEDGER_REPLAY_METAFLOW';

/** A start on a stand-in server with a store of its own, gone afterwards. @throws ConfigError with all faults. */
export async function standInMode({ folder, text, env, listen, ...about }: StandInMode): Promise<StartMode> {
  const scratch = await mkdtemp(join(tmpdir(), 'flowledger-replay-'));
  const tidy = (): Promise<void> => rm(scratch, { recursive: true, force: true });
  const document = parseDocument(text);
  if (document.errors.length === 0) {
    document.setIn(['store', 'url'], `chdb:${join(scratch, 'store')}`);
    if (listen !== null) document.setIn(['server', 'listen'], listen);
  }
  const whole = document.toString();
  const { url, tree } = about;
  const variables = { ...env, [URL_VARIABLE]: url, ...(tree ? { [TREE_VARIABLE]: tree } : {}) };
  const { config, faults } = loadConfig({ text: whole, folder, env: variables });
  if (config === null) {
    await tidy();
    throw new ConfigError(faults);
  }
  return { config, source: about.source, example: about.note, rebaseMs: about.rebaseMs, undeclaredHost: null, tidy };
}

/** A replay folder's configuration with its dates moved by `shiftMs`. */
export async function replayConfigText(folder: string, shiftMs: number): Promise<string> {
  return movedInstants(await readFile(join(folder, 'flowledger.yaml'), 'utf8'), shiftMs);
}
