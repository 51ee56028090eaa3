/** @needs chromium */
import { type Browser, chromium } from 'playwright-core';
import { HOSTILE } from '../support/view-estate';
import { serveStory, type ViewServer } from '../support/view-server';

let server: ViewServer;
let browser: Browser;
beforeAll(async () => {
  server = await serveStory({ example: `Example data.\n${HOSTILE}` });
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

async function opened({ width, colorScheme }: { width: number; colorScheme: 'light' | 'dark' }) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => void dialog.dismiss().then(() => complaints.push('a dialog opened')));
  const requested: string[] = [];
  page.on('request', (request) => requested.push(new URL(request.url()).pathname));
  await page.goto(`http://127.0.0.1:${server.port}/`, { waitUntil: 'networkidle' });
  return { page, complaints, requested };
}

test.each([360, 400, 720, 1280, 1400])('at %d pixels nothing reaches beyond the edge of the page', async (width) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await opened({ width, colorScheme });
    const beyond = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    await page.close();
    expect([colorScheme, beyond]).toEqual([colorScheme, 0]);
  }
});

test('hostile names do nothing in a browser, and the page loads nothing but itself', async () => {
  const { page, complaints, requested } = await opened({ width: 1280, colorScheme: 'light' });
  await page.close();
  expect(complaints.filter((text) => !text.includes('favicon.ico'))).toEqual([]);
  expect(requested.filter((path) => path !== '/favicon.ico')).toEqual(['/']);
});

test('the page is dark where the reader asks for dark', async () => {
  const grounds = await Promise.all(
    (['light', 'dark'] as const).map(async (colorScheme) => {
      const { page } = await opened({ width: 1280, colorScheme });
      const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      await page.close();
      return ground;
    }),
  );
  expect(grounds).toEqual(['rgb(246, 247, 249)', 'rgb(15, 20, 26)']);
});
