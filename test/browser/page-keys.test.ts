import type { Page } from 'playwright-core';
import { fleetOf, idOf } from '../helpers/page/fleets.ts';
import { pageInBrowser } from '../helpers/page/in-browser.ts';
import { type Visit, type VisitOptions, visit } from '../helpers/page/visit.ts';
import { moved } from '../view/helpers.ts';

const FOCUSED = 'document.activeElement';

describe('the page with a keyboard only', () => {
  const suite = pageInBrowser(async () => (await fleetOf(60)).test);

  it('searches after /, and leaves the search with Esc', async () => {
    await onPage(async ({ page, shown }) => {
      await page.keyboard.press('/');
      expect(await page.evaluate(`${FOCUSED}.id`)).toBe('search');
      // Keys that are typed are text.
      await page.keyboard.type('web-1?jk/');
      await shown('0 of 60');
      expect(await page.locator('dialog').count()).toBe(0);

      await page.keyboard.press('Escape');
      expect(await page.evaluate(`${FOCUSED} === document.body`)).toBe(true);
      expect(await page.getByLabel('Search').inputValue()).toBe('web-1?jk/');
    });
  });

  it.each([
    ['isComposing', { isComposing: true }],
    ['the code of a key that was processed', { keyCode: 229 }],
  ])('leaves the keys of an input method alone, by %s', async (_, mark) => {
    await onPage(async ({ page }) => {
      const press = (key: string): Promise<boolean> =>
        page.evaluate<boolean>(
          `${FOCUSED}.dispatchEvent(new KeyboardEvent('keydown', ${JSON.stringify({
            key,
            bubbles: true,
            cancelable: true,
            ...mark,
          })}))`,
        );
      for (const key of ['j', '/', '?', 'Enter']) expect(await press(key)).toBe(true);
      expect(await page.locator('.chosen, .panel, dialog, #search:focus').count()).toBe(0);

      await page.keyboard.press('/');
      expect(await press('Escape')).toBe(true);
      expect(await page.evaluate(`${FOCUSED}.id`)).toBe('search');
    });
  });

  it('goes through the rows with j and k, opens one with Enter, and closes it with Esc', async () => {
    await onPage(async ({ page, ids }) => {
      const chosen = page.locator('.rows .chosen .id');
      for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key);
      const [, second = ''] = await ids();
      await chosen.getByText(second).waitFor();

      await page.keyboard.press('Enter');
      const panel = page.getByRole('complementary');
      await panel.locator('.timeline li').first().waitFor();
      expect(new URL(page.url()).searchParams.get('instance')).toBe(second);
      expect(await page.evaluate(`${FOCUSED}.className`)).toBe('panel');

      await page.keyboard.press('Escape');
      await panel.waitFor({ state: 'detached' });
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await panel.waitFor();
    });
  });

  it('stays with the instance that was chosen, wherever news moves its row', async () => {
    const { test, hangzhou } = await fleetOf(60);
    suite.served.test = test;
    await onPage(async ({ page, pass, sentence, ids }) => {
      const chosen = page.locator('.rows .chosen .id');
      for (const key of ['j', 'j', 'j']) await page.keyboard.press(key);
      const [, , third = ''] = await ids();
      await chosen.getByText(third).waitFor();

      await hangzhou.record([{ ...moved(idOf(0), 'Running', 'Stopped'), name: 'web-0' }]);
      await hangzhou.saveHealth();
      await pass(5_100);
      await sentence('web-0 stopped within the last hour');
      expect((await ids())[3]).toBe(third);

      expect(await chosen.textContent()).toBe(third);
      await page.keyboard.press('Enter');
      await page.waitForURL((url) => url.searchParams.get('instance') === third);
    });
  });

  it('gives the focus back to the link that opened the panel', async () => {
    await onPage(async ({ page, row }) => {
      const link = row(idOf(18)).getByRole('link');
      await link.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('complementary').waitFor();

      await page.keyboard.press('Escape');
      await page.getByRole('complementary').waitFor({ state: 'detached' });

      expect(await page.evaluate(`${FOCUSED}.matches('a.instance')`)).toBe(true);
      expect(await page.evaluate(`${FOCUSED}.textContent`)).toContain(idOf(18));
    });
  });

  it('shows its keys after ?, and closes them with Esc', async () => {
    await onPage(async ({ page }) => {
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
      expect(await page.getByRole('dialog').locator('kbd').count()).toBe(5);

      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });

      // Over an open panel, Esc closes the keys only.
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await page.getByRole('complementary').waitFor();
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
      expect(await page.getByRole('complementary').count()).toBe(1);
    });
  });

  it('reaches everything in the order in which it is read, and skips to the table', async () => {
    await onPage(async ({ page }) => {
      const names: string[] = [];
      for (let steps = 0; steps < 60 && names.at(-1) !== 'search'; steps += 1) {
        await page.keyboard.press('Tab');
        names.push(await focusedName(page));
      }
      expect(names[0]).toBe('Instances');
      expect(names.slice(1, 5)).toEqual(['ecs-watch', 'Instances', 'Over time', 'Watcher']);
      expect(names).toContain('Over time');
      expect(names.at(-1)).toBe('search');
      const tops = await page.evaluate<number>('document.querySelectorAll("[tabindex]").length');
      expect(tops).toBe(0);
    });
    await onPage(async ({ page }) => {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      expect(await focusedName(page)).toBe('search');
    });
  });

  function onPage(act: (visit: Visit) => Promise<void>): Promise<void> {
    const options: VisitOptions = { viewport: { width: 1_440, height: 2_000 } };
    return visit(suite.browser, suite.served, '', options, async (reader) => {
      await reader.shown('60 instances');
      await act(reader);
    });
  }
});

function focusedName(page: Page): Promise<string> {
  return page.evaluate<string>(`${FOCUSED}.id || ${FOCUSED}.textContent.trim()`);
}
