import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { CHANNEL_KINDS } from '../../shared/channels/index.ts';
import type { Language } from '../../shared/core/wording.ts';
import { dueReport, scheduleIn } from '../../shared/watch/core/periodic/schedule.ts';
import { launchBrowser } from '../helpers/browser.ts';
import {
  aChange,
  aCommit,
  aMessage,
  aReport,
  MINUTE_MS,
  NOW_MS,
  WORDING,
} from '../helpers/examples.ts';
import { type Receivers, startReceivers } from '../helpers/receivers.ts';
import { picturesFolder } from '../helpers/rounds.ts';

/** A phone of today, with as many pixels to a point as its pictures need. */
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 1.5 };
const DOCS = join(__dirname, '../../docs');
/** `PICTURES=docs/messages npx jest test/browser/messages` makes the pictures of the docs again. */
const PICTURES = picturesFolder();
/** A picture shows nothing of the JSON of the others. */
const CHATS = CHANNEL_KINDS.filter(({ kind, style }) => style === 'digest' && kind !== 'http').map(
  ({ kind }) => kind,
);
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const TIME_ZONE = 'Asia/Shanghai';
/** A bad minute at three in the morning in China. */
const NIGHT_MS = NOW_MS - (NOW_MS % DAY_MS) + 19 * HOUR_MS + 5 * MINUTE_MS;
const NIGHT = aMessage([
  aCommit({
    atMs: NIGHT_MS,
    previousAtMs: NIGHT_MS - MINUTE_MS,
    changes: [
      aChange({
        instanceId: 'i-bp1ddq0lbn48pfx3vt1a',
        name: 'api-7',
        from: 'Stopped',
        to: 'Running',
        fromSinceMs: NIGHT_MS - 12 * MINUTE_MS,
        fromSinceKnown: true,
        zoneId: 'cn-hangzhou-h',
        privateIps: ['10.20.1.7'],
      }),
      aChange({
        instanceId: 'i-bp1ddq0lbn48pfx3vt1b',
        name: '支付网关-02',
        fromSinceMs: NIGHT_MS - 34 * DAY_MS,
        fromSinceKnown: true,
        zoneId: 'cn-hangzhou-i',
        privateIps: ['10.20.1.32'],
        publicIps: ['203.0.113.24'],
        tags: { env: 'prod', team: '支付' },
      }),
      aChange({
        instanceId: 'i-bp1ddq0lbn48pfx3vt1c',
        name: 'web-13',
        fromSinceMs: NIGHT_MS - 3 * HOUR_MS,
        fromSinceKnown: true,
        zoneId: 'cn-hangzhou-h',
        privateIps: ['10.20.1.113'],
        tags: { env: 'prod', team: 'shop' },
      }),
    ],
  }),
]);

const WORST: Record<Language, string> = {
  en: '2 stopped: 支付网关-02, web-13 · 🟢 api-7 running',
  zh: '2 台已停止：支付网关-02、web-13 · 🟢 api-7 运行中',
};

describe.each(['en', 'zh'] as const)('a message in %s on a phone', (language) => {
  let receivers: Receivers;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    receivers = await startReceivers(NIGHT_MS, { timeZone: TIME_ZONE });
    const viewUrl = 'https://ecs-watch.example';
    const wording = { ...WORDING, language, timeZone: TIME_ZONE, viewUrl };
    for (const kind of CHATS) await receivers.channel(kind, { wording }).send(NIGHT);
    browser = await launchBrowser();
    page = await browser.newPage(PHONE);
    await page.goto(receivers.server.url);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await receivers.server.close();
  });

  it.each(CHATS)(
    'is shown by %s as its receiver shows it',
    async (channel) => {
      const article = page.locator('article', { has: page.locator(`.message.${channel}`) });
      const shown = ((await article.locator('.message').textContent()) ?? '').replace(/\s+/gu, ' ');

      expect(await article.locator('aside').textContent()).toContain(WORST[language]);
      // The bad news comes first, whatever came first in the commit.
      const places = ['支付网关-02', 'web-13', 'api-7'].map((name) => shown.lastIndexOf(name));
      expect(places).toEqual(places.toSorted((one, other) => one - other));
      expect(shown).toContain('03:05');
      if (PICTURES === undefined) return;
      await mkdir(PICTURES, { recursive: true });
      await article.screenshot({ path: join(PICTURES, `${channel}-${language}.png`) });
    },
    30_000,
  );
});

/** Reports of times that are no plain day or week: what they are drawn by, and what they must say. */
const REPORTS = [
  {
    name: 'summer-time',
    schedule: 'daily 09:00',
    timeZone: 'Europe/Berlin',
    at: '2027-03-28T07:02Z',
    period: '2027-03',
    // From winter time to summer time, a day of 23 hours.
    ticks: 23 * 60,
    says: {
      en: /2027-03-27 09:00 UTC\+1 to 2027-03-28 09:00 UTC\+2/u,
      zh: /2027-03-27 09:00 UTC\+1 至 2027-03-28 09:00 UTC\+2/u,
    },
  },
  {
    name: 'month-end',
    schedule: 'weekly tue 09:00',
    timeZone: TIME_ZONE,
    at: '2026-12-01T01:02Z',
    period: '2026-12',
    ticks: 7 * 24 * 60,
    says: {
      en: /2026-11-24 09:00 to 2026-12-01 09:00 UTC\+8/u,
      zh: /2026-11-24 09:00 至 2026-12-01 09:00 UTC\+8/u,
    },
  },
] as const;
/** One chat is enough: what differs is the text. */
const REPORTED_BY = 'feishu';

describe.each(REPORTS)('a report over a change of the calendar: $name', (drawn) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  }, 60_000);
  afterAll(() => browser.close());

  it.each(['en', 'zh'] as const)(
    'says in %s from when to when, by the clocks of both ends',
    async (language) => {
      const { name, timeZone, at, period, ticks, says } = drawn;
      const nowMs = Date.parse(at);
      const receivers = await startReceivers(nowMs, { timeZone });
      const wording = { ...WORDING, language, timeZone };
      const outcome = await receivers.channel(REPORTED_BY, { wording }).send(reportAt(drawn));
      const page = await browser.newPage(PHONE);
      await page.goto(receivers.server.url);
      const article = page.locator('article', { has: page.locator(`.message.${REPORTED_BY}`) });
      const shown = ((await article.locator('.message').textContent()) ?? '').replace(/\s+/gu, ' ');

      expect(outcome).toEqual({ kind: 'delivered' });
      expect(shown).toMatch(says[language]);
      expect(shown).toContain(ticks.toLocaleString('en-US'));
      expect(shown).toContain(period);
      if (PICTURES !== undefined) {
        await mkdir(PICTURES, { recursive: true });
        await article.screenshot({ path: join(PICTURES, `report-${name}-${language}.png`) });
      }
      await page.close();
      await receivers.server.close();
    },
    30_000,
  );
});

/** The report that is due then, with the facts of a fleet of sixty. */
function reportAt({
  schedule: text,
  timeZone,
  at,
  period: month,
  ticks,
}: (typeof REPORTS)[number]) {
  const nowMs = Date.parse(at);
  const schedule = scheduleIn(text, timeZone);
  const period = schedule && dueReport(schedule, nowMs, 0, 1);
  if (schedule === undefined || !period) throw new RangeError(`no report is due at ${at}`);
  const { fromMs, untilMs } = period;
  const { longest, channels } = aReport();
  const [web, db] = longest;
  const report = aReport({
    per: schedule.per,
    ...period,
    longest: [
      { ...web, scope: web?.scope ?? '', instanceId: 'i-bp1', sinceMs: untilMs - 12 * DAY_MS },
      { ...db, scope: db?.scope ?? '', instanceId: 'i-bp2', sinceMs: untilMs - 3 * DAY_MS },
    ],
    ticks: { sinceMs: fromMs, expected: ticks, good: ticks - 2, late: 1 },
    channels: channels.map((channel) => ({ ...channel, period: month, messages: 3 })),
  });
  const notice = { kind: 'report', ...report, failing: {} } as const;
  return aMessage([aCommit({ scope: 'watcher', atMs: nowMs, previousAtMs: null, notice })]);
}

it('shows in the docs the picture of every channel in both languages', async () => {
  const text = await readFile(join(DOCS, 'messages.md'), 'utf8');
  const pictures = (await readdir(join(DOCS, 'messages'))).map((name) => `messages/${name}`);
  const shown = [...text.matchAll(/src="(?<path>[^"]+)"/gu)].map(({ groups }) => groups?.path);

  expect(shown.toSorted()).toEqual(pictures.toSorted());
  for (const channel of CHATS)
    for (const language of ['en', 'zh'])
      expect(shown).toContain(`messages/${channel}-${language}.png`);
  for (const { name } of REPORTS)
    for (const language of ['en', 'zh'])
      expect(shown).toContain(`messages/report-${name}-${language}.png`);
});
