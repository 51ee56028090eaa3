import { lstatSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const TIMES = /("ts_epoch": |sysmeta_.+_)(\d{13})\b/g;
const RUN_IDS = /\b1795\d{12}\b/g;

/**
 * Copies every run of a recorded `.metaflow` tree, moved by whole milliseconds: run ids, record times, record names
 * and the times of `.runtime` files. Blobs and flows are left where they are. Returns `Flow/run` of the copies.
 */
export function copyShifted(from: string, to: string, shiftMs: number): string[] {
  const copies: string[] = [];
  for (const flow of folders(from)) {
    for (const run of folders(join(from, flow)).filter((name) => /^\d{16}$/.test(name))) {
      const moved = moveIds(run, shiftMs);
      copyTree(join(from, flow, run), join(to, flow, moved), shiftMs);
      copies.push(`${flow}/${moved}`);
    }
  }
  return copies;
}

function copyTree(from: string, to: string, shiftMs: number): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, moveTimes(entry.name, shiftMs));
    if (entry.isDirectory()) {
      copyTree(source, target, shiftMs);
      continue;
    }
    writeFileSync(target, moveIds(moveTimes(readFileSync(source, 'utf8'), shiftMs), shiftMs));
    // Half a millisecond more: a float of seconds may land just below the whole one.
    const seconds = (Math.floor(lstatSync(source).mtimeMs) + shiftMs + 0.5) / 1000;
    utimesSync(target, seconds, seconds);
  }
}

const moveTimes = (text: string, shiftMs: number): string =>
  text.replace(TIMES, (_all, before: string, time: string) => `${before}${Number(time) + shiftMs}`);

const moveIds = (text: string, shiftMs: number): string =>
  text.replace(RUN_IDS, (id) => String(BigInt(id) + BigInt(shiftMs) * 1000n));

const folders = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
