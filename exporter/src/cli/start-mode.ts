import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Config, type ConfigFault, loadConfig } from '../config';
import type { Environment } from '../config/document';
import type { LocalFeedConfig } from '../config/metaflow-feeds';
import { unpackExample } from '../feeds/example/unpack';
import { parseMachine } from '../feeds/machine/parse';
import { readMachine } from '../feeds/machine/read';
import type { Instant } from '../units/interval';

/** What a start runs on: a configuration with at least one feed, and what to tell people about it. */
export type StartMode = {
  readonly config: Config;
  /** Where the configuration came from, for people. */
  readonly source: string;
  /** What to say while example data are shown; null for one's own. */
  readonly example: string | null;
  /** Added to every recorded time of the example. */
  readonly rebaseMs: number;
  /** Hosts that no configuration declares but this machine offers. */
  readonly undeclaredHost: string | null;
  /** Removes what the start unpacked. */
  readonly tidy: () => Promise<void>;
};

/** Where and when a start happens. */
export type StartPlace = {
  readonly folder: string;
  readonly configPath: string | null;
  readonly env: Environment;
  readonly now: Instant;
};

/** A configuration with faults; every one is listed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly faults: readonly ConfigFault[]) {
    super('The configuration has faults.');
  }
}

const EXAMPLE_FOLDER = resolve(__dirname, '../../example');
const EXAMPLE_NOTE =
  'These are EXAMPLE data: a recorded Metaflow history on a made-up host, moved to end now. To see your own runs, ' +
  'start in the folder that holds your .metaflow, or write a flowledger.yaml with feeds.metaflow[].path.';

/** One's own configuration, else one's own `.metaflow`, else the bundled example. */
export async function chooseStart(place: StartPlace): Promise<StartMode> {
  const configPath = place.configPath ?? resolve(place.folder, 'flowledger.yaml');
  if (place.configPath !== null || existsSync(configPath)) return ownConfig(configPath, place);
  const tree = resolve(place.folder, '.metaflow');
  if (!existsSync(tree)) return bundledExample(place);
  const config = configFrom(loadConfig({ text: '', folder: place.folder, env: place.env }));
  return ready(withFeed(config, tree), tree);
}

async function ownConfig(path: string, { env }: StartPlace): Promise<StartMode> {
  const config = configFrom(loadConfig({ path, env }));
  const besides = resolve(path, '..', '.metaflow');
  return ready(config.feeds.metaflow.length > 0 ? config : withFeed(config, besides), path);
}

function configFrom(loaded: ReturnType<typeof loadConfig>): Config {
  if (loaded.config === null) throw new ConfigError(loaded.faults);
  return loaded.config;
}

const LOCAL_FEED = { name: 'local', deployment: 'local', type: 'local', pollMs: 5_000, host: null } as const;

function withFeed(config: Config, path: string): Config {
  const feed: LocalFeedConfig = { ...LOCAL_FEED, path, silenceMs: 86_400_000 };
  return { ...config, feeds: { ...config.feeds, metaflow: [feed] } };
}

async function ready(config: Config, source: string): Promise<StartMode> {
  const own = { source, example: null, rebaseMs: 0, tidy: async (): Promise<void> => undefined };
  if (!isOnThisMachine(config)) return { ...own, config, undeclaredHost: null };
  const machine = parseMachine(await readMachine());
  return { ...own, config: { ...config, hosts: [machine] }, undeclaredHost: machine.name };
}

/** A local tree was written here, unless hosts or a cluster say where runs run; other feeds tell of other machines. */
function isOnThisMachine({ hosts, feeds }: Config): boolean {
  return hosts.length === 0 && feeds.kubernetes.length === 0 && feeds.metaflow.some(({ type }) => type === 'local');
}

async function bundledExample({ env, now }: StartPlace): Promise<StartMode> {
  const folder = await mkdtemp(join(tmpdir(), 'flowledger-example-'));
  const tidy = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const config = configFrom(loadConfig({ path: join(EXAMPLE_FOLDER, 'flowledger.yaml'), env }));
  const { root, deployment, endsAt } = await unpackExample(EXAMPLE_FOLDER, folder);
  const feed: LocalFeedConfig = { ...LOCAL_FEED, name: 'example', deployment, path: root, silenceMs: 86_400_000 };
  return {
    config: {
      ...config,
      feeds: { ...config.feeds, metaflow: [feed] },
      store: { url: `chdb:${join(folder, 'store')}` },
    },
    source: 'the bundled example',
    example: EXAMPLE_NOTE,
    rebaseMs: now - endsAt,
    undeclaredHost: null,
    tidy,
  };
}
