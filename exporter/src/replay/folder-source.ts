import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant } from '../units/interval';
import { type Manifest, parseManifest } from './manifest';
import { parseAnswers } from './parse-answers';
import type { ReplaySource } from './source';

/** An opened replay folder. */
export type ReplayFolder = { readonly manifest: Manifest; readonly source: ReplaySource };

/**
 * Opens a replay folder: `manifest.json`, `metaflow/answers.jsonl`, and of each target `scrapes/<target>/`: a file
 * `<offset_ms>.prom` holds from its offset until the next one, an empty file `<offset_ms>.down` says that the target
 * does not answer from there on.
 * @throws Error naming the file that is missing or not sound.
 */
export async function openFolder(folder: string): Promise<ReplayFolder> {
  const manifest = parseManifest(await readFile(join(folder, 'manifest.json'), 'utf8'));
  const answers = join(folder, 'metaflow', 'answers.jsonl');
  const history = existsSync(answers) ? parseAnswers(await readFile(answers, 'utf8')) : { flows: [], runs: [] };
  const scrapes = new Map<string, readonly Scrape[]>();
  for (const target of manifest.targets) scrapes.set(target, await scrapesIn(join(folder, 'scrapes', target)));
  const start = Date.parse(manifest.start);
  const source: ReplaySource = {
    targets: () => manifest.targets,
    async scrape(target, at) {
      const last = scrapes.get(target)?.findLast(({ offset }) => start + offset <= at);
      return last?.file ? readFile(last.file, 'utf8') : null;
    },
    metaflow: () => history,
  };
  return { manifest, source };
}

/** `file` null: the target does not answer. */
type Scrape = { readonly offset: Instant; readonly file: string | null };

const SCRAPE_FILE = /^(\d{1,15})\.(prom|down)$/;

async function scrapesIn(folder: string): Promise<Scrape[]> {
  const names = await readdir(folder);
  return names
    .flatMap((name): Scrape[] => {
      const [, offset, ending] = SCRAPE_FILE.exec(name) ?? [];
      if (offset === undefined) return [];
      return [{ offset: Number(offset), file: ending === 'prom' ? join(folder, name) : null }];
    })
    .sort((a, b) => a.offset - b.offset);
}
