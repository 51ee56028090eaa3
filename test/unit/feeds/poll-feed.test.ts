import { type Feed, FeedError, type FeedPoll } from '../../../exporter/src/feeds/feed';
import { pollFeed } from '../../../exporter/src/feeds/poll-feed';

const facts = (poll: Partial<FeedPoll> = {}): FeedPoll => ({
  rows: { accepted: 0, rejected: 0 },
  newest: null,
  issues: [],
  emptyReason: null,
  ...poll,
});

/** A feed that answers from a list, and a clock that moves 250 ms whenever it is read. */
function setUp(answers: (FeedPoll | Error | string)[]) {
  let now = 1_000_000;
  const feed: Feed<null, FeedPoll> = {
    name: 'local',
    poll() {
      const answer = answers.shift()!;
      if (answer instanceof Error) return Promise.reject(answer);
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what a library may throw
      return typeof answer === 'string' ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  return pollFeed(feed, () => (now += 250));
}

describe('A polled feed', () => {
  it('is down before its first poll', () => {
    expect(setUp([]).health()).toEqual({
      feed: 'local',
      up: false,
      lastSuccess: null,
      lagSeconds: null,
      rows: { accepted: 0, rejected: 0 },
      durationSeconds: 0,
      error: null,
    });
  });

  it('adds up rows, times itself and knows how far its newest fact lies back', async () => {
    const feed = setUp([
      facts({ rows: { accepted: 5, rejected: 1 }, newest: 990_000 }),
      facts({ rows: { accepted: 2, rejected: 0 }, newest: null }),
    ]);
    expect(await feed.poll(null)).toMatchObject({ outcome: 'ok', poll: { newest: 990_000 } });
    expect(feed.health()).toEqual({
      feed: 'local',
      up: true,
      lastSuccess: 1_000_500,
      lagSeconds: 10.5,
      rows: { accepted: 5, rejected: 1 },
      durationSeconds: 0.25,
      error: null,
    });
    await feed.poll(null);
    expect(feed.health()).toMatchObject({ rows: { accepted: 7, rejected: 1 }, lagSeconds: 11 });
  });

  it('fails without throwing, keeps its last success, and recovers', async () => {
    const broken = new Error('disk on fire');
    const feed = setUp([facts({ newest: 1 }), broken, 'odd', facts()]);
    await feed.poll(null);
    const failed = await feed.poll(null);
    expect(failed).toMatchObject({ outcome: 'failed', error: { message: 'disk on fire', cause: broken } });
    expect(failed.outcome === 'failed' && failed.error).toBeInstanceOf(FeedError);
    expect(feed.health()).toMatchObject({ up: false, lastSuccess: 1_000_500, error: 'disk on fire' });
    expect(await feed.poll(null)).toMatchObject({ outcome: 'failed', error: { message: 'odd' } });
    await feed.poll(null);
    expect(feed.health()).toMatchObject({ up: true, lastSuccess: 1_002_000, error: null });
  });

  it('hands on a FeedError as it is', async () => {
    const error = new FeedError('no folder');
    expect(await setUp([error]).poll(null)).toEqual({ outcome: 'failed', error });
  });

  it('is up and empty, with the reason, while its source is not there', async () => {
    const feed = setUp([facts({ emptyReason: 'it is not there' })]);
    expect(await feed.poll(null)).toMatchObject({ outcome: 'empty', reason: 'it is not there' });
    expect(feed.health()).toMatchObject({ up: true, error: 'it is not there', lagSeconds: null });
  });
});
