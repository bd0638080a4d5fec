import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { noteChange } from '../../shared/core/note.ts';
import { fleetOf, idOf, type TestFleet } from '../helpers/page/fleets.ts';
import { pageInBrowser } from '../helpers/page/in-browser.ts';
import { PHONE, type Visit, type VisitOptions, visit } from '../helpers/page/visit.ts';
import { commitTime, moved } from '../view/helpers.ts';

/** A window in which all rows of a small fleet are near. */
const TALL = { viewport: { width: 1_440, height: 4_000 } };
/** Longer than the page waits between two polls. */
const POLL_MS = 5_100;
const SIZE = 60;

describe('the page in a browser', () => {
  const suite = pageInBrowser(async () => (await fleetOf(0)).test);
  let fleet: TestFleet;

  beforeEach(() => show(SIZE));

  it.each([
    [0, 'There is no instance', '0 instances'],
    [1, 'The instance is running', '1 instance'],
    [60, '6 instances are not running', '60 instances'],
  ])('says of %d instances whether anything is wrong', async (size, text, count) => {
    await show(size);
    await onPage('', {}, async ({ sentence, shown }) => {
      await sentence(text);
      await shown(count);
    });
  });

  it('holds 10,000 instances, of which only the rows near the window exist', async () => {
    await show(10_000);
    const last = idOf(9_999);
    await onPage('?sort=name', {}, async ({ page, row, shown }) => {
      await shown('10,000 instances');
      const table = page.getByRole('table', { name: 'Instances' });
      expect(await table.getAttribute('aria-rowcount')).toBe('10001');

      await page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
      await row(last).waitFor();

      const rows = page.locator('.rows tr');
      expect(await rows.last().getAttribute('aria-rowindex')).toBe('10001');
      expect(await rows.last().textContent()).toContain(last);
      expect(await rows.count()).toBeLessThan(60);
    });
  });

  it('shows a stop by itself: in the sentence, in the tab, in the changes and in the table', async () => {
    await onPage('', TALL, async ({ page, pass, sentence, row }) => {
      await sentence('6 instances are not running');
      expect(await page.title()).toBe('6 not running · ecs-watch');
      const icon = page.locator('link[rel=icon]');
      const calm = await icon.getAttribute('href');

      await stop(0);
      await pass(POLL_MS);
      await sentence('web-0 stopped within the last hour');

      expect(await page.title()).toBe('⚠ 1 stopped · ecs-watch');
      expect(await icon.getAttribute('href')).not.toBe(calm);
      expect(await page.locator('.feed li').first().textContent()).toMatch(
        /web-0.*Running.*→.*Stopped/u,
      );
      expect(await row(idOf(0)).textContent()).toContain('Stopped');
      expect(await page.locator('.pills').textContent()).toMatch(/Stopped 7.*Running 53/u);

      await page.locator('.sentence a', { hasText: 'web-0' }).click();
      expect(new URL(page.url()).searchParams.get('instance')).toBe(idOf(0));
      await page.locator('.panel').waitFor();
    });
  });

  it('filters by status, region, zone and tag, and searches, and its address shows the same to others', async () => {
    let address = '';
    let chosen: readonly string[] = [];
    await onPage('', TALL, async ({ page, ids, shown }) => {
      await shown('60 instances');

      await page.locator('.pills button', { hasText: 'Running' }).click();
      await shown('54 of 60 instances');
      await page.getByLabel('Region').selectOption('cn-hangzhou');
      await shown('36 of 60 instances');
      await page.getByLabel('Zone').selectOption('cn-hangzhou-h');
      await page.getByLabel('Tags').fill('env=prod');
      await page.getByLabel('Search').fill('web');
      await page.waitForURL(/text=web/u);

      chosen = await ids();
      address = new URL(page.url()).search;
    });
    expect(new URLSearchParams(address).toString()).toBe(
      'status=Running&region=cn-hangzhou&zone=cn-hangzhou-h&tag=env%3Dprod&text=web',
    );
    const { instances } = await fleet.test.json(`/instances${address}&sort=-since`);
    expect(chosen.length).toBeGreaterThan(2);
    expect(chosen).toEqual(instances.map(({ instanceId }: { instanceId: string }) => instanceId));

    await onPage(address, TALL, async ({ page, ids, shown }) => {
      await shown(`${chosen.length} of 60 instances`);
      expect(await ids()).toEqual(chosen);
      expect(await page.getByLabel('Search').inputValue()).toBe('web');

      await page.getByRole('button', { name: 'Show all' }).click();
      await shown('60 instances');
      expect(new URL(page.url()).search).toBe('');
      await page.goBack();
      await shown(`${chosen.length} of 60 instances`);
    });
  });

  it('sorts by a column, up and down, and says so', async () => {
    await onPage('', TALL, async ({ page, ids, shown }) => {
      await shown('60 instances');
      const byName = page.getByRole('columnheader', { name: 'Name' });

      await byName.getByRole('button').click();
      await page.waitForURL(/sort=name/u);
      const up = await ids();
      expect(await byName.getAttribute('aria-sort')).toBe('ascending');
      await byName.getByRole('button').click();
      await page.waitForURL(/sort=-name/u);

      expect(await byName.getAttribute('aria-sort')).toBe('descending');
      expect(await ids()).toEqual(up.toReversed());
    });
  });

  it('offers exactly the rows that it shows as CSV', async () => {
    await onPage('?status=Running&text=web&sort=name', TALL, async ({ page, ids, shown }) => {
      await shown('18 of 60 instances');

      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'CSV' }).click(),
      ]);
      const [head = '', ...lines] = (await readFile(await download.path(), 'utf8'))
        .trim()
        .split(/\r?\n/u);

      const column = head.split(',').indexOf('instanceId');
      expect(lines.map((line) => line.split(',')[column])).toEqual(await ids());
    });
  });

  it('opens the panel of an instance by a click, and by its address', async () => {
    await onPage('', TALL, async ({ page, row }) => {
      await row(idOf(18)).getByRole('link').click();
      const panel = page.getByRole('complementary');
      await panel.getByText('ecs.', { exact: false }).first().waitFor();

      expect(new URL(page.url()).searchParams.get('instance')).toBe(idOf(18));
      expect(await panel.locator('.timeline li').allTextContents()).toEqual([
        expect.stringMatching(/Running for \d+ s/u),
        expect.stringMatching(/Stopped for 1 min/u),
        expect.stringMatching(/Running for at least 9 min/u),
      ]);
      await panel.locator('.deliveries li', { hasText: 'dingtalk in place of payments' }).waitFor();
      expect(await panel.getByRole('link', { name: 'ECS console' }).getAttribute('href')).toContain(
        idOf(18),
      );
      await page.goBack();
      await panel.waitFor({ state: 'detached' });
    });
    await onPage(`?instance=${idOf(18)}`, PHONE_SIZED, async ({ page }) => {
      await page.getByRole('heading', { name: 'web-18' }).waitFor();
      await page.getByRole('button', { name: 'Close' }).click();
      await page.getByRole('complementary').waitFor({ state: 'detached' });
      expect(new URL(page.url()).search).toBe('');
    });
  });

  it('copies the id and the addresses of an instance', async () => {
    const permissions = ['clipboard-read', 'clipboard-write'];
    await onPage(`?instance=${idOf(18)}`, { permissions }, async ({ page }) => {
      for (const [label, text] of [
        ['Id', idOf(18)],
        ['10.0.0.18', '10.0.0.18'],
      ] as const) {
        const copy = page.locator('.actions button', { hasText: label });
        await copy.click();
        await page.locator('.actions', { hasText: 'Copied' }).waitFor();
        expect(await page.evaluate('navigator.clipboard.readText()')).toBe(text);
      }
    });
  });

  it('copies where the page has no clipboard, and says so where the browser refuses that, too', async () => {
    const permissions = ['clipboard-read', 'clipboard-write'];
    const path = `?instance=${idOf(18)}`;
    await onPage(path, { permissions }, async ({ page }) => {
      await page.evaluate('own = navigator.clipboard');
      await page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
      const copy = page.locator('.actions button', { hasText: 'Id' });
      await copy.click();
      await page.locator('.actions', { hasText: 'Copied' }).waitFor();
      expect(await page.evaluate('own.readText()')).toBe(idOf(18));
      expect(await page.evaluate('document.activeElement.className')).toBe('copy');
      expect(await page.locator('textarea').count()).toBe(0);
    });
    await onPage(path, { locale: 'zh-CN' }, async ({ page }) => {
      await page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
      await page.evaluate('document.execCommand = () => false');
      await page.locator('.actions button', { hasText: '10.0.0.18' }).click();
      await page.getByText('10.0.0.18：浏览器不允许复制').waitFor();
    });
  });

  it('shows a note beside the name, and with its writer and its end in the panel, until that time', async () => {
    const untilMs = fleet.test.nowMs + 60_000;
    const note = { text: 'disk swap', by: 'ops', atMs: fleet.test.nowMs, untilMs };
    const commit = await fleet.hangzhou.record([]);
    const details = [noteChange(idOf(0), {}, note)];
    await fleet.test.journal.append({ ...commit, seq: commit.seq + 1, details });
    await onPage(`?text=web-0&instance=${idOf(0)}`, {}, async ({ page, pass, row }) => {
      await page.locator('.panel .note').waitFor();
      expect(await page.locator('.panel .note').textContent()).toBe(
        `✎ disk swap — ops, until ${shanghaiTime(untilMs)}`,
      );
      expect(await row(idOf(0)).getByRole('link').textContent()).toBe(
        `web-0 ✎ disk swap ${idOf(0)}`,
      );

      await pass(untilMs - fleet.test.nowMs + 1_000);
      await page.locator('.note').first().waitFor({ state: 'detached' });
      expect(await page.locator('.note').count()).toBe(0);
    });
  });

  it('names the messages that reported an instance, and no others', async () => {
    await onPage(`?instance=${idOf(0)}`, {}, async ({ page }) => {
      await page.getByText('None of the last messages reported it.').waitFor();
    });
  });

  it('says since when, at least where that was not seen, in the zone of the reader, with UTC on hover', async () => {
    await onPage('', TALL, async ({ page, row, shown }) => {
      await shown('60 instances');
      const since = (index: number) => row(idOf(index)).locator('time');

      expect(await since(18).textContent()).toMatch(/^\d+ s$/u);
      expect(await since(18).getAttribute('title')).toBe('18:11:00 · 2026-11-22 10:11:00 UTC');
      expect(await since(1).textContent()).toMatch(/^at least 10 min/u);
      expect(await page.locator('footer').textContent()).toContain('Asia/Shanghai, UTC+8');
    });
  });

  it('says of an instance that it is released, and of another one that it never was', async () => {
    await fleet.hangzhou.record([moved(idOf(0), 'Running', null)]);
    await fleet.hangzhou.saveHealth();
    await onPage(`?instance=${idOf(0)}`, { isFailing: true }, async ({ page }) => {
      await page.locator('.headline', { hasText: 'Released' }).waitFor();
    });
    await onPage('?instance=i-never', { isFailing: true }, async ({ page }) => {
      await page.getByText('The watcher has not seen this instance').waitFor();
    });
  });

  it('shows the whole page as of the moment in its address, and then goes back to now', async () => {
    const moment = commitTime(10) + 5_000;
    const then = new Date(moment).toISOString();
    await onPage(`?at=${then}`, TALL, async ({ page, status, pass }) => {
      await page.getByText('You are looking at the past').waitFor();
      await status(idOf(18), 'Stopped');
      expect(await page.title()).toBe('↶ past · ecs-watch');
      expect(await page.locator('.feed li').first().textContent()).toMatch(/18:10:00.*Stopped/u);

      // The past stays as it is, whatever happens meanwhile.
      await stop(0);
      await pass(10 * POLL_MS);
      // An open panel must not cover the way back.
      await page.locator('.rows').getByRole('link').first().click();
      await page.getByRole('complementary').waitFor();
      await page.getByRole('button', { name: 'Back to now' }).click();
      await status(idOf(18), 'Running');
      await status(idOf(0), 'Stopped');
      expect(new URL(page.url()).searchParams.get('at')).toBeNull();
    });
  });

  it('says that an instance was not there at that moment, and that a moment is no time', async () => {
    await fleet.hangzhou.record([{ instanceId: 'i-later', from: null, to: 'Running' }]);
    await fleet.hangzhou.saveHealth();
    await onPage(`?at=${commitTime(10)}&instance=i-later`, {}, async ({ page }) => {
      const panel = page.getByRole('complementary');
      await panel.getByText('It was not there at this moment.').waitFor();
      expect(await panel.locator('.headline, .timeline li').count()).toBe(0);
    });
    await onPage('?at=yesterday', TALL, async ({ page, shown }) => {
      await shown('61 instances');
      await page.getByRole('alert').getByText('“yesterday” is not a time').waitFor();
      await page.getByRole('button', { name: 'Back to now' }).click();
      await page.getByText('“yesterday”').waitFor({ state: 'detached' });
      expect(new URL(page.url()).search).toBe('');
    });
  });

  it('goes back in time by the slider, with the keys too, and its address keeps the moment', async () => {
    await onPage('', TALL, async ({ page, status }) => {
      const slider = page.getByRole('slider');
      await status(idOf(18), 'Running');
      // The slider goes in steps of a minute, by its keys too.
      await slider.focus();
      await page.keyboard.press('ArrowLeft');
      await page.getByText('You are looking at the past').waitFor();

      const at = new URL(page.url()).searchParams.get('at') ?? '';
      const { instances } = await fleet.test.json(`/instances?at=${at}&id=${idOf(18)}`);
      expect(at).toMatch(/^2026-11-22T10:(?:09|10):/u);
      await status(idOf(18), instances[0].status);
    });
  });

  it('goes on with the time after the slider was dragged away and back to where it was', async () => {
    await onPage('', TALL, async ({ page, pass, shown }) => {
      await shown('60 instances');
      const moment = page.locator('.slider output');
      const begun = (await moment.textContent()) ?? '';
      const slider = page.getByRole('slider');
      const { x = 0, y = 0, width = 0, height = 0 } = (await slider.boundingBox()) ?? {};
      const [right, middle] = [x + width - 8, y + height / 2];
      await page.mouse.move(right, middle);
      await page.mouse.down();
      await page.mouse.move(x + width / 2, middle, { steps: 4 });
      await page.locator('.slider output', { hasNotText: begun }).waitFor();
      await page.mouse.move(right, middle, { steps: 4 });
      await page.mouse.up();
      // Not so long that the scans count as old: the view would then answer 503.
      await pass(2 * 60_000);

      const [hour, minute] = shanghaiTime(fleet.test.nowMs).split(':');
      await moment.getByText(`${hour}:${minute}`).waitFor();
      expect(new URL(page.url()).search).toBe('');
    });
  });

  it('goes back in time by a click on the plot', async () => {
    await onPage('', TALL, async ({ page, shown }) => {
      await shown('60 instances');
      await page.locator('.u-over').click();
      await page.getByText('You are looking at the past').waitFor();

      // The middle of the last hour.
      const atMs = Date.parse(new URL(page.url()).searchParams.get('at') ?? '');
      const agoMinutes = (fleet.test.nowMs - atMs) / 60_000;
      expect(agoMinutes).toBeGreaterThan(25);
      expect(agoMinutes).toBeLessThan(35);
    });
  });

  it('loses nothing that the reader has typed, opened, chosen or scrolled when news arrives', async () => {
    await show(2_000);
    await onPage('', {}, async ({ page, pass, sentence, shown }) => {
      await shown('2,000 instances');
      await page.locator('#health summary').click();
      await page.getByRole('button', { name: 'Show 4 more' }).click();
      await page.getByLabel('Search').fill('web');
      await shown('667 of 2,000 instances');
      await page.evaluate('window.scrollTo(0, 9000)');
      const row = page.locator('.rows tr').nth(15);
      const id = (await row.locator('.id').textContent()) ?? '';
      await row.getByRole('link').click();
      await page.getByRole('complementary').locator('.timeline li').first().waitFor();
      await page.getByLabel('Search').focus();
      await page.keyboard.press('End');
      await page.keyboard.type('-1 ');
      await page.waitForURL(/text=web-1/u);
      await page.evaluate('window.scrollTo(0, 3000)');
      const read = await rowRead(page);

      await stop(0);
      await pass(POLL_MS);
      await sentence('web-0 stopped within the last hour');

      // A space at the end is the beginning of the next word.
      expect(await page.getByLabel('Search').inputValue()).toBe('web-1 ');
      expect(await page.evaluate('document.activeElement.id')).toBe('search');
      expect(new URL(page.url()).searchParams.get('instance')).toBe(id);
      expect(await page.getByRole('complementary').locator('.timeline li').count()).toBe(1);
      expect(await page.locator('#health').getAttribute('open')).toBeNull();
      expect(await page.locator('.feed li').count()).toBe(13);
      // What is added above pushes nothing away.
      expect(await rowRead(page)).toEqual(read);
    });
  });

  it('speaks Chinese to a Chinese browser, until the reader chooses', async () => {
    await onPage('', { ...TALL, locale: 'zh-CN' }, async ({ page, sentence, status }) => {
      await sentence('6 台实例');
      expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN');
      await status(idOf(18), '运行中');

      await page.getByRole('button', { name: 'English' }).click();
      await sentence('6 instances are not running');
      await page.reload();
      await sentence('6 instances are not running');
    });
  });

  it('opens in a browser whose language its own Intl refuses', async () => {
    await onPage('', { locale: 'en-US@posix' }, async ({ sentence }) => {
      await sentence('6 instances are not running');
    });
  });

  /** Serves a fleet of this size from now on. */
  async function show(size: number): Promise<void> {
    fleet = await fleetOf(size);
    suite.served.test = fleet.test;
  }

  async function stop(index: number): Promise<void> {
    const change = moved(idOf(index), 'Running', 'Stopped');
    await fleet.hangzhou.record([{ ...change, name: `web-${index}` }]);
    await fleet.hangzhou.saveHealth();
  }

  function onPage(
    path: string,
    options: VisitOptions,
    act: (visit: Visit) => Promise<void>,
  ): Promise<void> {
    return visit(suite.browser, suite.served, path, options, act);
  }
});

/**
 * The row in the middle of the window, and where it stands. Rows are drawn a moment after the window
 * was scrolled.
 */
async function rowRead(page: Page): Promise<unknown> {
  return page.evaluate(ROW_READ);
}

const ROW_READ = `(async () => {
  const rowThere = () => document.elementFromPoint(300, 500).closest('tr');
  while (rowThere() === null) await new Promise(requestAnimationFrame);
  const row = rowThere();
  return [row.querySelector('.id').textContent, Math.round(row.getBoundingClientRect().top)];
})()`;

/** As the page shows a time of today. */
function shanghaiTime(ms: number): string {
  return new Date(ms + 8 * 60 * 60_000).toISOString().slice(11, 19);
}

const PHONE_SIZED = { viewport: PHONE };
