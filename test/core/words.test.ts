import type { Notice } from '../../shared/core/model.ts';
import { type NoticeText, noticeText } from '../../shared/core/notice-text.ts';
import { phrasingOf } from '../../shared/core/phrasing.ts';
import { EN } from '../../shared/core/words/en.ts';
import { ZH } from '../../shared/core/words/zh.ts';
import { aReport, NOW_MS, WORDING } from '../helpers/examples.ts';

const SINCE_MS = Date.UTC(2026, 10, 22, 9, 58, 3);
const REASON = '没有权限';
const CHINESE = { ...WORDING, language: 'zh', timeZone: 'Asia/Shanghai' } as const;

/** One of each kind; the compiler asks for those that are missing. */
const NOTICES: { readonly [Kind in Notice['kind']]: Extract<Notice, { kind: Kind }> } = {
  baseline: { kind: 'baseline', instances: 1_280, last: true },
  'suspicious-scan': { kind: 'suspicious-scan', missing: 60, known: 100 },
  'suspicion-lifted': { kind: 'suspicion-lifted', missing: 60 },
  'scans-failing': { kind: 'scans-failing', failures: 3, sinceMs: SINCE_MS, reason: REASON },
  'scans-recovered': { kind: 'scans-recovered', failures: 4, sinceMs: SINCE_MS },
  'quota-low': { kind: 'quota-low', channel: '值班群', used: 4_000, quota: 5_000, failing: {} },
  'long-round': { kind: 'long-round', instances: 90_000, roundMs: 170_000 },
  'channel-failing': {
    kind: 'channel-failing',
    channel: '值班群',
    failures: 3,
    reason: REASON,
    deliveredAtMs: SINCE_MS,
    failing: {},
  },
  'channel-recovered': {
    kind: 'channel-recovered',
    channel: '值班群',
    sinceMs: SINCE_MS,
    failing: {},
  },
  'account-failing': { kind: 'account-failing', account: '工厂', reason: REASON, failing: {} },
  'account-recovered': {
    kind: 'account-recovered',
    account: '工厂',
    sinceMs: SINCE_MS,
    failing: {},
  },
  'ticks-resumed': { kind: 'ticks-resumed', sinceMs: SINCE_MS, untilMs: NOW_MS },
  report: { kind: 'report', ...aReport(), failing: {} },
  test: { kind: 'test' },
  'store-failing': { kind: 'store-failing', failures: 3, sinceMs: SINCE_MS, reason: REASON },
  unknown: { kind: 'unknown', name: '新通知', fields: {} },
};
const DAMAGED: Notice = { kind: 'baseline', instances: 3, last: true, since: 7 };
const ALL: readonly Notice[] = [...Object.values(NOTICES), DAMAGED];

function inEnglish(notice: Notice): NoticeText {
  return noticeText(notice, phrasingOf(WORDING, NOW_MS));
}

function inChinese(notice: Notice): NoticeText {
  return noticeText(notice, phrasingOf(CHINESE, NOW_MS));
}

describe('what a notice says', () => {
  it.each<[Notice, string]>([
    [NOTICES.baseline, '📋 Watching 1,280 instances from now on. Changes will be posted here.'],
    [
      NOTICES['suspicious-scan'],
      '⚠️ 60 of 100 instances vanished at once. They are not reported as released until several ' +
        'scans agree: a lost permission looks the same. Open the ECS console: if they are still ' +
        'there, give the role of the watch function its permissions back.',
    ],
    [
      NOTICES['suspicion-lifted'],
      '✅ The 60 instances that vanished are back. No release was reported, and there is nothing to do.',
    ],
    [
      { ...NOTICES['scans-failing'], reason: 'Forbidden.RAM:\nno' },
      '⚠️ 3 scans in a row failed since 09:58 UTC (Forbidden.RAM: no). Changes are not seen until ' +
        'this is fixed; npm run doctor says how.',
    ],
    [
      NOTICES['scans-recovered'],
      '✅ Scans work again after 4 failures since 09:58 UTC. What has changed meanwhile is reported now.',
    ],
  ])('of kind $kind, in English', (notice, sentence) => {
    const { symbol, text } = inEnglish(notice);

    expect(`${symbol} ${text}`).toBe(sentence);
  });

  it.each<[Notice, string]>([
    [NOTICES.baseline, '📋 已开始监控 1,280 台实例，状态变化将在此通知。'],
    [
      NOTICES['scans-failing'],
      '⚠️ 自 17:58 UTC+8 起已连续 3 次扫描失败（原因：没有权限）。修复之前看不到任何变化，请运行 npm run doctor 查看处理办法。',
    ],
    [
      NOTICES['account-failing'],
      '⚠️ 账号 工厂 无法监控（原因：没有权限）。修复之前看不到该账号下实例的变化，其他账号不受影响。' +
        '请检查该账号的角色、角色的信任策略和 WATCH_CONFIG 中的 externalId。',
    ],
  ])('of kind $kind, in Chinese', (notice, sentence) => {
    const { symbol, text } = inChinese(notice);

    expect(`${symbol} ${text}`).toBe(sentence);
  });

  it.each(ALL)('that is bad ($kind) says what to do, in both languages', (notice) => {
    const { severity, text } = inEnglish(notice);

    if (severity !== 'bad') return;
    expect(text).toMatch(/Check |Open |Send it less|compare |npm run doctor/u);
    expect(inChinese(notice).text).toMatch(/请/u);
  });

  it.each(ALL)('of kind $kind has a short title, and each text once', (notice) => {
    for (const said of [inEnglish(notice), inChinese(notice)]) {
      expect(said.title.length).toBeGreaterThan(4);
      expect(said.title.length).toBeLessThan(80);
      expect(said.text.length).toBeLessThan(600);
    }
  });

  it.each([
    [4_000, '80'],
    [4_987, '99'],
    [5_000, '100'],
    [61_000, '1,220'],
  ])('names how much of a quota %i messages are', (used, percent) => {
    const notice = { ...NOTICES['quota-low'], used };

    expect(inEnglish(notice).title).toContain(`has used ${percent} % of its messages`);
    expect(inChinese(notice).title).toContain(`额度已用 ${percent}%`);
  });

  it('keeps a long reason short', () => {
    const reason = 'why '.repeat(1_000);

    expect(inEnglish({ ...NOTICES['scans-failing'], reason }).text.length).toBeLessThan(350);
  });
});

describe('what a report says', () => {
  const said = ({ title, text, more = [] }: NoticeText) => [title, text, ...more];

  it('in English', () => {
    expect(said(inEnglish(NOTICES.report))).toEqual([
      'Daily report: 12 changes, 2 of 60 stopped',
      'From 2026-11-21 10:00 to 2026-11-22 10:00 UTC: 12 changes (5 stopped, 4 running, 2 new, 1 released).',
      'Stopped now: 2 of 60: web-1 for 12 days, db-1 for at least 3 days.',
      'Changed again and again: 1: api-1 (6 changes).',
      'Watching: 1,438 of 1,440 ticks were good, 1 was late',
      'Messages: dingtalk 35 of 5,000 in 2026-11.',
    ]);
  });

  it('in Chinese', () => {
    expect(said(inChinese(NOTICES.report))).toEqual([
      '日报：变化 12 次，60 台中 2 台已停止',
      '2026-11-21 18:00 至 2026-11-22 18:00 UTC+8，变化 12 次：已停止 5，运行中 4，新增 2，已释放 1。',
      '目前 60 台中 2 台已停止：web-1 12 天，db-1 至少 3 天。',
      '状态反复的实例 1 台：api-1（变化 6 次）。',
      '巡检：应执行 1,440 次，成功 1,438 次，延迟 1 次',
      '消息额度：钉钉 2026-11 已用 35 / 5,000。',
    ]);
  });

  it('of a week in which nothing happened, and of which little is known', () => {
    const { ticks: _, ...unticked } = aReport({
      per: 'week',
      changes: 0,
      outcomes: {},
      stopped: 0,
    });
    const calm = {
      ...unticked,
      longest: [],
      flapping: 0,
      most: [],
      channels: [],
      isCut: true,
    } as const;
    const notice = { kind: 'report', ...calm, unread: ['main/b'], failing: {} } as const;

    expect(said(inEnglish(notice))).toEqual([
      'Weekly report: no changes, 0 of 60 stopped',
      'From 2026-11-21 10:00 to 2026-11-22 10:00 UTC: no changes. There were more than could be ' +
        'counted. Not counted, as it could not be read: main/b.',
      'None of 60 instances is stopped.',
      'Watching: how many ticks were good was not counted',
    ]);
    expect(said(inChinese(notice))[0]).toBe('周报：没有变化，60 台中 0 台已停止');
  });

  it('of ticks that were counted later, in the scope that was watched worst', () => {
    const ticks = { scope: 'main/b', sinceMs: NOW_MS, expected: 9, good: 8, late: 0 };
    const notice = { kind: 'report', ...aReport({ ticks }), failing: {} } as const;

    expect(said(inEnglish(notice))).toContain(
      'Watching: 8 of 9 ticks were good, none was late (main/b, counted since 10:05 UTC)',
    );
  });
});

describe('each language', () => {
  it('has every word', () => {
    expect(keysOf(ZH)).toEqual(keysOf(EN));
  });

  it('has no sentence of another one', () => {
    const chinese = [
      ...ALL.flatMap((notice) => [inChinese(notice).title, inChinese(notice).text]),
      ...saidIn(ZH),
    ];
    const english = [
      ...ALL.map((notice) => JSON.parse(JSON.stringify(notice), inLatin) as Notice).flatMap(
        (notice) => [inEnglish(notice).title, inEnglish(notice).text],
      ),
      ...saidIn(EN),
    ];

    // Two words in a row that are no name of a product, a command or a setting.
    const names =
      /npm run doctor|ECS_CALLS_PER_MINUTE|WATCH_CONFIG|ECS|ecs-watch|Tablestore|UTC\+8|externalId|watch/gu;
    for (const text of chinese) {
      expect(text.replace(names, '')).not.toMatch(/[a-z]{2,}/iu);
      expect(text).toMatch(/\p{Script=Han}/u);
    }
    for (const text of english) expect(text).not.toMatch(/[\p{Script=Han}，。：；（）]/u);
  });
});

function inLatin(_key: string, value: unknown): unknown {
  return typeof value === 'string' && /\p{Script=Han}/u.test(value) ? 'name' : value;
}

function keysOf(value: object): readonly string[] {
  return Object.entries(value)
    .flatMap(([key, inner]) =>
      typeof inner === 'object' ? keysOf(inner).map((name) => `${key}.${name}`) : [key],
    )
    .sort();
}

/** Everything that a language says beside notices, each with an example. */
function saidIn(words: typeof EN): readonly string[] {
  const [day, name] = [words.counts.day(3), words === ZH ? '名称' : 'name'];
  const status = words.statuses.Running;
  const held = [true, false].map((isAtLeast) => ({ duration: day, isAtLeast }));
  const ways = ['new', 'returned', 'created-before', 'again', null] as const;
  const statuses = Object.values(words.statuses);
  return [
    ...statuses,
    ...Object.values(words.arrivals),
    ...Object.values(words.counts).map((counted) => counted(1_234)),
    ...Object.values(words.links),
    ...ways.map((way) => words.outcome(status, way)),
    ...statuses.flatMap((one) => [undefined, ...held].map((time) => words.before(one, time))),
    words.between(statuses),
    ...[words.lasting(status, day), words.flapping(status, 6, '10:05')].flatMap(Object.values),
    ...Object.values(words.settled(status, 6, '10:05')),
    ...Object.values(words.standings).map((said) => said(status)),
    words.muteTitle('02:00', '09:00'),
    words.muteText('02:00', '09:00'),
    words.changesBetween(7),
    words.aside(status, [status, status]),
    words.withNote(status, status),
    words.returnedNote(null),
    words.returnedNote('10:05'),
    words.createdNote('2026-03-01'),
    words.someOf([name, name], 5),
    words.manyTitle(3, status, [name]),
    words.manyTitle(3, status, []),
    words.repeatTitle(name),
    words.pauseTitle('02:00', '09:00'),
    words.pausesTitle,
    words.pauseText('02:00', '09:00'),
    ...Object.values(words.baselines(5, 2)),
    words.totals(7, [words.total(3, status)]),
  ];
}

it('a channel has in Chinese the word of its kind, or the name that a user chose', () => {
  const failing = (channel: string): string =>
    inChinese({ ...NOTICES['channel-failing'], channel }).title;

  expect(failing('dingtalk')).toBe('渠道 钉钉 发送失败');
  expect(failing('值班群')).toBe('渠道 值班群 发送失败');
});

it('a channel that never received anything is said to have received nothing', () => {
  const never = { ...NOTICES['channel-failing'], failures: 1, deliveredAtMs: null };

  expect(inEnglish(never).text).toContain('the last attempt failed');
  expect(inEnglish(never).text).toContain('It has not received anything yet.');
  expect(inChinese(never).text).toContain('该渠道还没有收到过消息。');
});
