import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { startConsole } from '../../local/console/index.ts';
import { MAX_SHOWN_INSTANCES } from '../../local/console/parts/instances.ts';
import type { Instance } from '../../local/ecs/index.ts';
import type { LocalServer } from '../../local/server.ts';
import { CHANNEL_KINDS } from '../../shared/channels/index.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { HOSTILE_NAMES } from '../helpers/hostile-names.ts';
import { barriersOf, overflowOf } from '../helpers/page/barriers.ts';
import { DESKTOP, PHONE, TABLET } from '../helpers/page/visit.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { roundsOf } from '../helpers/rounds.ts';

const REGION = 'cn-hangzhou';
const HOSTILE_NAME = '<img src=x onerror=alert(1)>"&\'<script>alert(2)</script>';
const FLEET_SIZE = 12;
/** Longer than any change of status takes in the local fleet. */
const SETTLING_MS = 60_000;
/** For a browser to start on a busy machine. */
const STARTED_MS = 60_000;

/** With PAGE_COMBINATIONS=1: each form of window, scheme and language; otherwise some of them. */
const isAll = roundsOf('PAGE_COMBINATIONS', 0) > 0;

describe('the console of the local cloud in a browser', () => {
  let product: Product;
  let consoleServer: LocalServer;
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  }, STARTED_MS);
  afterAll(() => browser.close());
  beforeEach(async () => {
    product = await startProduct({ fleetSize: FLEET_SIZE });
    consoleServer = await startConsole({
      cloud: product.cloud,
      page: 'http://127.0.0.1:7800/',
      nextTickMs: () => Date.now() + 3_600_000,
    });
  });
  afterEach(async () => {
    await consoleServer.close();
    await product.close();
  });

  it('stops an instance with a click, and shows the message that the watcher sends', async () => {
    await product.tick();
    const { id, name } = firstIn('Running');
    await onConsole({}, async (page) => {
      const row = rowOf(page, id);
      expect(await row.textContent()).toContain('Running');

      await row.getByRole('button', { name: 'Stop' }).click();
      await row.getByText('Stopping').waitFor();
      product.clock.advance(SETTLING_MS);
      await row.getByText('Stopped').waitFor();
      await product.tick();

      for (const { kind } of CHANNEL_KINDS.filter((each) => each.kind !== 'webhook')) {
        await page.locator(`#inbox .message.${kind}`, { hasText: id }).waitFor();
      }
      await page.locator('#inbox .folded summary', { hasText: name }).click();
      await page.locator('#inbox .message.webhook', { hasText: `"instanceId": "${id}"` }).waitFor();
      expect(await page.locator('#said').textContent()).toContain('is stopping');
    });
  });

  it('offers what the status allows, and keeps the focus on the button that was pressed', async () => {
    const { id } = firstIn('Running');
    await onConsole({}, async (page) => {
      const row = rowOf(page, id);
      const sent: string[] = [];
      page.on('request', (request) => sent.push(request.method()));
      expect(await allowed(row)).toEqual(['Stop', 'Reboot', 'Release']);

      await row.getByRole('button', { name: 'Stop' }).focus();
      await page.keyboard.press('Enter');
      await row.getByText('Stopping').waitFor();
      expect(await allowed(row)).toEqual(['Release']);
      expect(await page.evaluate('document.activeElement.id')).toBe(`stop-${id}`);

      // The button is still there, and does nothing: not even the server is asked.
      await page.keyboard.press('Enter');
      product.clock.advance(SETTLING_MS);
      await row.getByText('Stopped').waitFor();
      expect(await allowed(row)).toEqual(['Start', 'Release']);
      expect(sent).toEqual(['POST']);
      await row.getByRole('button', { name: 'Start' }).click();
      await row.getByText('Starting').waitFor();
      expect(await allowed(row)).toEqual([]);
    });
  });

  it('creates an instance, reboots it and releases it', async () => {
    await onConsole({}, async (page) => {
      await page.getByLabel('Name of the new instance').fill(HOSTILE_NAME);
      await page.keyboard.press('Enter');
      await page.locator('#said', { hasText: 'is created' }).waitFor();
      const created = fleet().find(({ name }) => name === HOSTILE_NAME);
      const row = rowOf(page, created?.id ?? '');
      await row.getByText('Pending').waitFor();
      expect(await page.getByLabel('Name of the new instance').inputValue()).toBe('');
      product.clock.advance(SETTLING_MS);

      await row.getByText('Running').waitFor();
      await row.getByRole('button', { name: 'Reboot' }).click();
      await row.getByText('Stopping').waitFor();
      await row.getByRole('button', { name: 'Release' }).click();
      await row.waitFor({ state: 'detached' });

      expect(fleet()).toHaveLength(FLEET_SIZE);
    });
  });

  it('asks a server for a fault by a switch, shows faults of other origin, and ends them all', async () => {
    const { ecs, channels } = product.cloud;
    await onConsole({}, async (page) => {
      await page.locator('summary', { hasText: 'Break something' }).click();
      const outage = page.getByRole('switch', { name: 'ECS: Outage' });
      const slackIsDown = page.getByRole('switch', { name: 'Slack: Down' });

      await outage.click();
      await page.locator('#ecs-outage[aria-checked=true]').waitFor();
      expect(ecs.faults).toEqual([{ kind: 'html-error', status: 502 }]);
      expect(await page.evaluate('document.activeElement.id')).toBe('ecs-outage');
      ecs.setFaults([...ecs.faults, { kind: 'throttle', times: 3 }]);
      await slackIsDown.click();
      await page.getByText('3 faults').waitFor();
      expect(channels.faultsOf('slack')).toEqual([{ kind: 'answer', status: 503 }]);

      await outage.click();
      await page.getByText('2 faults').waitFor();
      expect(ecs.faults).toEqual([{ kind: 'throttle', times: 3 }]);
      await page.getByRole('button', { name: 'End all faults' }).click();
      await page.getByText('all is well').waitFor();
      expect([...ecs.faults, ...channels.faultsOf('slack')]).toEqual([]);
    });
  });

  it('shows hostile names as text, in the list, in its sentences and in messages', async () => {
    await product.tick();
    const names = [HOSTILE_NAME, ...HOSTILE_NAMES];
    product.cloud.ecs.fleet.create(REGION, names.length, (_id, index) => ({
      name: names[index] ?? '',
    }));
    product.clock.advance(SETTLING_MS);
    await product.tick();
    await onConsole({ viewport: PHONE }, async (page) => {
      const hostile = fleet().find(({ name }) => name === HOSTILE_NAME);
      await page.locator('#inbox article').first().waitFor();

      await rowOf(page, hostile?.id ?? '')
        .getByRole('button', { name: 'Stop' })
        .click();
      await page.locator('#said', { hasText: HOSTILE_NAME }).waitFor();

      expect(await page.locator('main img, main script').count()).toBe(0);
      expect(await overflowOf(page)).toBe(0);
    });
  });

  it('lists a hundred of ten thousand, and finds the others by a search that stays in the address', async () => {
    product.cloud.ecs.fleet.create(REGION, 10_000);
    const last = fleet().at(-1);
    await onConsole({}, async (page) => {
      expect(await page.locator('.row').count()).toBe(MAX_SHOWN_INSTANCES);
      await page.getByText(`The first ${MAX_SHOWN_INSTANCES} of 10,012 are listed.`).waitFor();

      await page.getByRole('searchbox').fill(last?.id ?? '');
      await rowOf(page, last?.id ?? '').waitFor();
      expect(await page.locator('.row').count()).toBe(1);
      await page.reload();
      await rowOf(page, last?.id ?? '').waitFor();
      expect(await page.getByRole('searchbox').inputValue()).toBe(last?.id);

      await page.getByRole('searchbox').fill('nothing of that kind');
      await page.getByText('No instance matches.').waitFor();
    });
  });

  it('shows the messages of one channel, and keeps open what a reader has opened', async () => {
    await product.tick();
    await onConsole({}, async (page) => {
      await page.getByLabel('WeCom', { exact: true }).click();
      await page.locator('#inbox .message.slack').waitFor({ state: 'detached' });
      expect(await page.locator('#inbox .message').count()).toBe(1);

      await page.locator('#inbox summary').click();
      const { id } = firstIn('Running');
      await product.stopInstances([id]);
      await product.tick();
      await page.locator('#inbox .message.wecom', { hasText: id }).waitFor();

      expect(await page.locator('#inbox details[open]').count()).toBe(1);
    });
  });

  it('says that the cloud does not answer, and goes on when it does again', async () => {
    await onConsole({}, async (page) => {
      await consoleServer.close();
      await page.locator('#gone').waitFor();

      consoleServer = await startConsole({ cloud: product.cloud, port: consoleServer.port });
      await page.locator('#gone').waitFor({ state: 'hidden' });
      const { id } = firstIn('Running');
      product.cloud.ecs.fleet.release([id]);
      await rowOf(page, id).waitFor({ state: 'detached' });
    });
  }, 30_000);

  it('speaks the language of the browser, until the reader chooses another', async () => {
    await onConsole({ locale: 'zh-CN' }, async (page) => {
      expect(await page.title()).toContain('本地云');
      await page.locator('.row').getByText('运行中').first().waitFor();
      const { id } = firstIn('Running');
      await rowOf(page, id).getByRole('button', { name: '停止' }).click();
      await page.locator('#said', { hasText: '正在停止' }).waitFor();

      await page.getByLabel('English').click();
      await page.waitForURL(/lang=en/u);
      await page.locator('.row').getByText('Running').first().waitFor();
      expect(await page.evaluate('document.documentElement.lang')).toBe('en');
    });
  });

  const forms = [
    ['a phone', 'light', 'en', PHONE],
    ['a tablet', 'dark', 'en', TABLET],
    ['a desktop', 'light', 'zh-CN', DESKTOP],
    ['a phone', 'dark', 'zh-CN', PHONE],
    ['a desktop', 'dark', 'en', DESKTOP],
  ] as const;

  it.each(forms.slice(0, isAll ? forms.length : 3))(
    'fits %s in the %s scheme in %s, and has no serious barrier',
    async (_where, colorScheme, locale, viewport) => {
      product.cloud.channels.setFaults('feishu', [{ kind: 'answer', status: 503 }]);
      await product.tick();
      // axe is a script of its own, which the policy of the page would refuse.
      await onConsole({ viewport, colorScheme, locale, bypassCSP: true }, async (page) => {
        await page.locator('#inbox article').first().waitFor();
        await page.locator('.faults summary').click();

        // A heading stands above all switches of its server: no column breaks them apart.
        const pieces = await page
          .locator('#faults section')
          .evaluateAll((sections) => sections.map((section) => section.getClientRects().length));
        expect(pieces).toEqual([1, 1, 1]);
        expect(await overflowOf(page)).toBe(0);
        expect(await barriersOf(page)).toEqual([]);
      });
    },
    30_000,
  );

  it('refuses buttons that another page presses, and lets no page frame it', async () => {
    const { id } = firstIn('Running');
    const { url } = consoleServer;
    const send = (headers: Readonly<Record<string, string>>): Promise<Response> =>
      fetch(`${url}/instances`, {
        method: 'POST',
        headers,
        body: new URLSearchParams({ stop: id }),
      });

    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://127.0.0.1:7800' },
      { origin: url, 'sec-fetch-site': 'cross-site' },
      { origin: url, 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
    ]) {
      expect([headers, (await send(headers)).status]).toEqual([headers, 403]);
    }
    expect((await fetch(`${url}/instances?stop=${id}`)).status).toBe(404);
    expect(product.cloud.ecs.fleet.find(id)?.status).toBe('Running');
    const policy = (await fetch(url)).headers.get('content-security-policy');
    expect(policy).toContain("frame-ancestors 'none'");

    // A program that is no browser may.
    expect((await send({})).status).toBe(200);
    expect(product.cloud.ecs.fleet.find(id)?.status).toBe('Stopping');
  });

  it('refuses in a real browser what a form on another page sends', async () => {
    const { id } = firstIn('Running');
    const page = await browser.newPage();
    // Another program on the same machine: the same site for the browser, but another origin.
    await page.route('http://localhost:1/', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" action="${consoleServer.url}/instances"><button name="stop" value="${id}">win</button></form>`,
      }),
    );
    await page.goto('http://localhost:1/');
    await page.getByRole('button').click();
    await page.waitForURL(`${consoleServer.url}/instances`);

    expect(await page.textContent('body')).toContain('Only the page of this console');
    expect(product.cloud.ecs.fleet.find(id)?.status).toBe('Running');
    await page.close();
  });

  it('answers in words to what is not possible any more', async () => {
    const post = (path: string, fields: Readonly<Record<string, string>>): Promise<Response> =>
      fetch(`${consoleServer.url}${path}`, { method: 'POST', body: new URLSearchParams(fields) });
    const { id, name } = firstIn('Stopped');

    const answers = [
      await post('/instances', { stop: id }),
      await post('/instances', { stop: 'i-gone' }),
      await post('/instances', { explode: id }),
      await post('/instances/new', { name: 'x', place: `own ${REGION}` }),
      await post('/instances/new', { name: 'web-1', place: 'own cn-nowhere' }),
      await post('/faults', { 'ecs-holiday': 'on' }),
      await post('/elsewhere', {}),
    ];

    expect(answers.map(({ status }) => status)).toEqual([409, 404, 404, 400, 404, 404, 404]);
    expect(await answers[0]?.text()).toBe(`${name} is stopped, which does not allow that.`);
  });

  const fleet = (): readonly Instance[] => product.cloud.ecs.fleet.instances(REGION);

  function firstIn(status: Instance['status']): Instance {
    const found = fleet().find((instance) => instance.status === status);
    if (found === undefined) throw new Error(`no instance is ${status}`);
    return found;
  }

  /** Opens the console, once it shows instances. The browser must have nothing to complain about. */
  async function onConsole(
    options: BrowserContextOptions,
    act: (page: Page) => Promise<void>,
  ): Promise<void> {
    const complaints: string[] = [];
    const page = await browser.newPage({ viewport: DESKTOP, locale: 'en', ...options });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => {
      complaints.push(dialog.message());
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(consoleServer.url)) complaints.push(request.url());
    });
    await page.goto(consoleServer.url);
    await page.locator('.row').first().waitFor();
    await act(page);
    expect(complaints).toEqual([]);
    await page.close();
  }
});

const rowOf = (page: Page, id: string): Locator => page.locator(`.row[data-key="${id}"]`);

function allowed(row: Locator): Promise<readonly string[]> {
  return row.locator('button[aria-disabled=false]').allTextContents();
}
