import { FeedError } from '../../../../exporter/src/feeds/feed';
import { type Answer, AnswerTooLarge, type Ask } from '../../../../exporter/src/feeds/metaflow-service/answer';
import { readPages } from '../../../../exporter/src/feeds/metaflow-service/service-pages';
import { serviceSource } from '../../../../exporter/src/feeds/metaflow-service/service-source';
import { readUiPages } from '../../../../exporter/src/feeds/metaflow-ui/ui-pages';
import { uiSource } from '../../../../exporter/src/feeds/metaflow-ui/ui-source';
import { UnreadableRun } from '../../../../exporter/src/feeds/metaflow/row-source';

const list = (length: number): number[] => Array.from({ length }, (_, index) => index);
const page = (body: unknown, limit: string | null = null, nextCursor: string | null = null): Answer => ({
  status: 200,
  body,
  limit,
  nextCursor,
});
const always =
  (answer: Answer): Ask =>
  () =>
    Promise.resolve(answer);
/** A service that gives `count` pages of 500. */
const paging = (count: number): Ask => {
  let given = 0;
  return async () => page(list(500), '500', ++given < count ? `c${given}` : null);
};
const uiPaging = (count: number): Ask => {
  let given = 0;
  return async () =>
    page({ data: list(1000).map((row) => [given, row]), pages: { next: ++given < count ? given + 1 : null } });
};

const NAME = { flow: 'F', run: '1' };

describe('Lists of very many rows', () => {
  it('are read whole up to 500,000 rows, in one answer', async () => {
    expect(await readPages(always(page(list(300_000))), '/x', { limit: 500 })).toHaveLength(300_000);
    expect(await readPages(always(page(list(500_000))), '/x', { limit: 500 })).toHaveLength(500_000);
    expect(await readUiPages(always(page({ data: list(300_000) })), '/x', { order: 'id' })).toHaveLength(300_000);
  });

  it('are read whole up to 500,000 rows, in pages', async () => {
    expect(await readPages(paging(1000), '/x', { limit: 500 })).toHaveLength(500_000);
    expect(await readUiPages(uiPaging(500), '/x', { order: 'id' })).toHaveLength(500_000);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['one answer', () => readPages(always(page(list(500_001))), '/x', { limit: 500 })],
    ['pages', () => readPages(paging(1001), '/x', { limit: 500 })],
    ['one answer of the UI', () => readUiPages(always(page({ data: list(500_001) })), '/x', { order: 'id' })],
    ['pages of the UI', () => readUiPages(uiPaging(501), '/x', { order: 'id' })],
  ])('are refused beyond: %s', async (_, reading) => {
    const failure = await reading().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AnswerTooLarge);
    expect((failure as Error).message).toBe('/x has more than 500000 rows.');
  });

  it('fail the poll where they are the list of runs, and make one run unreadable where they are its own', async () => {
    const endless: Ask = always(page(list(500_001)));
    const endlessUi: Ask = always(page({ data: list(500_001) }));
    for (const source of [serviceSource(endless, 'm'), uiSource(endlessUi, 'm')]) {
      await expect(source.runs(null)).rejects.toThrow(FeedError);
      await expect(source.details(NAME)).rejects.toThrow(UnreadableRun);
    }
  });

  it('may be the tasks of many steps: all of them together are a list', async () => {
    const open = (step: string): object => ({
      flow_id: 'F',
      run_number: 1,
      step_name: step,
      task_id: 1,
      id: 1,
      field_name: 'attempt',
      value: '0',
      ts_epoch: 1,
      tags: ['attempt_id:0'],
    });
    const ask: Ask = async (path) =>
      page(path.includes('/metadata') ? ['a', 'b'].map(open) : list(path.includes('/steps/') ? 300_000 : 0));
    await expect(serviceSource(ask, 'm').details(NAME)).rejects.toThrow('tasks has more than 500000 rows');
  });
});

describe('A page with more rows than were asked for', () => {
  const failed = /^\/x gives a page of \d+ rows where \d+ were asked for\.$/;
  it('is refused where the service pages', async () => {
    await expect(readPages(always(page(list(501), '500')), '/x', { limit: 500 })).rejects.toThrow(failed);
    let asked = 0;
    const second: Ask = async () => page(list(++asked === 1 ? 500 : 501), '500', asked === 1 ? 'c' : null);
    await expect(readPages(second, '/x', { limit: 500 })).rejects.toThrow(failed);
    const ui = always(page({ data: list(1001), pages: { next: 2 } }));
    await expect(readUiPages(ui, '/x', { order: 'id' })).rejects.toThrow(failed);
  });

  it('is the whole list where it does not', async () => {
    expect(await readPages(always(page(list(501))), '/x', { limit: 500 })).toHaveLength(501);
  });
});
