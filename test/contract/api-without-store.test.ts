import type { Store } from '../../exporter/src/store/store';
import { serveStory, type ViewServer } from '../support/view-server';

/** A store that never answers: every read of it hangs. */
const hanging = new Proxy({} as Store, { get: () => () => new Promise(() => undefined) });

describe('While the store does not answer', () => {
  let server: ViewServer;
  beforeAll(async () => {
    server = await serveStory({ store: hanging });
  });
  afterAll(() => server.close());

  it.each(['/metrics', '/healthz', '/readyz', '/api/v1/openapi.json'])('%s answers from memory', async (path) => {
    expect((await server.ask(path)).status).toBe(200);
  });

  it('a scrape has the cost of every run that the last cycle published', async () => {
    const { text } = await server.ask('/metrics');
    expect(text).toMatch(/^metaflow_run_cost_dollars\{/m);
  });
});
