import { servePage } from '../../commands/page/serve.ts';
import { upstreamOf } from '../../commands/page/upstream.ts';
import { NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import { JournalError } from '../../shared/ports/journal.ts';
import { fleetOf, idOf, type TestFleet } from '../helpers/page/fleets.ts';
import { pageInBrowser } from '../helpers/page/in-browser.ts';
import { type Visit, type VisitOptions, visit } from '../helpers/page/visit.ts';
import { moved } from '../view/helpers.ts';

const USUAL = '6 instances are not running';
const TOKEN = 'the token of the view';
const SIGNED_IN = { httpCredentials: { username: 'reader', password: TOKEN } };
const MINUTE_MS = 60_000;

describe('the page in trouble', () => {
  const suite = pageInBrowser(async () => (await fleetOf(0)).test);
  let fleet: TestFleet;

  beforeEach(async () => {
    fleet = await fleetOf(60);
    Object.assign(suite.served, { test: fleet.test, token: '', isDown: false });
  });

  it('says that its state is old, in alarm, until a scan is complete again', async () => {
    await onPage('', { isFailing: true }, async ({ page, pass, passUntil, sentence }) => {
      await sentence(USUAL);

      await pass(10 * MINUTE_MS);
      await passUntil(/The state of main\/cn-hangzhou and main\/cn-shanghai is 10 min old/u);
      expect(await page.title()).toBe('⚠ stale · ecs-watch');
      const [alarm, well] = await page.evaluate<string[]>(COLOURS);
      expect(alarm).not.toBe(well);
      expect(await page.locator('.verdict').getAttribute('role')).toBe('alert');
      // What counts up is not spoken again and again.
      expect(await page.locator('.verdict [aria-live="off"]').allTextContents()).toEqual([
        '10 min',
      ]);
      // The age counts up by itself.
      await pass(MINUTE_MS);
      await sentence(/is 11 min old/u);

      await goodScans();
      await passUntil(USUAL);
      expect(await page.title()).toBe('6 not running · ecs-watch');
    });
  });

  it('says that the view does not answer, keeps what it knows, and recovers by itself', async () => {
    await onPage(
      '?text=web',
      { isFailing: true },
      async ({ page, pass, passUntil, sentence, shown }) => {
        await sentence(USUAL);

        suite.served.isDown = true;
        await passUntil('The view has not answered for');
        expect(await page.title()).toBe('⚠ unreachable · ecs-watch');
        await page.getByRole('button', { name: 'Try now' }).waitFor();
        await shown('20 of 60 instances');
        await pass(30 * MINUTE_MS);
        await sentence(/not answered for 30 min/u);

        suite.served.isDown = false;
        await stop(0);
        await passUntil('web-0 stopped within the last hour');
        expect(await page.getByLabel('Search').inputValue()).toBe('web');
        await shown('20 of 60 instances');
      },
    );
  });

  it('is in alarm when an answer is overdue, though nothing has failed', async () => {
    await onPage('', {}, async ({ page, pass, sentence }) => {
      await sentence(USUAL);
      await page.route(/changes\?/u, () => undefined);

      await pass(26_000);

      await sentence('The view has not answered for');
      // A failure would offer another try.
      expect(await page.locator('.verdict button').count()).toBe(0);
    });
  });

  it('asks at once when the reader wants it to', async () => {
    await onPage('', { isFailing: true }, async ({ page, passUntil, sentence }) => {
      await sentence(USUAL);
      suite.served.isDown = true;
      // By now the page waits for half a minute between two polls.
      await passUntil(/has not answered for 3 min/u, 10_000);

      suite.served.isDown = false;
      await goodScans();
      await page.getByRole('button', { name: 'Try now' }).click();
      await sentence(USUAL);
    });
  });

  it('says why the store cannot be read, and recovers by itself', async () => {
    await onPage('', { isFailing: true }, async ({ page, passUntil, sentence }) => {
      await sentence(USUAL);

      fleet.test.journal.failure = new JournalError('failed', 'OTSServerBusy', 'busy');
      await passUntil('The view has not been able to read its store for');
      await page.locator('.verdict', { hasText: 'journal' }).waitFor();

      fleet.test.journal.failure = undefined;
      await passUntil(USUAL);
    });
  });

  it('asks again for an instance that could not be read', async () => {
    await onPage('', { isFailing: true }, async ({ page, pass, sentence, row }) => {
      await sentence(USUAL);
      await row(idOf(18)).getByRole('link').waitFor();
      fleet.test.journal.failure = new JournalError('failed', 'OTSServerBusy', 'busy');
      await row(idOf(18)).getByRole('link').click();
      const panel = page.getByRole('complementary');
      await panel.getByRole('alert').waitFor();

      fleet.test.journal.failure = undefined;
      await pass(6_000);
      await panel.locator('.timeline li').first().waitFor();
    });
  });

  it('keeps the plot while its next points are read, and when they cannot be', async () => {
    await onPage('', { isFailing: true }, async ({ page, pass, openSections }) => {
      await openSections();
      await page.locator('.plot canvas').waitFor();
      await page.evaluate(`document.querySelector('.plot').dataset.own = 'yes'`);

      const next = page.waitForResponse(/counts\?/u);
      await pass(31_000);
      await next;
      await page.locator('.plot[data-own] canvas').waitFor();

      fleet.test.journal.failure = new JournalError('failed', 'OTSServerBusy', 'busy');
      const failed = page.waitForResponse(/counts\?/u);
      await pass(31_000);
      expect((await failed).status()).toBe(503);
      await page.locator('.plot[data-own] canvas').waitFor();
    });
  });

  it('names a channel that does not take its messages, since when and why, and what a scan takes', async () => {
    const { nowMs: attemptedAtMs } = fleet.test;
    const tried = { ...NEW_CHANNEL, version: 1, attemptedAtMs, problem: 'HTTP 503 from hooks' };
    const channel = { ...tried, failures: 4, failingSinceMs: attemptedAtMs - 3 * MINUTE_MS };
    await fleet.test.journal.moveChannel('slack', undefined, channel);
    const lastCalls = { calls: 2, throttles: 0, budgetPerMinute: 60 };
    await fleet.hangzhou.saveHealth({ scanMs: 412, lastCalls });
    await onPage('', {}, async ({ page, sentence }) => {
      await sentence('slack cannot be reached');
      expect(await page.title()).toBe('⚠ channels fail · ecs-watch');
      const failing = page.locator('#health li.bad', { hasText: 'HTTP 503 from hooks' });
      await failing.getByText(/^Failing since: 18:0\d:\d\d \(3 min ago\)$/u).waitFor();
      await page.locator('#health li', { hasText: 'took 412 ms' }).waitFor();
    });
  });

  it('is not opened without the token of the view, nor with a wrong one', async () => {
    suite.served.token = TOKEN;
    for (const password of ['', 'a wrong one']) {
      const context = await suite.browser.newContext({
        ...(password !== '' && { httpCredentials: { username: 'reader', password } }),
      });
      const page = await context.newPage();
      const answer = await page.goto(suite.served.url);

      expect(answer?.status()).toBe(401);
      expect(answer?.headers()['www-authenticate']).toContain('Basic');
      expect(await page.textContent('body')).toContain('send the token of the view');
      await context.close();
    }
  });

  it('is opened with the token as a password, and with an address that holds it', async () => {
    suite.served.token = TOKEN;
    await onPage('', SIGNED_IN, ({ sentence }) => sentence(USUAL));

    const secret = encodeURIComponent(TOKEN);
    const page = await suite.browser.newPage();
    await page.goto(suite.served.url.replace('://', `://reader:${secret}@`));
    await page.locator('.sentence', { hasText: /not running|old/u }).waitFor();
    await page.close();
  });

  it('says that its token is not taken any more, and asks for a password only when the reader signs in', async () => {
    suite.served.token = TOKEN;
    const options = { ...SIGNED_IN, isFailing: true };
    await onPage('?text=web', options, async ({ page, passUntil, sentence }) => {
      await sentence(USUAL);
      const challenges: string[] = [];
      page.on('response', (response) => {
        if (response.status() === 401)
          challenges.push(response.headers()['www-authenticate'] ?? '');
      });

      suite.served.token = 'another one';
      await passUntil('The view has not accepted the token for');
      await page.getByText('The token is not accepted any more.').waitFor();
      await page.getByRole('button', { name: 'Sign in again' }).waitFor();
      // A browser asks for a password only where Basic is offered.
      expect(challenges.length).toBeGreaterThan(0);
      expect(new Set(challenges)).toEqual(new Set(['Bearer realm="ecs-watch"']));

      suite.served.token = TOKEN;
      await page.getByRole('button', { name: 'Sign in again' }).click();
      await sentence(USUAL);
      expect(await page.getByLabel('Search').inputValue()).toBe('web');
    });
  });

  it('says what to do where npm run page has the token, and goes on by itself', async () => {
    Object.assign(suite.served, { token: TOKEN });
    const headers = { accept: 'text/html', authorization: `Bearer ${TOKEN}` };
    const page = await (await fetch(suite.served.url, { headers })).text();
    let token = TOKEN;
    const upstream = upstreamOf(new URL(suite.served.url), async () => token);
    const server = await servePage(page, upstream, 0);
    const here = { ...suite.served, url: server.url.slice(0, -1) };
    await visit(suite.browser, here, '', { isFailing: true }, async (reader) => {
      const { sentence, passUntil } = reader;
      await sentence(USUAL);
      token = 'one that was replaced';
      await passUntil('The view has not accepted the token for');
      await reader.page.getByText(/Write the new one into the file at --token-file/u).waitFor();
      expect(await reader.page.locator('.verdict button').allTextContents()).toEqual(['Try now']);

      token = TOKEN;
      await goodScans();
      await reader.page.getByRole('button', { name: 'Try now' }).click();
      await sentence(USUAL);
    });
    upstream.close();
    await server.close();
  });

  it('says which part cannot show what it was answered, and goes on with the others', async () => {
    await onPage(`?instance=${idOf(18)}`, {}, async ({ page, pass, sentence }) => {
      const panel = page.getByRole('complementary');
      await panel.locator('.timeline li').first().waitFor();
      await page.route(/instances\/i-/u, (route) => route.fulfill({ json: { instance: {} } }));
      await stop(18);
      await pass(6_000);
      await panel.getByRole('alert').getByText('This part cannot be shown').waitFor();
      await sentence('web-18 stopped within the last hour');

      await page.unroute(/instances\/i-/u);
      await fleet.hangzhou.record([moved(idOf(18), 'Stopped', 'Running')]);
      await pass(6_000);
      await panel.locator('.timeline li').first().waitFor();
    });
  });

  it('is in alarm where it cannot read what was answered, or show any of it', async () => {
    await onPage('', { isFailing: true }, async ({ page, pass, passUntil, sentence }) => {
      await sentence(USUAL);
      await page.route(/changes\?/u, (route) =>
        route.fulfill({ body: '<form>Who are you?</form>', contentType: 'text/html' }),
      );
      await passUntil('The view has answered nothing that this page can read');
      await page.locator('.verdict', { hasText: 'A proxy may have answered' }).waitFor();
      await page.getByRole('button', { name: 'Load the page again' }).waitFor();

      await page.unroute(/changes\?/u);
      await page.route(/changes\?/u, async (route) => {
        const answer = await (await route.fetch()).json();
        const scopes = answer.scopes.map((scope: object) => ({ ...scope, stale: true, asOf: '?' }));
        await route.fulfill({ json: { ...answer, scopes } });
      });
      await passUntil('This page cannot show what the view has answered');
      expect(await page.title()).toBe('⚠ unreachable · ecs-watch');
      await page.unroute(/changes\?/u);
      await goodScans();
      await pass(MINUTE_MS);
      await sentence(USUAL);
    });
  });

  it('leads back to now from a moment that the view refuses, which no further try changes', async () => {
    const at = fleet.test.nowMs + 60 * MINUTE_MS;
    await onPage(
      `?at=${at}&instance=${idOf(18)}`,
      { isFailing: true },
      async ({ page, sentence, shown }) => {
        await sentence('The view has refused this moment');
        await page.locator('.verdict', { hasText: 'at is in the future' }).waitFor();
        await page.locator('.moment', { hasText: 'This moment cannot be shown' }).waitFor();
        await page.locator('.panel', { hasText: 'This moment cannot be shown' }).waitFor();
        expect(await page.locator('.panel').textContent()).not.toMatch(/…|Running/u);
        expect(await page.locator('main').textContent()).not.toMatch(
          /looking at the past|Reading/u,
        );
        expect(await page.locator('.verdict button').count()).toBe(0);

        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'Back to now' }).click();
        await shown('60 instances');
      },
    );
  });

  it('polls seldom while it is hidden, and at once when it is seen again', async () => {
    await onPage('', {}, async ({ page, pass, sentence }) => {
      await sentence(USUAL);
      await page.evaluate(`${SHOW}('hidden')`);
      // The poll that was due is the last one for a minute. It was due in seconds, or else in a minute
      // if the page was still reading the fleet when it was hidden.
      const polled = page.waitForResponse(/changes\?since/u).then(() => true);
      while (!(await Promise.race([polled, pass(6_000).then(() => false)]))) {}
      await stop(0);
      const { length } = suite.served.asked;
      await pass(6_000);
      // The plot may still ask for what it shows: only a poll would say that the page is awake.
      expect(suite.served.asked.slice(length).filter(isPoll)).toEqual([]);

      await page.evaluate(`${SHOW}('visible')`);
      await sentence('web-0 stopped within the last hour');
    });
  });

  function isPoll(path: string): boolean {
    return path.startsWith('/changes?since=');
  }

  async function goodScans(): Promise<void> {
    const { nowMs } = fleet.test;
    await fleet.hangzhou.saveHealth({ lastGoodAtMs: nowMs });
    await fleet.shanghai.saveHealth({ lastGoodAtMs: nowMs });
  }

  async function stop(index: number): Promise<void> {
    const change = moved(idOf(index), 'Running', 'Stopped');
    await fleet.hangzhou.record([{ ...change, name: `web-${index}` }]);
    await goodScans();
  }

  function onPage(
    path: string,
    options: VisitOptions,
    act: (visit: Visit) => Promise<void>,
  ): Promise<void> {
    return visit(suite.browser, suite.served, path, options, act);
  }
});

/** Makes a page believe that it is seen, or that it is not. */
const SHOW = `((state) => {
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
  document.dispatchEvent(new Event('visibilitychange'));
})`;

/** The colour of the sentence, and that of a sentence which says that all is well. */
const COLOURS = `(() => {
  const own = document.querySelector('.verdict');
  const well = own.cloneNode();
  well.className = 'verdict well';
  own.after(well);
  const colours = [own, well].map((each) => getComputedStyle(each).backgroundColor);
  well.remove();
  return colours;
})()`;
