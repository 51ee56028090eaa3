import type { Instant } from '../units/interval';
import type { SimulatedHost } from './world-facts';

/** What looks for a place: how many GPUs of one node, from when on at the earliest, and for how long. */
export type Wish = {
  readonly gpus: number;
  readonly ready: Instant;
  /** Infinity for what never ends. */
  readonly durationMs: number;
};

/** Where and when a wish comes true; it is cut short where its node is taken away. */
export type Place = { readonly host: SimulatedHost; readonly gpus: readonly number[]; readonly start: Instant };

/** Who holds which GPU when, so that no two pods ever hold the same one. */
export type Calendar = {
  /** Finds the earliest place and takes it; null where no node is large enough. */
  take(wish: Wish): Place | null;
  /** Takes GPUs that somebody holds by a plan of its own. */
  reserve(host: SimulatedHost, gpus: readonly number[], during: Span): void;
  /** Gives back what a stopped pod would have held longer. */
  release(host: SimulatedHost, gpus: readonly number[], at: Instant): void;
  /** Remembers everything as it is now, and gives back what undoes all that is taken later. */
  checkpoint(): () => void;
  /** Forgets what is over: nothing asks for earlier places any more. */
  forgetUntil(at: Instant): void;
};

type Span = { readonly start: Instant; readonly end: Instant };
type Diary = { readonly host: SimulatedHost; readonly busy: Span[][] };

/** A place shorter than this before its node is taken away is none. */
const LEAST_STAY_MS = 10 * 60_000;

/** An empty calendar of nodes. Cordoned nodes are never given out. */
export function createCalendar(hosts: readonly SimulatedHost[]): Calendar {
  const diaries: Diary[] = hosts.map((host) => ({ host, busy: host.gpuUuids.map(() => []) }));
  const diaryOf = (host: SimulatedHost): Diary => diaries.find((diary) => diary.host.name === host.name)!;
  const reserve: Calendar['reserve'] = (host, gpus, during) => {
    for (const gpu of gpus) diaryOf(host).busy[gpu]!.push(during);
  };
  return {
    take(wish) {
      const places = diaries.flatMap((diary) => (diary.host.cordoned ? [] : (earliestOn(diary, wish) ?? [])));
      const first = places.reduce<Place | null>(
        (best, place) => (best && best.start <= place.start ? best : place),
        null,
      );
      if (first) reserve(first.host, first.gpus, { start: first.start, end: first.start + wish.durationMs });
      return first;
    },
    reserve,
    release(host, gpus, at) {
      const { busy } = diaryOf(host);
      for (const gpu of gpus) {
        busy[gpu] = busy[gpu]!.map((span) =>
          span.start <= at && at < span.end ? { start: span.start, end: at } : span,
        );
      }
    },
    checkpoint() {
      const kept = diaries.map(({ busy }) => busy.map((spans) => [...spans]));
      return () => diaries.forEach(({ busy }, place) => busy.splice(0, busy.length, ...kept[place]!));
    },
    forgetUntil(at) {
      for (const { busy } of diaries) {
        for (const [gpu, spans] of busy.entries()) {
          if (spans.some(({ end }) => end <= at)) busy[gpu] = spans.filter(({ end }) => end > at);
        }
      }
    },
  };
}

function earliestOn({ host, busy }: Diary, { gpus, ready, durationMs }: Wish): Place | null {
  const ends = busy.flatMap((spans) => spans.map(({ end }) => end));
  const moments = [Math.max(ready, host.from), ...ends.filter((end) => end > ready && Number.isFinite(end))];
  for (const start of [...new Set(moments)].sort((a, b) => a - b)) {
    const end = Math.min(start + durationMs, host.to ?? Infinity);
    const stay = Math.min(durationMs, LEAST_STAY_MS);
    if (start < host.from || end - start < stay) continue;
    const free = busy.flatMap((spans, gpu) =>
      spans.every((span) => end <= span.start || span.end <= start) ? [gpu] : [],
    );
    if (free.length >= gpus) return { host, gpus: free.slice(0, gpus), start };
  }
  return null;
}
