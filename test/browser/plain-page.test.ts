import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../helpers/browser.ts';
import { overflowOf } from '../helpers/page/barriers.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { type ServedView, serveView } from '../helpers/view.ts';

const HOSTILE_NAME = '<img src=x onerror=alert(1)>"&\'';

describe('the pages of the built view in a browser', () => {
  let product: Product;
  let view: ServedView;
  let browser: Browser;

  beforeAll(async () => {
    // The view runs in a process of its own, by the time of the machine.
    product = await startProduct({ fleetSize: 150 }, Date.now());
    product.cloud.ecs.fleet.create('cn-hangzhou', 1, () => ({ name: HOSTILE_NAME }));
    await product.tick();
    view = await serveView(product, { VIEW_PUBLIC: 'true' });
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await view.close();
    await product.close();
  });

  it('show the fleet with a script', async () => {
    await onPage('/', {}, async (page) => {
      await page.locator('.count', { hasText: '151 instances' }).waitFor();
    });
  });

  it('link to no ECS console, which does not know the instances of a local cloud', async () => {
    const [instance] = product.cloud.ecs.fleet.instances('cn-hangzhou');
    const id = instance?.id ?? '';
    await onPage(`/?instance=${id}`, {}, async (page) => {
      await page.locator('.timeline li').first().waitFor();
      expect(await page.locator('.panel a').count()).toBe(0);
    });
    await onPage(`/plain?id=${id}`, {}, async (page) => {
      expect(await page.locator('tbody tr').count()).toBe(1);
      expect(await page.getByText('ECS console').count()).toBe(0);
    });
  });

  it('lead a browser without scripts from the page to the plain one', async () => {
    await onPage('/', { javaScriptEnabled: false }, async (page) => {
      await page.getByRole('link', { name: 'The page without scripts' }).click();
      await page.waitForURL(/\/plain$/u);
      expect(await page.locator('tbody tr').count()).toBe(100);
    });
  });

  it('show the fleet by status and a hundred instances a page without a script', async () => {
    await onPage('/plain', {}, async (page) => {
      expect(await page.title()).toMatch(/^\d+ not running · ecs-watch$/u);
      expect(await page.locator('tbody tr').count()).toBe(100);
      expect(await page.getByRole('link', { name: 'All 151' }).count()).toBe(1);
    });
  });

  it('filter by a click on a status, and by a name, without a script', async () => {
    const stopped = product.cloud.ecs.fleet
      .instances('cn-hangzhou')
      .filter(({ status }) => status === 'Stopped');
    await onPage('/plain', { javaScriptEnabled: false }, async (page) => {
      await page.getByRole('link', { name: `Stopped ${stopped.length}` }).click();
      await page.waitForURL(/plain\?.*status=Stopped/u);
      expect(await page.locator('tbody tr').count()).toBe(stopped.length);

      await page.goto(`${view.url}/plain`);
      await page.getByRole('searchbox').fill(stopped[0]?.id ?? '');
      await page.getByRole('button', { name: 'Show' }).click();
      await page.waitForURL(/plain\?.*text=i-bp/u);
      expect(await page.locator('tbody tr').count()).toBe(1);
    });
  });

  it('show a hostile name as text', async () => {
    await onPage('/plain?text=onerror', {}, async (page) => {
      expect(await page.locator('tbody').textContent()).toContain('onerror=alert(1)');
      expect(await page.locator('tbody img').count()).toBe(0);
    });
  });

  it.each(['light', 'dark'] as const)(
    'fit a phone in the %s scheme without sideways scrolling',
    async (colorScheme) => {
      const phone = { viewport: { width: 375, height: 800 }, colorScheme };
      await onPage('/plain', phone, async (page) => {
        expect(await overflowOf(page)).toBe(0);
      });
    },
  );

  /** Opens an address. The browser must report no problem and contact no other server. */
  async function onPage(
    path: string,
    options: Parameters<Browser['newPage']>[0],
    act: (page: Page) => Promise<void>,
  ): Promise<void> {
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(view.url) && !url.startsWith('data:')) complaints.push(url);
    });
    await page.goto(`${view.url}${path}`);
    await act(page);
    await page.close();
    expect(complaints).toEqual([]);
  }
});
