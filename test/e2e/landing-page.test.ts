/**
 * The landing page and Prometheus's graph in a real browser, in light and dark and at two widths. With SCREENSHOTS set
 * to a folder the pictures are kept there.
 * @needs chromium prometheus
 */
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import {
  configOf,
  type ExporterProcess,
  freePort,
  makeFolder,
  removeFolder,
  runningExporter,
  unpackRecording,
} from './exporter-process';
import { type PrometheusProcess, runningPrometheus } from './prometheus-process';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const KEPT = process.env['SCREENSHOTS'];

describe('In a browser', () => {
  const folder = makeFolder('page');
  let exporter: ExporterProcess;
  let prometheus: PrometheusProcess;
  let browser: Browser;

  beforeAll(async () => {
    unpackRecording(folder);
    const port = await freePort();
    const env = { FLOWLEDGER_CLOCK: '2026-11-21T04:30:00Z@1' };
    exporter = await runningExporter({ folder, port, env, config: configOf({ port, gpus: 8, price: '32' }) });
    prometheus = await runningPrometheus({ folder, port: await freePort(), target: `127.0.0.1:${port}` });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  });

  afterAll(async () => {
    await browser?.close();
    await prometheus?.stop();
    await exporter?.stop();
    removeFolder(folder);
  });

  async function open(
    url: string,
    look: { scheme: 'light' | 'dark'; width: number },
  ): Promise<{ page: Page; said: string[] }> {
    const page = await browser.newPage({ colorScheme: look.scheme, viewport: { width: look.width, height: 900 } });
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(String(error)));
    await page.goto(url, { waitUntil: 'load' });
    return { page, said };
  }

  it.each([
    { scheme: 'light', width: 1280 },
    { scheme: 'dark', width: 1280 },
    { scheme: 'light', width: 400 },
    { scheme: 'dark', width: 400 },
  ] as const)('the landing page is whole and quiet, $scheme, $width wide', async (look) => {
    const { page, said } = await open(`${exporter.url}/`, look);
    if (KEPT) await page.screenshot({ path: join(KEPT, `landing-${look.scheme}-${look.width}.png`), fullPage: true });
    expect(said).toEqual([]);
    expect(await page.textContent('body')).toContain('KilledFlow');
    const wider = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(wider).toBe(0);
    await page.close();
  });

  it('Prometheus’s graph shows a line for every run', async () => {
    const expression = 'sum without(basis) (metaflow_run_cost_dollars)';
    const query = new URLSearchParams({ 'g0.expr': expression, 'g0.tab': '0', 'g0.range_input': '1m' });
    const { page } = await open(`${prometheus.url}/graph?${query.toString()}`, { scheme: 'light', width: 1280 });
    await page.waitForSelector('.legend .line, .legend-item', { timeout: 30_000 });
    if (KEPT) await page.screenshot({ path: join(KEPT, 'prometheus-graph.png') });
    expect(await page.locator('.legend .line, .legend-item').count()).toBe(8);
    await page.close();
  });
});
