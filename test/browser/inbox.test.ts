import type { Browser, Page } from 'playwright-core';
import type { ChannelName } from '../../local/channels/index.ts';
import { CHANNEL_KINDS } from '../../shared/channels/index.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { aChange, aCommit, aMessage, NOW_MS } from '../helpers/examples.ts';
import { HOSTILE_NAMES } from '../helpers/hostile-names.ts';
import { type Receivers, startReceivers } from '../helpers/receivers.ts';

const CHANNELS = CHANNEL_KINDS.map(({ kind }) => kind as ChannelName);

const HOSTILE_NAME = '<img src=x onerror=alert(1)>"&\'<script>alert(2)</script>';
/** A phone of today. */
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1_280, height: 900 };

describe('the inbox in a browser', () => {
  let receivers: Receivers;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    receivers = await startReceivers(NOW_MS);
    const names = [HOSTILE_NAME, '支付网关-02', ...HOSTILE_NAMES];
    const changes = names.map((name, index) => aChange({ instanceId: `i-${index}`, name }));
    for (const kind of CHANNELS) {
      await receivers.channel(kind).send(aMessage([aCommit({ changes })]));
    }
    receivers.setFaults('feishu', [{ kind: 'answer', status: 503 }]);
    await receivers.channel('feishu').send(aMessage([aCommit({ changes })]));
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await receivers.server.close();
  });

  it.each([
    ['a phone', 'light', PHONE],
    ['a phone', 'dark', PHONE],
    ['a desktop', 'light', DESKTOP],
    ['a desktop', 'dark', DESKTOP],
  ] as const)(
    'fits %s in the %s scheme, and draws only its own markup',
    async (_where, scheme, viewport) => {
      const complaints = await open({ viewport, colorScheme: scheme });

      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(overflow).toBe(0);
      expect(await page.locator('article').count()).toBe(CHANNELS.length + 1);
      expect(await page.locator('article img, article script').count()).toBe(0);
      const own = '.message a[href^="https://ecs.console.alibabacloud.com/"]';
      expect(await page.locator('.message a').count()).toBe(await page.locator(own).count());
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it('shows the push text apart, the colours of a card and of WeCom, and who refused', async () => {
    await open({ viewport: PHONE });

    const push = await page
      .locator('article', { hasText: 'DingTalk' })
      .locator('aside')
      .textContent();
    const header = page.locator('.card-header').first();
    const background = 'getComputedStyle(document.querySelector(".card-header")).backgroundColor';
    expect(push).toContain('stopped');
    expect(await header.textContent()).toContain('stopped');
    expect(await page.evaluate(background)).toBe('rgb(216, 57, 49)');
    expect(await page.locator('.message.wecom .font-warning').count()).toBe(1);
    expect(await page.locator('article.refused').count()).toBe(1);
    expect(await page.locator('.message.dingtalk').textContent()).toContain('支付网关-02');
    await page.close();
  });

  it('shows the messages of one receiver after a click on its name', async () => {
    await open({ viewport: PHONE });

    await page.getByRole('link', { name: 'WeCom' }).click();
    await page.waitForURL(/channel=wecom/u);
    expect(await page.locator('article').count()).toBe(1);
    await page.close();
  });

  /** Opens the inbox; what the browser complains about, and requests to other servers. */
  async function open(options: Parameters<Browser['newPage']>[0]): Promise<readonly string[]> {
    const complaints: string[] = [];
    page = await browser.newPage(options);
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(receivers.server.url)) complaints.push(request.url());
    });
    await page.goto(receivers.server.url);
    return complaints;
  }
});
