import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { estateSettings, feedSettings } from '../simulation/estate-settings';
import { printExpected } from '../simulation/expected-costs';
import { KUBE_STATE } from '../simulation/kube-state';
import { metaflowHistory } from '../simulation/metaflow-rows';
import { DEPLOYMENT, truthOf } from '../simulation/truth';
import type { World } from '../simulation/world';
import type { Instant } from '../units/interval';
import type { Manifest } from './manifest';
import { printAnswers } from './parse-answers';
import { worldSource } from './world-source';

/** What is written, from when to when, and how often everything is scraped. */
export type WritingOptions = {
  readonly world: World;
  readonly seed: number;
  readonly start: Instant;
  readonly end: Instant;
  readonly intervalMs: number;
  /** Told after each tick how much is done, 0 to 1. */
  readonly onProgress: (done: number) => void;
};

/** The variable of a folder's configuration that says where its stand-in server listens. */
export const URL_VARIABLE = 'FLOWLEDGER_REPLAY_URL';

/** Scrapes go on this long after the end, so that the last pods are seen to end. */
const TAIL_MS = 5 * 60_000;

/** Writes a simulated world as a replay folder; returns its manifest. The folder must not exist or be empty. */
export async function writeFolder(folder: string, options: WritingOptions): Promise<Manifest> {
  const { world, seed, start, end } = options;
  const plan = world.planAt(end);
  const targets = [KUBE_STATE, ...plan.hosts.map(({ name }) => name)];
  const manifest: Manifest = {
    start: new Date(start).toISOString(),
    end: new Date(end).toISOString(),
    deployment: DEPLOYMENT,
    targets,
    generated: true,
    seed,
  };
  await mkdir(join(folder, 'metaflow'), { recursive: true });
  await mkdir(join(folder, 'bills'), { recursive: true });
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile(join(folder, 'metaflow', 'answers.jsonl'), printAnswers(metaflowHistory(plan)));
  await writeFile(join(folder, 'expected.tsv'), printExpected(truthOf(plan, end)));
  await writeFile(join(folder, 'flowledger.yaml'), configText(plan));
  await writeScrapes(folder, targets, options);
  return manifest;
}

const HEAD = `# A GENERATED cluster: no machine, run or price in this folder is real. \`flowledger simulate\` wrote it;
# \`flowledger replay\` serves it and sets ${URL_VARIABLE}.
`;

function configText(plan: Parameters<typeof estateSettings>[0]): string {
  const settings = {
    ledger: { currency: 'USD' },
    cycles: { live: '5s', close_delay: '1m' },
    feeds: feedSettings({ url: `\${${URL_VARIABLE}}`, interval: '5s', asked: plan.hosts }),
    ...estateSettings(plan),
  };
  return `${HEAD}${stringify(settings)}`;
}

async function writeScrapes(folder: string, targets: readonly string[], options: WritingOptions): Promise<void> {
  const { world, start, end, intervalMs, onProgress } = options;
  const source = worldSource(world);
  const isDown = new Map<string, boolean>();
  for (const target of targets) await mkdir(join(folder, 'scrapes', target), { recursive: true });
  const last = end + TAIL_MS;
  for (let at = start; at <= last; at += intervalMs) {
    for (const target of targets) {
      const text = await source.scrape(target, at);
      const path = join(folder, 'scrapes', target, String(at - start));
      if (text !== null) await writeFile(`${path}.prom`, text);
      else if (isDown.get(target) === false) await writeFile(`${path}.down`, '');
      isDown.set(target, text === null);
    }
    onProgress((at - start) / (last - start));
  }
}
