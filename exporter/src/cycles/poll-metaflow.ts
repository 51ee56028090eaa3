import type { MetaflowPoll } from '../feeds/metaflow/local-feed';
import type { PollOutcome } from '../feeds/poll-feed';
import type { Instant } from '../units/interval';
import type { FeedProgress } from './feed-progress';

/** How long a cycle waits for a feed that asks others; what takes longer holds nobody up: a later cycle takes it in. */
const PATIENCE_MS = 1_000;

/** One part of what a feed tells; `since` is when the first part of its poll was asked for. */
export type PolledPart = { readonly outcome: PollOutcome<MetaflowPoll>; readonly since: Instant };

/** Asks a feed, or goes on waiting for what was asked before; null while it has not answered. */
export async function nextPart(one: FeedProgress, now: Instant): Promise<PolledPart | null> {
  const { source, isLocal = false } = one.feed;
  one.polling ??= { since: now, answer: source.poll({ now, known: one.known }) };
  const { since, answer } = one.polling;
  const outcome = isLocal ? await answer : await within(answer, PATIENCE_MS);
  if (outcome === null) return null;
  const goesOn = outcome.outcome !== 'failed' && !outcome.poll.complete;
  one.polling = goesOn ? { since, answer: source.poll({ now, known: one.known }) } : null;
  return { outcome, since };
}

async function within<T>(answer: Promise<T>, milliseconds: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), milliseconds);
  });
  try {
    return await Promise.race([answer, patience]);
  } finally {
    clearTimeout(timer);
  }
}
