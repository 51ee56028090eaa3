import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshFolder, removeFolders } from '../metaflow/recording';
import { answersOf, attempt, START } from './made-service';
import { serviceFeedOf, serving, stopServices } from './recorded';

afterAll(async () => {
  removeFolders();
  await stopServices();
});

const SECRET = 'k3y-very-secret';
const runs = [{ rows: attempt('end/1', [0, 1000]) }];
const request = { now: START + 3_600_000, known: [] };

type Refusal = { readonly status: number; readonly body: string };

async function guarded(content: string) {
  const headersFile = join(freshFolder(), 'headers.json');
  writeFileSync(headersFile, content);
  const service = await serving({ kind: 'service', answers: answersOf(runs) });
  const seen: unknown[] = [];
  let key = SECRET;
  let refusal = (given: string, authorization: string): Refusal => ({
    status: 403,
    body: JSON.stringify({ message: `bad key ${given}, ${authorization}` }),
  });
  service.intercept(({ headers }, response) => {
    seen.push(headers['x-api-key']);
    if (headers['x-api-key'] === key) return false;
    const { status, body } = refusal(String(headers['x-api-key']), String(headers.authorization));
    response.writeHead(status).end(body);
    return true;
  });
  return {
    headersFile,
    seen,
    feed: serviceFeedOf(service.url, { headersFile }),
    rotate: (next: string) => (key = next),
    refuse: (by: typeof refusal) => (refusal = by),
  };
}

const failure = async (feed: ReturnType<typeof serviceFeedOf>): Promise<string> =>
  feed.poll(request).then(
    () => 'told',
    (error: Error) => `${error.message} ${String(error.stack)} ${JSON.stringify(error)} ${String(error.cause)}`,
  );

describe('A gateway that repeats the key it refuses', () => {
  const WRONG = 'wr0ng-Key-of-ours';
  it.each([
    ['as it is', (key: string) => key],
    ['in base64', (key: string) => Buffer.from(key).toString('base64')],
    ['in capitals', (key: string) => key.toUpperCase()],
  ])('%s is not quoted', async (_how, spelled) => {
    for (const status of [401, 403]) {
      const { feed, refuse } = await guarded(JSON.stringify({ 'x-api-key': WRONG }));
      refuse((key) => ({ status, body: JSON.stringify({ message: `no such key: ${spelled(key)}` }) }));
      const shown = await failure(feed);
      expect(shown).toContain(`refuses us (HTTP ${status}): look at headers_file.`);
      expect(shown).not.toContain('no such key');
      expect(shown).not.toContain(spelled(WRONG));
    }
  });

  it('is quoted where no header was sent', async () => {
    const service = await serving({ kind: 'service', answers: answersOf(runs) });
    service.intercept((_request, response) => {
      response.writeHead(401).end('{"message": "log in first"}');
      return true;
    });
    expect(await failure(serviceFeedOf(service.url))).toContain('look at headers_file: log in first.');
  });
});

describe('The headers of a service', () => {
  it('are sent with every question, whatever they are called', async () => {
    const { feed, seen } = await guarded(JSON.stringify({ 'X-API-Key': SECRET }));
    expect((await feed.poll(request)).runs).toHaveLength(1);
    expect(seen.length).toBeGreaterThan(2);
    expect(new Set(seen)).toEqual(new Set([SECRET]));
  });

  it('are read again when they change', async () => {
    const { feed, headersFile, rotate } = await guarded(JSON.stringify({ 'x-api-key': SECRET }));
    await feed.poll(request);
    rotate('another-one');
    await expect(feed.poll(request)).rejects.toThrow('refuses us (HTTP 403)');
    writeFileSync(headersFile, JSON.stringify({ 'x-api-key': 'another-one' }));
    await feed.poll(request);
  });

  it('are never shown, even where the service repeats them', async () => {
    const { feed, rotate } = await guarded(
      JSON.stringify({ 'x-api-key': SECRET, authorization: 'Bearer abcd.efgh.ijkl' }),
    );
    rotate('something else');
    const shown = await failure(feed);
    expect(shown).toContain('refuses us (HTTP 403): look at headers_file.');
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain('abcd.efgh.ijkl');
  });

  it.each([
    ['no JSON', `{"x-api-key": ${SECRET}}`, /headers\.json is not JSON \(line 1, column 15\)/],
    ['a list', `["${SECRET}"]`, /holds no JSON map of headers/],
    ['a number', `{"x-api-key": 7}`, /gives the header x-api-key a value that HTTP does not allow/],
    ['a value of two lines', `{"x-api-key": "${SECRET}\\nHost: evil"}`, /a value that HTTP does not allow/],
    ['a name of two words', `{"${SECRET} x": "v"}`, /names a header in a way that HTTP does not allow/],
  ])('fail the poll where the file holds %s, and are not shown', async (_what, content, message) => {
    const { feed } = await guarded(content);
    const shown = await failure(feed);
    expect(shown).toMatch(message);
    expect(shown).not.toContain(SECRET);
  });

  it('fail the poll where the file is gone', async () => {
    const { feed, headersFile } = await guarded('{}');
    rmSync(headersFile);
    await expect(feed.poll(request)).rejects.toThrow(`${headersFile} cannot be read (ENOENT).`);
  });
});
