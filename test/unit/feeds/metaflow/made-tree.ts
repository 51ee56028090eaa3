import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Names a made run; `run` is its id in microseconds. */
export type MadeRun = { readonly root: string; readonly flow: string; readonly run: string };

/** The instant a made run starts. */
export const startOf = ({ run }: MadeRun): number => Math.floor(Number(run) / 1000);

/** Writes a file as Metaflow would have at `at` (UTC ms): its modification time half a millisecond later. */
export function writeAt(path: string, value: unknown, at: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  const seconds = (at + 0.5) / 1000;
  utimesSync(path, seconds, seconds);
}

/** Writes the run's `_self.json`. */
export function writeSelf(run: MadeRun, tags: readonly string[] = [], at: number = startOf(run)): void {
  const self = {
    run_number: run.run,
    flow_id: run.flow,
    user_name: 'me',
    tags,
    system_tags: ['user:me', 'runtime:dev'],
  };
  writeAt(join(run.root, run.flow, run.run, '_meta/_self.json'), { ...self, ts_epoch: at }, at);
}

/** Writes one metadata row: `place` is `step/task`. */
export function writeRow(
  run: MadeRun,
  place: string,
  { field, value, at, attempt = 0 }: { field: string; value: string; at: number; attempt?: number },
): void {
  const row = { field_name: field, type: field, value, tags: [`attempt_id:${attempt}`], ts_epoch: at };
  writeAt(join(run.root, run.flow, run.run, place, `_meta/sysmeta_${field}_${at}.json`), row, at);
}

/** Writes a whole run of one step, `end`, with one attempt of so many ms. */
export function writeFinishedRun(run: MadeRun, durationMs: number): void {
  const start = startOf(run);
  writeSelf(run);
  writeRow(run, '_parameters/0', { field: 'end_step', value: 'end', at: start });
  writeRow(run, 'end/1', { field: 'attempt', value: '0', at: start + 1 });
  writeRow(run, 'end/1', { field: 'attempt_ok', value: 'True', at: start + 1 + durationMs });
}
