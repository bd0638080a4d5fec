import fc from 'fast-check';
import type { Standing } from '../../../../shared/core/message.ts';
import type { Change, Commit, Notice } from '../../../../shared/core/model.ts';
import { phrasingOf } from '../../../../shared/core/phrasing.ts';
import { statusIn } from '../../../../shared/core/words/words.ts';
import { type Digest, digestOf } from '../../../../shared/delivery/core/message/digest.ts';
import { MAX_TITLE_LENGTH } from '../../../../shared/delivery/core/message/title.ts';
import { status } from '../../../helpers/arbitraries.ts';
import {
  aChange,
  aCommit,
  aMessage,
  aNote,
  aReport,
  MINUTE_MS,
  manyChanges,
  NOW_MS,
  SCOPE,
  WORDING,
} from '../../../helpers/examples.ts';
import { HOSTILE_NAMES } from '../../../helpers/hostile-names.ts';

const SINCE_MS = Date.UTC(2026, 10, 22, 9, 58, 3);
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const ZH = { ...WORDING, language: 'zh', timeZone: 'Asia/Shanghai' } as const;

function digest(commits: readonly Commit[], parts = {}, wording = {}): Digest {
  return digestOf(aMessage(commits, parts), { ...WORDING, ...wording }, NOW_MS);
}

function ofChanges(...changes: readonly Change[]): Digest {
  return digest([aCommit({ changes })]);
}

function inChinese(commits: readonly Commit[], parts = {}): Digest {
  return digest(commits, parts, ZH);
}

/** The moves of one instance, a minute apart. */
function pathOf(...statuses: readonly (string | null)[]): readonly Commit[] {
  return statuses.slice(1).map((to, index) =>
    aCommit({
      seq: 12 + index,
      previousAtMs: NOW_MS + (index - 1) * MINUTE_MS,
      atMs: NOW_MS + index * MINUTE_MS,
      changes: [aChange({ from: statuses[index] ?? null, to, name: 'web-1' })],
    }),
  );
}

const heldFor3Days = { fromSinceMs: NOW_MS - 3 * DAY_MS, fromSinceKnown: true } as const;
const failing: Notice = {
  kind: 'scans-failing',
  failures: 3,
  sinceMs: SINCE_MS,
  reason: 'Forbidden.RAM',
};

describe('a message in words', () => {
  it('says of one instance all that a person at night asks', () => {
    const change = aChange({
      name: 'web-13',
      zoneId: 'cn-hangzhou-h',
      privateIps: ['10.0.3.17', '10.0.3.18'],
      publicIps: ['47.98.12.5'],
      tags: { env: 'prod', 'acs:ecs:x': '1', Owner: 'pay' },
      ...heldFor3Days,
    });
    const viewUrl = 'https://ecs.example.com/watch';

    expect(digest([aCommit({ changes: [change] })], {}, { viewUrl })).toEqual({
      title: '🔴 web-13 stopped · cn-hangzhou',
      severity: 'bad',
      lines: [
        {
          symbol: '🔴',
          name: 'web-13',
          text: 'stopped (was running for 3 days)',
          context:
            'cn-hangzhou-h · 10:04:00–10:05:01 UTC · 47.98.12.5, 10.0.3.17 · env=prod · Owner=pay · i-bp1',
          links: [
            {
              label: 'Console',
              url: 'https://ecs.console.alibabacloud.com/server/i-bp1/detail?regionId=cn-hangzhou',
            },
            { label: 'History', url: 'https://ecs.example.com/watch/instances/i-bp1' },
          ],
        },
      ],
      totals: null,
      mentions: [],
    });
  });

  it('says the same in Chinese, with the words of the console and by the clock of China', () => {
    const change = aChange({ name: '支付网关-02', ...heldFor3Days });

    expect(inChinese([aCommit({ changes: [change] })])).toEqual({
      title: '🔴 支付网关-02 已停止 · cn-hangzhou',
      severity: 'bad',
      lines: [
        {
          symbol: '🔴',
          name: '支付网关-02',
          text: '已停止（此前已运行 3 天）',
          context: 'cn-hangzhou · 18:04:00–18:05:01 UTC+8 · i-bp1',
          links: [
            {
              label: '控制台',
              url: 'https://ecs.console.aliyun.com/server/i-bp1/detail?regionId=cn-hangzhou',
            },
          ],
        },
      ],
      totals: null,
      mentions: [],
    });
  });

  it('names the account where there are several', () => {
    const commit = aCommit({ scope: 'factory/cn-beijing/cn-beijing-h', changes: [aChange()] });

    const { title, lines } = digest([commit], {}, { accounts: 2 });

    expect(title).toBe('🔴 i-bp1 stopped · factory/cn-beijing/cn-beijing-h');
    expect(lines[0]?.context).toMatch(/^factory\/cn-beijing\/cn-beijing-h · /u);
  });

  it('gives the date of what happened on another day', () => {
    const late = digestOf(aMessage([aCommit({ changes: [aChange()] })]), WORDING, NOW_MS + DAY_MS);

    expect(late.lines[0]?.context).toBe('cn-hangzhou · 2026-11-22 10:04:00–10:05:01 UTC');
  });

  it('shows what a person has written about an instance, until its date', () => {
    const note = aNote('disk swap', { untilMs: NOW_MS + HOUR_MS });
    const ended = aNote('was moved', { untilMs: NOW_MS });
    const shown = (parts: Partial<Change>) => ofChanges(aChange(parts)).lines[0]?.context;

    expect(shown({ note })).toMatch(/^note of ops until 11:05 UTC: disk swap · cn-hangzhou · /u);
    expect(shown({ note, to: null })).toMatch(/^note of ops/u);
    expect(shown({ note: ended })).toMatch(/^cn-hangzhou · /u);
    expect(inChinese([aCommit({ changes: [aChange({ note })] })]).lines[0]?.context).toMatch(
      /^备注（ops，有效至 19:05 UTC\+8）：disk swap · /u,
    );
    expect(
      digest([aCommit({ changes: [aChange({ note })] })], { withoutUserText: true }).lines[0]
        ?.context,
    ).toMatch(/^cn-hangzhou · /u);
  });

  it('shows a report in a line for each of its parts, under one title', () => {
    const notice = { kind: 'report', ...aReport(), failing: {} } as const;
    const commit = aCommit({ scope: 'watcher', notice });

    const { title, lines, totals } = digest([commit]);

    expect(title).toBe('📋 Daily report: 12 changes, 2 of 60 stopped');
    expect(lines.map(({ text }) => text.split(':')[0])).toEqual([
      'From 2026-11-21 10',
      'Stopped now',
      'Changed again and again',
      'Watching',
      'Messages',
    ]);
    expect(lines.map(({ context }) => context)).toEqual(['10:05 UTC', '', '', '', '']);
    expect(totals).toBeNull();
    // Names may be why the receiver has rejected it.
    expect(digest([commit], { withoutUserText: true }).lines[1]?.text).toBe(
      'Stopped now: 2 of 60: i-bp1 for 12 days, i-bp2 for at least 3 days.',
    );
  });

  it('says again what stays bad: a line each, the longest first, behind what is new and bad', () => {
    const stop = (name: string, hours: number, parts: Partial<Change> = {}): Change =>
      aChange({ instanceId: `i-${name}`, name, fromSinceMs: NOW_MS - hours * HOUR_MS, ...parts });
    const reminders = [
      aCommit({ changes: [stop('web-1', 8, { fromSinceKnown: true }), stop('db-1', 50)] }),
    ];
    const news = aCommit({ changes: [aChange({ instanceId: 'i-new', name: 'web-7' })] });

    const both = digest([news], { reminders });
    const alone = digest([], { reminders });

    expect(both.title).toBe('🔴 web-7 stopped · ⏰ 2 still stopped: db-1, web-1');
    expect(both.lines.map(({ symbol, name, text }) => `${symbol} ${name} ${text}`)).toEqual([
      '🔴 web-7 stopped (was running)',
      '⏰ db-1 still stopped, for at least 2 days',
      '⏰ web-1 still stopped, for 8 hours',
    ]);
    expect(alone.title).toBe('⏰ 2 still stopped: db-1, web-1 · cn-hangzhou');
    expect(alone.lines[1]).toMatchObject({
      context: 'cn-hangzhou · 02:05 UTC · i-web-1',
      links: [{ label: 'Console' }],
    });
    const unnamed = digest([], { reminders, withoutUserText: true });
    expect(unnamed.title).toBe('⏰ 2 still stopped: i-db-1, i-web-1 · cn-hangzhou');
    expect(JSON.stringify(unnamed)).not.toMatch(/"(?:web|db)-1/u);

    const [one] = [aCommit({ changes: [stop('web-1', 8, { fromSinceKnown: true })] })];
    expect(digest([], { reminders: [one] }).title).toBe(
      '⏰ web-1 still stopped, for 8 hours · cn-hangzhou',
    );
    const chinese = inChinese([], { reminders });
    expect(chinese.title).toBe('⏰ 2 台仍未启动：db-1、web-1 · cn-hangzhou');
    expect(chinese.lines.map(({ text }) => text)).toEqual([
      '已停止至少 2 天，仍未启动',
      '已停止 8 小时，仍未启动',
    ]);
  });

  it('never floods with what stays bad: ten lines, and the totals', () => {
    const reminders = [aCommit({ changes: manyChanges(1_200) })];

    const { lines, totals } = digest([aCommit({ changes: [aChange()] })], { reminders });

    expect(lines).toHaveLength(10);
    expect(totals?.text).toBe('… and 1,191 more. In all: 1 stopped; 1,200 still stopped.');
  });

  it('shows the id of an instance that has no name', () => {
    const { lines } = ofChanges(aChange(), aChange({ instanceId: 'i-bp2', name: ' \u200b ' }));

    expect(lines.map(({ name }) => name)).toEqual(['i-bp1', 'i-bp2']);
    expect(lines[0]?.context).toBe('cn-hangzhou · 10:04:00–10:05:01 UTC');
  });

  it('links to no page of the console where a local cloud is watched', () => {
    const commits = [aCommit({ changes: [aChange()] })];

    expect(digest(commits, {}, { withoutConsole: true }).lines[0]?.links).toEqual([]);
    const many = [aCommit({ changes: manyChanges(60) })];
    expect(digest(many).totals?.links).not.toEqual([]);
    expect(digest(many, {}, { withoutConsole: true }).totals?.links).toEqual([]);
  });

  it('links to no page of the console for an instance that is gone', () => {
    const { lines } = digest(
      [aCommit({ changes: [aChange({ to: null })] })],
      {},
      { viewUrl: 'http://127.0.0.1:7800/' },
    );

    expect(lines[0]?.links).toEqual([
      { label: 'History', url: 'http://127.0.0.1:7800/instances/i-bp1' },
    ]);
  });

  it.each([
    [['Running', 'Stopping', 'Stopped'], 'stopped (was running)', '已停止（此前运行中）', '🔴'],
    [
      ['Running', 'Stopping', 'Stopped', null],
      'released (was running; in between: stopped)',
      '已释放（此前运行中；期间状态：已停止）',
      '🔴',
    ],
    [['Stopped', null], 'released (was stopped)', '已释放（此前已停止）', '⚫'],
    [[null, 'Pending', 'Starting', 'Running'], 'new, running', '新增，运行中', '🟢'],
    [[null, 'Stopped'], 'new, stopped', '新增，已停止', '⚫'],
    [
      ['Running', 'Stopping', 'Starting', 'Running'],
      'running again (in between: stopping, starting)',
      '恢复为运行中（期间状态：停止中、启动中）',
      '🟢',
    ],
    [
      ['Running', 'Stopped', 'Starting', 'Running'],
      'running again (in between: stopped)',
      '恢复为运行中（期间状态：已停止）',
      '🟢',
    ],
    [
      ['Stopped', 'Starting', 'Running', 'Stopping', 'Stopped'],
      'stopped again (in between: running)',
      '恢复为已停止（期间状态：运行中）',
      '🔴',
    ],
    [['Stopped', 'Running', null], 'released (was stopped; in between: running)', '', '🔴'],
    [
      ['Running', 'Stopped', 'Running', 'Stopped', 'Running', 'Starting'],
      'starting (was running; 4 changes in between)',
      '启动中（此前运行中；期间变化 4 次）',
      '🟡',
    ],
    [['Running', 'Hibernated'], 'Hibernated (was running)', 'Hibernated（此前运行中）', '⚪'],
    [['Running', 'constructor'], 'constructor (was running)', '', '⚪'],
    [['Running', '__proto__'], '__proto__ (was running)', '', '⚪'],
    [['Running', '\ud800'], '? (was running)', '', '⚪'],
  ])('folds the path %j', (path, english, chinese, symbol) => {
    expect(digest(pathOf(...path)).lines).toMatchObject([{ text: english, symbol }]);
    if (chinese !== '') {
      expect(inChinese(pathOf(...path)).lines).toMatchObject([{ text: chinese, symbol }]);
    }
  });

  it('gives the window over all moves of an instance', () => {
    expect(digest(pathOf('Running', 'Stopping', 'Stopped')).lines[0]?.context).toBe(
      'cn-hangzhou · 10:04:01–10:06:01 UTC · i-bp1',
    );
  });

  it('says of an instance that is back that its release was false', () => {
    const back = aChange({
      from: null,
      to: 'Running',
      name: 'web-1',
      returned: true,
      fromSinceMs: NOW_MS - MINUTE_MS,
    });
    const text = 'running, back: it was reported released at 10:04 UTC, but ECS had not shown it';

    expect(ofChanges(back)).toMatchObject({
      title: '🟢 web-1 back, running · cn-hangzhou',
      severity: 'good',
      lines: [{ symbol: '🟢', name: 'web-1', text }],
    });
    expect(inChinese([aCommit({ changes: [back] })]).lines[0]?.text).toBe(
      '运行中，并未释放：18:04 UTC+8 通报的“已释放”有误，当时 ECS 没有返回该实例',
    );
    expect(ofChanges({ ...back, to: 'Stopped' })).toMatchObject({
      title: '🟢 web-1 back, stopped · cn-hangzhou',
      severity: 'good',
    });
    const stoppedSince = aCommit({ seq: 13, changes: [aChange({ name: 'web-1' })] });
    expect(digest([aCommit({ changes: [back] }), stoppedSince])).toMatchObject({
      title: '🔴 web-1 stopped · cn-hangzhou',
      severity: 'bad',
      lines: [{ text: expect.stringMatching(/^stopped.*, back: it was reported released/u) }],
    });
    const both = [
      aCommit({ changes: [aChange({ to: null })] }),
      aCommit({ seq: 13, changes: [back, { ...back, instanceId: 'i-bp2' }] }),
    ];
    expect(digest(both)).toMatchObject({
      title: '🟢 2 back: web-1, web-1 · cn-hangzhou',
      lines: [{ text }, { text }],
    });
  });

  it('calls an instance that was created long before the last scan by its date, and not new', () => {
    const change = aChange({ from: null, to: 'Running', created: '2026-03-01T08:00Z' });

    expect(ofChanges(change).lines[0]?.text).toBe('appeared, running, created 2026-03-01');
  });

  it.each([
    [true, 'stopped (was running for 3 days)', '已停止（此前已运行 3 天）'],
    [false, 'stopped (was running for at least 3 days)', '已停止（此前已运行至少 3 天）'],
  ])(
    'says how long the state before was held, where its beginning was seen: %s',
    (known, ...texts) => {
      const fromSinceMs = NOW_MS - 3 * DAY_MS;
      const moves = [
        aChange({ to: 'Stopping', fromSinceMs, fromSinceKnown: known }),
        aChange({ from: 'Stopping', to: 'Stopped', fromSinceMs: NOW_MS, fromSinceKnown: true }),
      ];
      const commits = moves.map((move, index) => aCommit({ seq: 12 + index, changes: [move] }));

      expect([digest(commits), inChinese(commits)].map(({ lines }) => lines[0]?.text)).toEqual(
        texts,
      );
    },
  );

  it('labels what may be a repeat', () => {
    const commits = [aCommit({ changes: [aChange({ name: 'web-1' })] })];

    expect(digest(commits, { isRepeat: true }).title).toBe(
      '(possible repeat) 🔴 web-1 stopped · cn-hangzhou',
    );
    expect(inChinese(commits, { isRepeat: true }).title).toBe(
      '（可能重复）🔴 web-1 已停止 · cn-hangzhou',
    );
  });

  it('gives no text of users and no link once the receiver has rejected the content', () => {
    const change = aChange({ name: 'web-1', tags: { env: 'prod' } });

    const { title, lines } = digest(
      [aCommit({ changes: [change] })],
      { withoutUserText: true },
      { viewUrl: 'https://ecs.example.com' },
    );

    expect(title).toBe('🔴 i-bp1 stopped · cn-hangzhou');
    expect(lines).toMatchObject([
      { name: 'i-bp1', context: 'cn-hangzhou · 10:04:00–10:05:01 UTC', links: [] },
    ]);
  });
});

describe('the title', () => {
  const stopped = ['支付网关-02', '支付网关-03', '订单服务-04'].map((name, index) =>
    aChange({ instanceId: `i-s${index}`, name }),
  );
  const started = manyChanges(2).map((change) => ({ ...change, from: 'Stopped', to: 'Running' }));

  it('has the worst first, names before numbers', () => {
    const commits = [aCommit({ changes: [...started, ...stopped] })];

    expect(digest(commits).title).toBe(
      '🔴 3 stopped: 支付网关-02, 支付网关-03, 订单服务-04 · 🟢 2 running',
    );
    expect(inChinese(commits).title).toBe(
      '🔴 3 台已停止：支付网关-02、支付网关-03、订单服务-04 · 🟢 2 台运行中',
    );
  });

  it('names the stopped ones of 20 stops beside 200 starts', () => {
    const starts = manyChanges(200).map((change) => ({ ...change, from: null, to: 'Running' }));
    const stops = Array.from({ length: 20 }, (_, index) =>
      aChange({ instanceId: `i-s${index}`, name: `db-${index}` }),
    );

    const { title, lines, totals } = ofChanges(...starts, ...stops);

    expect(title).toBe('🔴 20 stopped: db-0, db-1, db-2 … · 🟢 200 new, running');
    expect(lines.map(({ name }) => name)).toEqual(stops.slice(0, 10).map(({ name }) => name));
    expect(totals).toMatchObject({
      text: '… and 210 more. In all: 20 stopped; 200 new, running.',
      links: [{ url: 'https://ecs.console.alibabacloud.com/server/region/cn-hangzhou' }],
    });
  });

  it('names one bad instance beside many good ones, whatever came first', () => {
    const { title, severity } = ofChanges(...started, aChange({ name: 'db-1', to: null }));

    expect([title, severity]).toEqual(['🔴 db-1 released · 🟢 2 running', 'bad']);
  });

  it('has a stop before a failing watcher, and both in the lines', () => {
    const { title, lines } = digest([
      ...['a', 'b', 'c', 'd'].map((region) =>
        aCommit({ scope: `main/cn-${region}`, notice: failing }),
      ),
      aCommit({ changes: manyChanges(20) }),
    ]);

    expect(title).toContain('🔴 20 stopped: ');
    expect(title).toContain(' · ⚠️ Scans fail since 09:58 UTC: changes are not seen');
    expect(lines.map(({ symbol }) => symbol)).toEqual([
      ...Array(7).fill('🔴'),
      ...Array(3).fill('⚠️'),
    ]);
  });

  it('leaves names out where there is no room, and never the worst news', () => {
    const name = '很长的名字'.repeat(10);
    const many = [...stopped, ...started].map((change) => ({ ...change, name }));
    const released = manyChanges(2, () => name).map((change) => ({
      ...change,
      instanceId: `${change.instanceId}-r`,
      to: null,
    }));

    const { title } = ofChanges(...many, ...released);

    expect(title.length).toBeLessThanOrEqual(MAX_TITLE_LENGTH);
    expect(title).toMatch(/^🔴 3 stopped(?:: 很.*…)? · 🔴 2 released(?:: 很.*…)? · 🟢 2 running$/u);
  });

  it('ends with dots where even the numbers have no room', () => {
    const statuses = Array.from({ length: 30 }, (_, index) => `Status${index}OfALaterEcs`);
    const changes = statuses.flatMap((to, index) =>
      ['a', 'b'].map((id) => aChange({ instanceId: `i-${id}${index}`, to })),
    );

    const { title, totals } = ofChanges(aChange({ name: 'db-1' }), ...changes);

    expect(title).toMatch(/^🔴 db-1 stopped · ⚪ 2 Status0OfALaterEcs .* · …$/u);
    expect(totals?.text).toMatch(/^… and 51 more\. In all: 1 stopped; .*; 46 other changes\.$/u);
  });
});

describe('the lines', () => {
  it('are ten, and the totals count all: as many as fit are shown', () => {
    const commits = [aCommit({ changes: manyChanges(60) }), aCommit({ notice: failing })];
    const fits = ({ lines }: Digest): boolean => lines.length <= 4;

    const { lines, totals } = digestOf(aMessage(commits), WORDING, NOW_MS, fits);

    expect(digest(commits).lines).toHaveLength(10);
    expect(lines).toHaveLength(4);
    expect(totals?.text).toBe('… and 57 more. In all: 60 stopped; 1 notice.');
    const none = digestOf(aMessage(commits), ZH, NOW_MS, () => false);
    expect(none.lines).toEqual([]);
    expect(none.totals?.text).toBe('…… 另有 61 条未列出。合计：60 台已停止；1 条通知。');
  });

  it('link to the view, where its address is known', () => {
    const commits = [aCommit({ changes: manyChanges(60) })];

    const { totals } = digest(commits, {}, { viewUrl: 'https://ecs.example.com/watch' });

    expect(totals?.links).toEqual([
      { label: 'All instances', url: 'https://ecs.example.com/watch/' },
    ]);
  });

  it('give a baseline as a number, not as thousands of instances that appeared', () => {
    const notice: Notice = { kind: 'baseline', instances: 5_000, last: true };

    expect(
      digest([aCommit({ changes: manyChanges(50), notice, previousAtMs: null })]),
    ).toMatchObject({
      title: '📋 Now watching 5,000 instances · cn-hangzhou',
      severity: 'neutral',
      lines: [
        {
          symbol: '📋',
          name: '',
          text: 'Watching 5,000 instances from now on. Changes will be posted here.',
          context: 'cn-hangzhou · 10:05 UTC',
        },
      ],
      totals: null,
      mentions: [],
    });
  });

  it('give the baselines of many regions as one', () => {
    const baselines = ['a', 'b', 'c', 'd', 'e'].map((letter, index) => {
      const notice: Notice = { kind: 'baseline', instances: 400 * index, last: true };
      return aCommit({ scope: `main/cn-${letter}`, notice, previousAtMs: null });
    });
    const all = [aCommit({ changes: [aChange()] }), aCommit({ notice: failing }), ...baselines];

    const { title, lines } = digest(all);

    expect(title).toContain(' · 📋 Now watching 4,000 instances in 5 regions');
    expect(lines).toHaveLength(3);
    expect(lines[2]).toMatchObject({
      text: 'Watching 4,000 instances in 5 regions from now on. Changes will be posted here.',
      context: 'cn-a, cn-b, cn-c and 2 more · 10:05 UTC',
    });
    expect(inChinese(baselines)).toMatchObject({
      title: '📋 开始监控 5 个地域的 4,000 台实例',
      lines: [{ context: 'cn-a、cn-b、cn-c 等 5 个 · 18:05 UTC+8' }],
    });
  });

  it('do not hide a baseline after damage behind others', () => {
    const since: Notice = { kind: 'baseline', instances: 3, last: true, since: 7 };
    const other: Notice = { kind: 'baseline', instances: 4, last: true };

    const { lines, severity } = digest([
      aCommit({ scope: 'main/x', notice: other }),
      aCommit({ notice: since }),
    ]);

    expect(severity).toBe('bad');
    expect(lines.map(({ text }) => text)).toEqual([
      expect.stringContaining('was damaged'),
      expect.stringContaining('Watching 4 instances from now on'),
    ]);
  });
});

describe('after a pause', () => {
  const pause = { previousAtMs: NOW_MS - 7 * HOUR_MS };

  it('one line above all others says so', () => {
    const commits = [
      aCommit({ ...pause, changes: manyChanges(2) }),
      aCommit({
        scope: 'main/cn-shanghai',
        previousAtMs: pause.previousAtMs + 9_000,
        changes: [aChange({ to: null })],
      }),
      aCommit({ seq: 13, changes: [aChange({ instanceId: 'i-later', to: 'Starting' })] }),
    ];

    const { title, lines } = digest(commits);

    expect(title).toMatch(
      /^🔴 2 stopped · 🔴 i-bp1 released · 🟡 i-later starting · ⚠️ Not watching from 03:05 to 10:05 UTC$/u,
    );
    expect(lines.map(({ name, text }) => name || text)).toEqual([
      expect.stringMatching(/^Not watching from 03:05 to 10:05 UTC; this is what differs now\. /u),
      ...manyChanges(2).map(({ instanceId }) => instanceId),
      'i-bp1',
      'i-later',
    ]);
    expect(lines[0]).toMatchObject({ symbol: '⚠️', context: '2 scopes' });
    expect(lines[3]?.context).toBe('cn-shanghai · 03:05–10:05 UTC');
    expect(lines[4]?.context).toBe('cn-hangzhou · 10:04:00–10:05:01 UTC');
  });

  it('it is said in Chinese, too', () => {
    const { title, lines } = inChinese([aCommit({ ...pause, changes: [aChange()] })]);

    expect(title).toBe('🔴 i-bp1 已停止 · ⚠️ 11:05 至 18:05 UTC+8 未监控');
    expect(lines[0]?.text).toMatch(/^11:05 至 18:05 UTC\+8 未监控，以下是现在与之前的差异。/u);
  });

  it('it is not said besides that ticks are recorded again, unless that is another pause', () => {
    const change = aCommit({ ...pause, changes: [aChange()] });
    const resumed = (sinceMs: number) =>
      aCommit({ scope: 'watcher', notice: { kind: 'ticks-resumed', sinceMs, untilMs: NOW_MS } });

    expect(digest([change, resumed(pause.previousAtMs + 5_000)]).lines).toHaveLength(2);
    expect(digest([change, resumed(NOW_MS - HOUR_MS)]).lines).toHaveLength(3);
    expect(digest([resumed(pause.previousAtMs)])).toMatchObject({
      title: '📋 No tick was recorded from 03:05 to 10:05 UTC',
      lines: [{ context: '10:05 UTC' }],
    });
  });

  it('each of two pauses has its own line', () => {
    const other = { previousAtMs: NOW_MS - 3 * HOUR_MS, scope: 'main/cn-shanghai' };
    const commits = [pause, other].map((parts) => aCommit({ ...parts, changes: [aChange()] }));

    const { title, lines } = digest(commits);

    expect(title).toBe('🔴 2 stopped: i-bp1, i-bp1 · ⚠️ Not watching all the time');
    expect(lines.map(({ context }) => context.split(' · ')[0])).toEqual([
      'cn-hangzhou',
      'cn-shanghai',
      'cn-hangzhou',
      'cn-shanghai',
    ]);
  });

  it.each([
    ['until it, at least', NOW_MS - 10 * HOUR_MS, 'stopped (was running for at least 3 hours)'],
    [
      'not at all, where it may have ended at once',
      pause.previousAtMs + 1_000,
      'stopped (was running)',
    ],
  ])('it is said how long a state was held: %s', (_what, fromSinceMs, text) => {
    const change = aChange({ fromSinceMs, fromSinceKnown: true });

    expect(digest([aCommit({ ...pause, changes: [change] })]).lines[1]?.text).toBe(text);
  });
});

describe('what is said besides changes', () => {
  const stopping = aChange({ to: 'Stopping', name: 'web-13' });
  const standingOf = (what: Standing['what'], parts: Partial<Change> = {}) => {
    const standings = [{ scope: SCOPE.key, instanceId: 'i-bp1', what }];
    const commits = [aCommit({ changes: [{ ...stopping, ...parts }] })];
    return [digest(commits, { standings }), inChinese(commits, { standings })].map(
      ({ title, severity, lines }) => [severity, title, lines[0]?.text],
    );
  };

  it('is that an instance does not leave a state that should be over', () => {
    expect(standingOf({ kind: 'lasting', forMs: 5 * MINUTE_MS })).toEqual([
      [
        'bad',
        '🔴 web-13 stopping for 5 minutes · cn-hangzhou',
        'has been stopping for 5 minutes: look at it in the console',
      ],
      ['bad', '🔴 web-13 停止中已 5 分钟 · cn-hangzhou', '停止中已持续 5 分钟，请到控制台查看'],
    ]);
  });

  it('is that an instance flaps, and that it is quiet again', () => {
    expect(
      standingOf({ kind: 'flapping', flips: 6, sinceMs: SINCE_MS }, { to: 'Running' }),
    ).toEqual([
      [
        'bad',
        '🔴 web-13 flapping, 6 changes · cn-hangzhou',
        'running, and flapping: 6 changes since 09:58 UTC. Further ones are counted, and posted once it is quiet',
      ],
      [
        'bad',
        '🔴 web-13 状态反复，变化 6 次 · cn-hangzhou',
        '运行中，状态反复：自 17:58 UTC+8 起变化 6 次，之后只计数，稳定后再通知',
      ],
    ]);
    expect(
      standingOf({ kind: 'settled', flips: 42, sinceMs: SINCE_MS }, { to: 'Running' }),
    ).toEqual([
      [
        'good',
        '🟢 web-13 running, quiet again · cn-hangzhou',
        'running, and quiet again after 42 changes since 09:58 UTC',
      ],
      [
        'good',
        '🟢 web-13 运行中，已稳定 · cn-hangzhou',
        '运行中，已稳定：自 17:58 UTC+8 起共变化 42 次',
      ],
    ]);
  });

  it('is counted apart from changes', () => {
    const changes = manyChanges(3).map((change) => ({ ...change, to: 'Stopping' }));
    const standings = changes.slice(0, 2).map(({ instanceId }) => ({
      scope: SCOPE.key,
      instanceId,
      what: { kind: 'lasting', forMs: 5 * MINUTE_MS } as const,
    }));

    expect(digest([aCommit({ changes })], { standings }).title).toMatch(
      /^🔴 2 still stopping.* · 🟡 i-bp0{19}2 stopping$/u,
    );
  });

  it('is that a mute is over', () => {
    const muted = { fromMs: NOW_MS - 9 * HOUR_MS, untilMs: NOW_MS - HOUR_MS };
    const commits = [aCommit({ changes: [aChange({ name: 'web-13' })] })];

    expect(digest(commits, { muted })).toMatchObject({
      title: '🔴 web-13 stopped · 🔕 Muted from 01:05 to 09:05 UTC',
      lines: [
        {
          symbol: '🔕',
          text: 'Muted from 01:05 to 09:05 UTC. This happened meanwhile; each line ends with the last that is sent here.',
        },
        { name: 'web-13' },
      ],
    });
    expect(inChinese(commits, { muted }).title).toBe(
      '🔴 web-13 已停止 · 🔕 09:05 至 17:05 UTC+8 静默',
    );
  });

  it('is that it stands in for another channel', () => {
    const inPlaceOf = { channel: 'pay', sinceMs: NOW_MS - HOUR_MS };
    const commits = [aCommit({ changes: [aChange({ name: 'web-13' })] })];

    const { title, lines } = digest(commits, { inPlaceOf });

    expect(title).toBe('🔴 web-13 stopped · cn-hangzhou');
    expect(lines).toMatchObject([
      { symbol: '🔀', text: 'In place of pay, which has failed since 09:05 UTC.' },
      { name: 'web-13' },
    ]);
    expect(inChinese(commits, { inPlaceOf }).lines[0]?.text).toBe(
      '代替渠道“pay”发送：该渠道自 17:05 UTC+8 起发送失败。',
    );
  });

  it('is what went elsewhere, and nothing else', () => {
    const instead = {
      channel: 'dingtalk',
      messages: 3,
      fromMs: NOW_MS - HOUR_MS,
      untilMs: NOW_MS - MINUTE_MS,
    };

    expect(digest([], { instead })).toEqual({
      title: '🔀 Works again; 3 messages went to dingtalk',
      severity: 'neutral',
      lines: [
        expect.objectContaining({
          text: 'While this channel failed, 3 messages went to dingtalk, from 09:05 to 10:04 UTC.',
        }),
      ],
      totals: null,
      mentions: [],
    });
    expect(inChinese([], { instead: { ...instead, messages: 1 } })).toMatchObject({
      title: '🔀 已恢复，其间 1 条消息发往“钉钉”',
      lines: [{ text: '本渠道发送失败期间，18:04 UTC+8 有 1 条消息改发到“钉钉”。' }],
    });
  });
});

describe('whatever is in a message', () => {
  it('each instance and each notice has a line or is counted', () => {
    fc.assert(
      fc.property(commitsOfSeveralScopes, languages, (commits, wording) => {
        const { lines, totals } = digest(commits, {}, wording);

        const notices = commits.filter(({ notice }) => notice !== undefined).length;
        const instances = new Set(
          commits.flatMap(({ scope, notice, changes }) =>
            notice === undefined ? changes.map(({ instanceId }) => scope + instanceId) : [],
          ),
        );
        const pauses = lines.filter(({ text }) => /^Not watching|未监控，/u.test(text)).length;
        const [, left = '0'] = /(?:and|另有) ([\d,]+) /u.exec(totals?.text ?? '') ?? [];
        expect(lines.length - pauses + Number(left)).toBe(instances.size + notices);
        expect(lines.length).toBeLessThanOrEqual(10);
        const numbers = [
          ...((totals?.text ?? '').split(/In all|合计/u)[1]?.matchAll(/\d+/gu) ?? []),
        ];
        const sum = numbers.reduce((all, [number]) => all + Number(number), 0);
        if (totals !== null) expect(sum).toBe(instances.size + notices);
      }),
    );
  });

  it('no worse news is below better news', () => {
    const order = ['🔴⚠️', '🟡⚫⚪📋', '🟢✅'];
    fc.assert(
      fc.property(commitsOfSeveralScopes, languages, (commits, wording) => {
        const { lines } = digest(commits, {}, wording);
        const ranks = lines.map(({ symbol }) => order.findIndex((all) => all.includes(symbol)));

        expect(ranks).toEqual(ranks.toSorted());
      }),
    );
  });

  it('nothing of a name, a tag or a status acts, or is cut inside a character or a cluster', () => {
    fc.assert(
      fc.property(hostileCommits, languages, fc.boolean(), (commits, wording, isRepeat) => {
        const { title, lines, totals } = digest(commits, { isRepeat }, wording);

        expect(title.length).toBeLessThanOrEqual(MAX_TITLE_LENGTH);
        for (const { name, text, context, links } of [...lines, ...(totals ? [totals] : [])]) {
          for (const shown of [title, name, text, context]) {
            expect(shown).not.toMatch(ACTING);
            expect(shown).not.toMatch(/:\/\/|\bwww\./iu);
          }
          expect(name).not.toMatch(/[→➜🔴🟢🟡⚫⚪📋⚠✅]|\s·\s/u);
          for (const { url } of links) expect(url).toMatch(/^https:\/\/[^\s()<>[\]|*`]+$/u);
        }
      }),
    );
  });

  it('a long name ends before the cluster that has no room', () => {
    const clusters = ['🇨🇳', '👍🏽', 'e\u0323\u0302\u0301', '各'];
    for (const cluster of clusters) {
      const [line] = ofChanges(aChange({ name: cluster.repeat(80) })).lines;
      const { title } = ofChanges(aChange({ name: cluster.repeat(80) }));

      for (const text of [line?.name ?? '', title.split(' ')[1] ?? '']) {
        const kept = text.slice(0, -1);
        expect(text).toMatch(/…$/u);
        expect(kept).toBe(
          cluster.normalize('NFC').repeat(kept.length / cluster.normalize('NFC').length),
        );
      }
    }
  });

  it('a hundred thousand changes are folded, counted and named in one go', () => {
    const commits = Array.from({ length: 100 }, (_, index) =>
      aCommit({ scope: `main/cn-${index}`, changes: manyChanges(1_000) }),
    );

    const { title, lines, totals } = digest(commits);

    expect(title).toMatch(/^🔴 100,000 stopped: i-/u);
    expect(lines).toHaveLength(10);
    expect(totals?.text).toBe('… and 99,990 more. In all: 100,000 stopped.');
  });
});

// Controls, formats, halves of characters, ends of lines.
const ACTING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const A_DAY_BEFORE_MS = NOW_MS - DAY_MS;
const languages = fc.constantFrom(WORDING, ZH);
const someChange = fc
  .tuple(fc.integer({ min: 0, max: 9 }), status, fc.option(status, { nil: null }))
  .map(([number, from, to]) => aChange({ instanceId: `i-${number}`, from, to }));
const commitsOfSeveralScopes: fc.Arbitrary<readonly Commit[]> = fc.array(
  fc
    .record({
      scope: fc.constantFrom('main/cn-hangzhou', 'main/cn-shanghai'),
      changes: fc.array(someChange, { maxLength: 9 }),
      isNotice: fc.boolean(),
      previousAtMs: fc.constantFrom(NOW_MS - MINUTE_MS, A_DAY_BEFORE_MS),
    })
    .map(({ isNotice, ...parts }) =>
      isNotice
        ? aCommit({ ...parts, notice: { kind: 'suspicion-lifted', missing: 2 } })
        : aCommit(parts),
    ),
  { minLength: 1, maxLength: 8 },
);
const hostileText = fc.oneof(
  fc.constantFrom(
    ...HOSTILE_NAMES,
    '🇨🇳'.repeat(40),
    '👩‍👩‍👧‍👦'.repeat(30),
    `e${'\u0301'.repeat(300)}`,
  ),
  fc.string({ unit: 'binary', maxLength: 90 }),
  fc.string({ unit: 'grapheme', maxLength: 90 }),
);
const hostileChange = fc
  .record({
    number: fc.integer({ min: 0, max: 30 }),
    name: hostileText,
    to: fc.oneof(fc.constantFrom('Stopped', 'Running', null), hostileText),
    tags: fc.dictionary(fc.constantFrom('env', 'Owner', 'team', 'x'), hostileText),
    publicIps: fc.array(hostileText, { maxLength: 3 }),
    zoneId: hostileText,
    note: hostileText,
  })
  .map(({ number, note, ...parts }) => {
    return aChange({ instanceId: `i-${number}`, note: aNote(note, { by: note }), ...parts });
  });
const hostileReport = hostileText.map((name) => {
  const one = { scope: 'main/cn-hangzhou', instanceId: 'i-1', name, sinceMs: 1, changes: 9 };
  return { kind: 'report', ...aReport({ longest: [one], most: [one] }), failing: {} } as const;
});
const hostileCommits = fc
  .tuple(fc.array(hostileChange, { minLength: 1, maxLength: 20 }), hostileReport)
  .map(([changes, notice]) => [aCommit({ changes }), aCommit({ scope: 'watcher', notice })]);

it('a status is worded in the language where it has a word, and else as ECS spells it', () => {
  const { words } = phrasingOf(ZH, NOW_MS);

  expect([null, 'Running', 'Hibernated', 'toString'].map((one) => statusIn(words, one))).toEqual([
    '已释放',
    '运行中',
    'Hibernated',
    'toString',
  ]);
});
