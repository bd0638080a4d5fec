import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { ROOT } from '../../commands/bundle.ts';
import { buildPage } from '../../commands/bundle-page.ts';
import { launchBrowser } from '../helpers/browser.ts';

/** What a reader has to learn, in both languages. */
const EXPLAINED = [
  'Browsers download what comes from *.fcapp.run instead of showing it.',
  '来自 *.fcapp.run 的页面，浏览器只会下载，不会显示。',
  'npm run page -- --view URL',
  'VIEW_TOKEN',
  'custom domain',
  '自定义域名',
  'deploy/README.md',
];

describe('the page as a file that a browser has downloaded', () => {
  let folder: string;
  let address: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ecs-watch-saved-'));
    const file = join(folder, 'view.html');
    await writeFile(file, await buildPage(ROOT));
    address = pathToFileURL(file).href;
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  it.each([
    ['with scripts', true, 'main'],
    ['without scripts', false, 'noscript .page'],
  ])(
    'says %s what it is and how to see the page, and asks no server',
    async (_, javaScriptEnabled, place) => {
      const page = await browser.newPage({
        javaScriptEnabled,
        viewport: { width: 375, height: 800 },
      });
      const requests: string[] = [];
      const complaints: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(address);
      await page.locator(place).waitFor();

      const text = (await page.locator(place).textContent()) ?? '';
      for (const part of EXPLAINED) expect(text).toContain(part);
      expect(new URL(page.url()).protocol).toBe('file:');
      expect(requests.filter((url) => !url.endsWith('/icon.svg'))).toEqual([address]);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it('stands in a browser on a machine that has no language', async () => {
    const page = await browser.newPage();
    await page.addInitScript(
      "Object.defineProperty(navigator, 'language', { value: 'en-US@posix', configurable: true })",
    );
    await page.goto(address);
    await page.locator('main').waitFor();
    await page.close();
  });
});
