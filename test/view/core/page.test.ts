import fc from 'fast-check';
import { NEW_HEALTH } from '../../../shared/core/health.ts';
import type { Change, Commit, Instance } from '../../../shared/core/model.ts';
import type { NewsItem } from '../../../shared/view/core/feed.ts';
import type { ScopeView } from '../../../shared/view/core/fleet.ts';
import { freshness } from '../../../shared/view/core/freshness.ts';
import { errorPage } from '../../../shared/view/core/page/error-page.ts';
import { fleetPage } from '../../../shared/view/core/page/fleet-page.ts';
import type { PageData } from '../../../shared/view/core/page/page-data.ts';
import { PAGE_STYLE } from '../../../shared/view/core/page/style.ts';
import { EN } from '../../../shared/view/core/page/words/en.ts';
import { ZH } from '../../../shared/view/core/page/words/zh.ts';
import { isInvalid } from '../../../shared/view/core/parameters.ts';
import { parsePageQuery } from '../../../shared/view/core/queries/page.ts';
import { aScope } from '../../helpers/examples.ts';

const NOW_MS = Date.parse('2026-11-22T10:00:00Z');
const SCOPE = aScope('cn-hangzhou');

function dataOf(
  instances: Readonly<Record<string, Instance>>,
  given: Readonly<Record<string, string>> = {},
  changes: Partial<PageData> = {},
): PageData {
  const query = parsePageQuery(new Map(Object.entries(given)), [SCOPE]);
  if (isInvalid(query)) throw new Error(query.problems.join());
  return {
    nowMs: NOW_MS,
    words: EN,
    views: [viewOf(instances, NOW_MS - 42_000)],
    query,
    recent: [],
    channels: [],
    ...changes,
  };
}

function viewOf(
  instances: Readonly<Record<string, Instance>>,
  lastGoodAtMs: number | null,
): ScopeView {
  const health = { ...NEW_HEALTH, lastGoodAtMs };
  return {
    scope: SCOPE,
    snapshot: {
      seq: 5,
      baselined: true,
      instances: new Map(Object.entries(instances)),
      released: new Map(),
    },
    health,
    freshness: freshness(health, NOW_MS),
  };
}

function itemOf(change: Change): NewsItem {
  const commit: Commit = {
    scope: SCOPE.key,
    seq: 5,
    atMs: NOW_MS - 120_000,
    previousAtMs: null,
    tickId: 't',
    changes: [change],
  };
  return { kind: 'change', commit, index: 0, change };
}

function running(sinceMs = 0, name?: string): Instance {
  return { status: 'Running', sinceMs, ...(name !== undefined && { name }) };
}

/** The text between the tags. */
function textOf(page: string): string {
  return page
    .replace(/<style>.*?<\/style>/su, '')
    .replace(/<[^>]*>/gu, ' ')
    .replace(/\s+/gu, ' ');
}

/** The tags of a page and the names of their attributes. */
function skeletonOf(page: string): readonly string[] {
  return [...page.matchAll(/<[^>]*>/gu)].map(([tag]) => tag.replace(/="[^"]*"/gu, '='));
}

it('escapes every text from outside: no name, status, id or reason adds a tag or an attribute', () => {
  const filledWith = (text: string): string => {
    const instance: Instance = {
      status: text,
      sinceMs: 0,
      name: text,
      zoneId: text,
      instanceType: text,
      privateIps: [text],
      publicIps: [text],
    };
    const view = viewOf({ [text]: instance }, NOW_MS);
    const health = { ...NEW_HEALTH, failures: 2, reason: text, hold: null };
    return fleetPage(
      dataOf(
        {},
        {},
        {
          query: {
            ...dataOf({}).query,
            given: new Map([
              ['status', text],
              ['text', text],
              ['zone', text],
              ['resourceGroup', text],
            ]),
          },
          views: [
            { ...view, health },
            { ...view, scope: { key: text, account: 'main', regionId: text } },
          ],
          recent: [
            itemOf({ instanceId: text, from: text, to: text, name: text }),
            {
              kind: 'notice',
              commit: { ...itemOf({ instanceId: text, from: text, to: null }).commit, scope: text },
              index: 0,
              notice: { kind: 'scans-failing', failures: 3, sinceMs: 0, reason: text },
            },
          ],
          channels: [
            {
              channel: text,
              backlog: 1,
              failures: 3,
              failing: true,
              problem: text,
              deliveredAt: null,
            },
          ],
        },
      ),
    );
  };
  const harmless = skeletonOf(filledWith('x'));
  const hostile = fc
    .array(
      fc.constantFrom(
        '<',
        '>',
        '"',
        "'",
        '&',
        '/',
        '=',
        ' ',
        '-->',
        '</style>',
        '<script>',
        'onload',
        '`',
      ),
    )
    .map((pieces) => `x${pieces.join('')}`);

  fc.assert(
    fc.property(
      fc.oneof(
        hostile,
        fc.string().map((text) => `x${text}`),
      ),
      (text) => {
        expect(skeletonOf(filledWith(text))).toEqual(harmless);
        const options = { words: EN, refreshes: true };
        expect(skeletonOf(errorPage({ code: text, message: text }, options))).toEqual(
          skeletonOf(errorPage({ code: 'x', message: 'x' }, options)),
        );
      },
    ),
  );
});

it('shows name, id, status, time and place of instances, most recently changed first', () => {
  const page = textOf(
    fleetPage(
      dataOf({
        'i-old': running(NOW_MS - 3 * 86_400_000),
        'i-new': {
          status: 'Stopped',
          sinceMs: NOW_MS - 5 * 60_000,
          sinceKnown: true,
          name: 'web-1',
          zoneId: 'cn-hangzhou-h',
          instanceType: 'ecs.g7.large',
          privateIps: ['10.0.0.7'],
        },
      }),
    ),
  );

  expect(page).toContain(
    'web-1 i-new ■ Stopped 2026-11-22 09:55:00 5 min ago ' +
      'main/cn-hangzhou cn-hangzhou-h ecs.g7.large 10.0.0.7',
  );
  expect(page).toContain('i-old ● Running at least since 2026-11-19 10:00:00 3 d ago');
  expect(page.indexOf('i-new')).toBeLessThan(page.indexOf('i-old'));
  expect(page).toContain('2 instances, most recently changed first');
});

it('counts instances by status, each count a link that keeps the other filters', () => {
  const fleet = { 'i-1': running(), 'i-2': running(), 'i-3': { status: 'Stopped', sinceMs: 0 } };

  const page = fleetPage(dataOf(fleet, { text: 'i-', status: 'stopped' }));

  expect(page).toContain('<a href="?text=i-">All <strong>3</strong></a>');
  expect(page).toContain('<a href="?text=i-&amp;status=Running">Running <strong>2</strong></a>');
  expect(page).toContain(
    '<a href="?text=i-&amp;status=Stopped" aria-current="true">Stopped <strong>1</strong></a>',
  );
});

it.each(['constructor', '__proto__', 'hasOwnProperty', '\ud800', 'Half \udfff'])(
  'shows the status %j, id and all, as any other that it does not know',
  (status) => {
    const instances = Object.fromEntries([
      [status, { status, sinceMs: 0 }],
      ['i-2', { status, sinceMs: 0, name: status }],
    ]);

    const page = fleetPage(dataOf(instances, { text: status }));

    expect(page).toContain('◆');
    expect(page).not.toContain('native code');
  },
);

it('keeps the query in its form, several statuses at once too', () => {
  const page = fleetPage(
    dataOf(
      { 'i-1': running() },
      { status: 'Running,Stopped', text: 'a"b', zone: 'z', refresh: 'off' },
    ),
  );

  expect(page).toContain('<option value="Running,Stopped" selected>');
  expect(page).toContain('name="text" value="a&quot;b"');
  expect(page).toContain('<input type="hidden" name="zone" value="z">');
  expect(page).toContain('<input type="hidden" name="refresh" value="off">');
});

it('gives a hundred instances a page and links the next and the first one', () => {
  const fleet = Object.fromEntries(
    Array.from({ length: 150 }, (_, index) => [`i-${1000 + index}`, running(index)]),
  );

  const first = fleetPage(dataOf(fleet));
  const [, next = ''] = /rel="next" href="([^"]*)"/u.exec(first) ?? [];
  const cursor = new URLSearchParams(next.replaceAll('&amp;', '&')).get('cursor') ?? '';
  const second = fleetPage(dataOf(fleet, { cursor }));

  const idsIn = (page: string) =>
    [...page.matchAll(/href="plain\?id=(i-\d+)"/gu)].map(([, id]) => id);
  expect(idsIn(first)).toHaveLength(100);
  expect(new Set([...idsIn(first), ...idsIn(second)]).size).toBe(150);
  expect(second).toContain('First page');
  expect(second).not.toContain('rel="next"');
});

it("shows the time of each scope's last complete scan, and its age", () => {
  expect(textOf(fleetPage(dataOf({ 'i-1': running() })))).toContain(
    'main/cn-hangzhou fresh 1 instance last complete scan 2026-11-22 09:59:18 , 42 s ago',
  );
});

it('says first that it is stale, in words and in the title, after more than five minutes', () => {
  const page = fleetPage(dataOf({}, {}, { views: [viewOf({}, NOW_MS - 300_001)] }));

  expect(page).toContain('<title>⚠ stale · ecs-watch</title>');
  expect(page).toContain('<div class="verdict alarm" role="alert">');
  expect(textOf(page)).toContain(
    'Alarm: The state of main/cn-hangzhou is 5 min old Since 2026-11-22 09:54:59 UTC no scan was complete',
  );
  const fresh = fleetPage(dataOf({}, {}, { views: [viewOf({}, NOW_MS - 300_000)] }));
  expect(fresh).not.toMatch(/stale/iu);
});

it('says that nothing is recorded yet, instead of showing an empty fleet as a fact', () => {
  const view = { ...viewOf({}, null), health: undefined };

  const page = textOf(fleetPage(dataOf({}, {}, { views: [view] })));

  expect(page).toContain('Alarm: main/cn-hangzhou has never been scanned');
  expect(page).toContain('No instances to show.');
  expect(page).toContain('main/cn-hangzhou STALE');
});

describe('the first sentence', () => {
  const HOUR_MS = 3_600_000;
  const stopped = (sinceMs: number, sinceKnown: boolean, name?: string): Instance => ({
    ...running(sinceMs, name),
    status: 'Stopped',
    sinceKnown,
  });
  const sentenceOf = (
    instances: Readonly<Record<string, Instance>>,
    changes: Partial<PageData> = {},
  ): string => {
    const page = fleetPage(dataOf(instances, {}, changes));
    const [, verdict = ''] = /<div class="(verdict .*?)<\/div>/su.exec(page) ?? [];
    return textOf(`<div class="${verdict}`).trim();
  };

  it('names what stopped within the last hour, the last one first', () => {
    const instances = {
      'i-1': stopped(NOW_MS - HOUR_MS, true, 'db-1'),
      'i-2': stopped(NOW_MS - 60_000, true),
      'i-3': stopped(NOW_MS - HOUR_MS - 1, true, 'old'),
      'i-4': running(),
    };

    expect(sentenceOf(instances)).toBe(
      'Alarm: i-2 and db-1 stopped within the last hour 3 instances are not running in all.',
    );
  });

  it('promises no calm for longer than it was watched', () => {
    expect(sentenceOf({ 'i-1': stopped(NOW_MS - 2 * HOUR_MS, false), 'i-2': running() })).toBe(
      'Attention: 1 instance is not running No new stop for 1 h.',
    );
    const starting = { status: 'Starting', sinceMs: NOW_MS - 60_000, sinceKnown: true };
    expect(sentenceOf({ 'i-1': starting, 'i-2': running(NOW_MS - 6 * 60_000) })).toMatch(
      /No new stop for 6 min\.$/u,
    );
    expect(sentenceOf({ 'i-1': stopped(NOW_MS - 5 * 60_000, false), 'i-2': running() })).toBe(
      'Attention: 1 instance is not running No new stop for 5 min.',
    );
  });

  it('has the time of the oldest scan beside it, and not that of the page', () => {
    const views = [viewOf({}, NOW_MS - 42_000), viewOf({}, NOW_MS - 120_000)];

    expect(textOf(fleetPage(dataOf({}, {}, { views })))).toContain('As of 2026-11-22 09:58:00 UTC');
    expect(textOf(fleetPage(dataOf({}, {}, { views: [viewOf({}, null)] })))).not.toContain('As of');
  });

  it('names channels that fail before instances, and says when all is well', () => {
    const channels = [
      { channel: 'slack', backlog: 1, failures: 3, failing: true, deliveredAt: null },
    ];

    expect(sentenceOf({ 'i-1': stopped(NOW_MS, true) }, { channels })).toMatch(
      /^Alarm: slack cannot be reached/u,
    );
    expect(sentenceOf({ 'i-1': running(), 'i-2': running() })).toBe(
      'All well: All 2 instances are running',
    );
  });

  it('comes before what changed, and that before the table', () => {
    const page = fleetPage(dataOf({ 'i-1': running() }));
    const places = ['class="verdict', 'id="recent"', 'id="instances"', 'id="health"'];

    const order = places.map((place) => page.indexOf(place));
    expect(order).toEqual([...order].sort((one, other) => one - other));
    expect(order).not.toContain(-1);
  });
});

it('shows stopped in another colour and shape than running', () => {
  const page = fleetPage(dataOf({ 'i-1': running(), 'i-2': { status: 'Stopped', sinceMs: 0 } }));

  expect(page).toContain('tone running"><span aria-hidden="true">●</span>\u00a0Running');
  expect(page).toContain('tone stopped"><span aria-hidden="true">■</span>\u00a0Stopped');
  const colours = ['running', 'stopped', 'moving', 'other', 'gone'].map(
    (tone) =>
      new RegExp(`\\.tone\\.${tone} \\{ color: var\\(--(\\w+)\\)`, 'u').exec(PAGE_STYLE)?.[1],
  );
  expect(new Set(colours).size).toBe(5);
});

it('shows one instance with its tags, and leads to its history, the console and back', () => {
  const instance = { ...running(0, 'web-1'), tags: { env: 'prod' } };

  const page = fleetPage(dataOf({ 'i-1': instance, 'i-2': running() }, { id: 'i-1' }));

  expect(textOf(page)).toContain('Tags: env=prod');
  expect(page).toContain('<a href="instances/i-1">Its history, as JSON</a>');
  expect(page).toContain('/server/i-1/detail?regionId=cn-hangzhou">ECS console</a>');
  expect(page).toContain('<a href="?">Show all instances</a>');
  const gone = fleetPage(dataOf({ 'i-2': running() }, { id: 'i-1' }));
  expect(gone).toContain('<a href="instances/i-1">Its history, as JSON</a>');
  expect(gone).not.toContain('ECS console');
  const local = fleetPage(dataOf({ 'i-1': instance }, { id: 'i-1' }, { withoutConsole: true }));
  expect(local).toContain('>Its history, as JSON</a>');
  expect(local).not.toContain('ECS console');
});

it('speaks Chinese, statuses and notices included, and says that its times are UTC', () => {
  const change = itemOf({ instanceId: 'i-1', from: 'Running', to: 'Stopped', name: 'web-1' });
  const recent: NewsItem[] = [
    change,
    { ...change, kind: 'notice', notice: { kind: 'suspicion-lifted', missing: 12 } },
  ];
  const channels = [
    { channel: 'slack', backlog: 3, failures: 3, failing: true, deliveredAt: null },
  ];

  const instances = { 'i-1': { status: 'Stopped', sinceMs: NOW_MS, sinceKnown: true } };
  const page = fleetPage(dataOf(instances, {}, { words: ZH, recent, channels }));

  expect(page).toContain('<html lang="zh-CN">');
  const text = textOf(page);
  for (const part of [
    // Outside of a bundle, a channel is called as its kind.
    '告警： 通知渠道 slack 发送失败',
    '最近变化 2026-11-22 09:58:00 2 分钟前, main/cn-hangzhou web-1 i-1 : ● 运行中 → ■ 已停止',
    '通知： 此前消失的 12 台实例已重新出现',
    '1 台实例，最近变化的在前',
    'slack 连续 3 次发送失败 3 条待发送 尚未送达过',
    '时间均为 UTC。',
  ]) {
    expect(text).toContain(part);
  }
  // What is left of Latin letters are names, ids and terms.
  const latin = new Set(text.match(/[A-Za-z]{3,}/gu));
  expect([...latin].filter((word) => !KEPT.has(word))).toEqual([]);
});

/** Words of the Chinese page that are no Chinese. */
const KEPT = new Set(
  'ecs watch UTC web main hangzhou slack JSON instances changes counts deliveries healthz metrics'.split(
    ' ',
  ),
);

it('shows failing scans, and instances whose release is held back', () => {
  const health = {
    ...NEW_HEALTH,
    lastGoodAtMs: NOW_MS,
    failures: 2,
    reason: 'Throttling.User: slow down',
    hold: { missing: 12, scans: 1, sinceMs: NOW_MS },
  };

  const page = textOf(fleetPage(dataOf({}, {}, { views: [{ ...viewOf({}, NOW_MS), health }] })));

  expect(page).toContain('2 scans in a row failed : Throttling.User: slow down');
  expect(page).toContain(
    '12 instances vanished at once; not reported as released until several scans agree ( 2026-11-22 10:00:00 )',
  );
});

it('lists recent changes and notices with their times', () => {
  const change = itemOf({ instanceId: 'i-1', from: 'Running', to: 'Stopping', name: 'web-1' });
  const gone = itemOf({ instanceId: 'i-2', from: 'Stopped', to: null });
  const born = itemOf({ instanceId: 'i-3', from: null, to: 'Pending' });
  const back = itemOf({ instanceId: 'i-4', from: null, to: 'Running', returned: true });
  const notice: NewsItem = {
    kind: 'notice',
    commit: change.commit,
    index: 0,
    notice: { kind: 'suspicion-lifted', missing: 12 },
  };

  const recent = [change, gone, born, back, notice];
  const page = textOf(fleetPage(dataOf({}, {}, { recent })));

  expect(page).toContain(
    '2026-11-22 09:58:00 2 min ago, main/cn-hangzhou web-1 i-1 : ● Running → ◐ Stopping',
  );
  expect(page).toContain('i-2 : ■ Stopped → ✕ released');
  expect(page).toContain('i-3 : new → ◐ Pending');
  expect(page).toContain(
    'i-4 : released → ● Running , back: it was reported released, but ECS had not shown it',
  );
  expect(page).toContain('Notice: The 12 instances that vanished are back.');
});

it('shows the state of each channel', () => {
  const served = { backlog: 0, failures: 0, failing: false, deliveredAt: null };
  const channels = [
    { ...served, channel: 'slack', deliveredAt: '2026-11-22T09:59:00.000Z' },
    { ...served, channel: 'dingtalk', backlog: 3, failures: 3, failing: true, problem: 'HTTP 500' },
    { ...served, channel: 'webhook', backlog: 1 },
    { ...served, channel: 'teams', backlog: 1, failures: 1 },
    { ...served, channel: 'feishu', backlog: 9, failures: 7, abandoned: true as const },
  ];

  const html = fleetPage(dataOf({}, {}, { channels }));
  const page = textOf(html);

  expect(page).toContain('slack up to date last delivered 2026-11-22 09:59:00 , 1 min ago');
  expect(page).toContain(
    'dingtalk 3 attempts in a row failed 3 commits to send nothing delivered yet HTTP 500',
  );
  expect(page).toContain('webhook catching up 1 commit to send');
  expect(page).toContain('teams 1 attempt in a row failed 1 commit to send');
  expect(page).toContain('feishu failed, and not tried for hours: no longer configured? 9 commits');
  expect(page).toContain('1 failing');
  expect(html.match(/class="alarm">\d attempts?/gu)).toHaveLength(1);
});

it('writes Chinese names as Chinese, and every name in its own direction', () => {
  const page = fleetPage(dataOf({ 'i-1': running(0, '支付网关'), 'i-2': running(0, 'web') }));

  expect(page).toContain('<html lang="en">');
  expect(page).toContain('<bdi lang="zh">支付网关</bdi>');
  expect(page).toContain('<bdi>web</bdi>');
});

it('refreshes by itself, and can be paused', () => {
  const REFRESH = '<meta http-equiv="refresh" content="30">';

  const moving = fleetPage(dataOf({}));
  expect(moving).toContain(REFRESH);
  expect(moving).toContain('<a href="?refresh=off">pause</a>');
  const paused = fleetPage(dataOf({}, { refresh: 'off', status: 'Running' }));
  expect(paused).not.toContain(REFRESH);
  expect(paused).toContain('<a href="?status=Running">refresh every 30 s</a>');
});

it('has landmarks, headings that name them, and headers for every column', () => {
  const page = fleetPage(dataOf({ 'i-1': running() }));

  for (const landmark of ['header', 'main', 'nav aria-label', 'form method="get" role="search"']) {
    expect(page).toContain(`<${landmark}`);
  }
  for (const [, id] of page.matchAll(/aria-labelledby="(\w+)"/gu)) {
    expect(page).toContain(`<h2 id="${id}">`);
  }
  expect(page.match(/<th scope="col"/gu)).toHaveLength(4);
  expect(page).toContain('<th scope="row"');
  expect(page).not.toMatch(/<script|\son\w+=|\sstyle=/u);
});

describe.each([
  ['light', 0],
  ['dark', 1],
])('in the %s theme', (_, theme) => {
  const colours = coloursOf(theme);

  it.each([
    ['text', 'page'],
    ['text', 'panel'],
    ['quiet', 'page'],
    ['quiet', 'panel'],
    ['link', 'page'],
    ['link', 'panel'],
    ['alarm', 'page'],
    ['alarm', 'panel'],
    ['well', 'page'],
    ['well', 'panel'],
    ['warning', 'page'],
    ['other', 'page'],
    ['on-level', 'alarm'],
    ['on-level', 'warning'],
    ['on-level', 'well'],
    ['on-level', 'quiet'],
  ])('the contrast of %s on %s is at least 4.5:1', (text, background) => {
    expect(contrast(colours.get(text), colours.get(background))).toBeGreaterThanOrEqual(4.5);
  });
});

/** The colours of the style sheet's first or second block of them. */
function coloursOf(theme: number): ReadonlyMap<string, string> {
  const block = [...PAGE_STYLE.matchAll(/:root \{([^}]*)\}/gu)][theme]?.[1] ?? '';
  return new Map(
    [...block.matchAll(/--([a-z-]+): #([0-9a-f]{6})/gu)].map(([, name = '', colour = '']) => [
      name,
      colour,
    ]),
  );
}

/** Source: WCAG 2.2, "contrast ratio" and "relative luminance". */
function contrast(one = '', other = ''): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((start) => {
    const value = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
