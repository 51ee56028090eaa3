import { utimesSync, writeFileSync } from 'node:fs';
import type { Attempt } from '../../../../exporter/src/facts/attempt';
import type { Issue } from '../../../../exporter/src/facts/issue';
import { AFTER, feedOf, lineOf, pollAll, unpackRecording } from './recording';

export const RETRY = 'RetryFlow/1795233792486346';
export const KILLED = 'KilledFlow/1795233801890863';
export const TRAIN = 'TrainFlow/1795233779432166';

/** An issue as one line: code, file:line:column, field, value. */
export const told = ({ code, file, line, column, field, value }: Issue): string =>
  [code, [file, line, column].filter((part) => part !== null).join(':'), field, value]
    .filter((part) => part !== null)
    .join(' ');

const shown = (attempt: Attempt): string =>
  `${lineOf(attempt)} ${attempt.held ? `${Number(attempt.held.gpus) / 1e9} GPUs` : 'unknown'}`;

/** Writes a damaged file at a time that is not in the recording's future. */
export function spoil(path: string, text: string | Buffer): void {
  const seconds = AFTER / 1000 - 1;
  writeFileSync(path, text);
  utimesSync(path, seconds, seconds);
}

/** What differs from the undamaged history: issues, lines of attempts that came and went. */
export type Damage = { readonly issues: string[]; readonly gone: string[]; readonly came: string[] };

/** Polls a damaged recording. */
export async function damage(change: (root: string) => void): Promise<Damage> {
  const root = unpackRecording();
  const before = (await pollAll(feedOf(root), AFTER)).attempts.map(shown);
  change(root);
  const broken = await pollAll(feedOf(root), AFTER);
  const after = broken.attempts.map(shown);
  return {
    issues: broken.issues.map(told).sort(),
    gone: before.filter((line) => !after.includes(line)).sort(),
    came: after.filter((line) => !before.includes(line)).sort(),
  };
}
