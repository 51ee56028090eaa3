import { isWorkload } from '../facts/workload';
import type { Confidence } from '../facts/attempt';
import type { CoverageItem } from '../contract/coverage';
import type { PublishedState, SpendNow } from '../facts/published';
import { sumAmounts } from '../units/money';
import { approximateRatio } from './approximate-ratio';

/** What coverage is told by. */
export type CoverageKey = CoverageItem['key'];

const SURE: readonly Confidence[] = ['exact', 'strong', 'declared'];

/** True for a join that rests on identity or on the user's own word. */
export const isSure = (confidence: Confidence | null): boolean => confidence !== null && SURE.includes(confidence);

/**
 * What part of the money an hour that is held or used now is known by each key, 0 to 1; display arithmetic in floats.
 * A key of which a part is not told is absent, and all are where nothing priced is held.
 */
export function heldShares({ spend, reach }: Pick<PublishedState, 'spend' | 'reach'>): Map<CoverageKey, number> {
  const held = spend.filter(({ kind }) => kind !== 'idle');
  const total = perHourOf(held);
  const shares = new Map<CoverageKey, number>();
  const add = (key: CoverageKey, share: number | null): void => void (share !== null && shares.set(key, share));
  const partOf = (isKnown: (one: SpendNow) => boolean): number | null =>
    approximateRatio(perHourOf(held.filter(isKnown)), total);
  const isTold = (part: 'project' | 'confidence'): boolean =>
    held.every((one) => one.kind !== 'workload' || one[part] !== undefined);
  add(
    'run',
    partOf(({ holder }) => holder !== null && !isWorkload(holder)),
  );
  add(
    'team',
    partOf(({ team }) => team !== null),
  );
  if (isTold('project'))
    add(
      'project',
      partOf(({ project }) => (project ?? null) !== null),
    );
  if (isTold('confidence'))
    add(
      'surely',
      partOf(({ confidence }) => isSure(confidence ?? null)),
    );
  add('telemetry', telemetryShare(held, reach));
  return shares;
}

/** Each host's money counts by the part of its GPUs that telemetry sees. */
function telemetryShare(held: readonly SpendNow[], reach: PublishedState['reach']): number | null {
  const seenOf = new Map(reach.map(({ host, gpus, seen }) => [host, approximateRatio(seen, gpus)]));
  const [total, seen] = [{ perHour: 0 }, { perHour: 0 }];
  for (const { host, perHour } of held) {
    const share = seenOf.get(host) ?? null;
    if (share === null) continue;
    total.perHour += Number(perHour);
    seen.perHour += Number(perHour) * share;
  }
  return approximateRatio(seen.perHour, total.perHour);
}

const perHourOf = (some: readonly SpendNow[]): bigint => sumAmounts(some.map(({ perHour }) => perHour));
