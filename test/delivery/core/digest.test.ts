import fc from 'fast-check';
import type { Change, Commit, Notice } from '../../../shared/core/model.ts';
import { noticeText } from '../../../shared/core/notice-text.ts';
import { digestOf, fitLines } from '../../../shared/delivery/core/digest.ts';
import { status } from '../../helpers/arbitraries.ts';
import {
  aChange,
  aCommit,
  aMessage,
  MINUTE_MS,
  manyChanges,
  NOW_MS,
  SCOPE,
} from '../../helpers/examples.ts';

const SINCE_MS = Date.UTC(2026, 10, 22, 9, 58, 3);

describe('a message in words', () => {
  it('names the only instance in its title, with what happened to it, where and when', () => {
    const commit = aCommit({ changes: [aChange({ name: 'web-1' })] });

    expect(digestOf(aMessage([commit]))).toEqual({
      title: `ECS ${SCOPE.key}: web-1 Running → Stopped`,
      lines: [
        {
          symbol: '🔴',
          name: 'web-1',
          text: 'Running → Stopped',
          context: `i-bp1 · ${SCOPE.key} · 10:04:00–10:05:01 UTC`,
        },
      ],
    });
  });

  it('shows the id of an instance that has no name', () => {
    const nameless = [aChange(), aChange({ instanceId: 'i-bp2', name: ' \u200b ' })];

    const { lines } = digestOf(aMessage([aCommit({ changes: nameless })]));

    expect(lines.map(({ name }) => name)).toEqual(['i-bp1', 'i-bp2']);
    expect(lines[0]?.context).toBe(`${SCOPE.key} · 10:04:00–10:05:01 UTC`);
  });

  it('puts all moves of an instance in one line, with the window over all of them', () => {
    const commits = [
      aCommit({ seq: 12, changes: [aChange({ to: 'Stopping' })] }),
      aCommit({
        seq: 13,
        previousAtMs: NOW_MS,
        atMs: NOW_MS + MINUTE_MS,
        changes: [aChange({ from: 'Stopping', to: 'Stopped', name: 'web-1' })],
      }),
      aCommit({
        seq: 14,
        previousAtMs: NOW_MS + MINUTE_MS,
        atMs: NOW_MS + 2 * MINUTE_MS,
        changes: [aChange({ from: 'Stopped', to: null, name: 'web-1' })],
      }),
    ];

    expect(digestOf(aMessage(commits)).lines).toEqual([
      {
        symbol: '⚫',
        name: 'web-1',
        text: 'Running → Stopping → Stopped → released',
        context: `i-bp1 · ${SCOPE.key} · 10:04:00–10:07:01 UTC`,
      },
    ]);
  });

  it('says of an instance that is back that its release was false', () => {
    const back = aChange({
      from: null,
      to: 'Running',
      name: 'web-1',
      returned: true,
      fromSinceMs: NOW_MS - MINUTE_MS,
    });
    const note = 'back: it was reported released at 10:04 UTC, but ECS had not shown it';

    expect(digestOf(aMessage([aCommit({ changes: [back] })]))).toMatchObject({
      title: `ECS ${SCOPE.key}: web-1 released → Running, ${note}`,
      lines: [{ symbol: '🟢', name: 'web-1', text: `released → Running, ${note}` }],
    });
    const both = [
      aCommit({ changes: [aChange({ to: null })] }),
      aCommit({ seq: 13, changes: [back, { ...back, instanceId: 'i-bp2' }] }),
    ];
    expect(digestOf(aMessage(both))).toMatchObject({
      title: `ECS ${SCOPE.key}: 2 back`,
      lines: [{ text: `Running → released → Running, ${note}` }, {}],
    });
  });

  it('calls an instance that was created long before the last scan by its date, and not new', () => {
    const change = aChange({ from: null, to: 'Running', created: '2026-03-01T08:00Z' });

    expect(digestOf(aMessage([aCommit({ changes: [change] })])).lines[0]?.text).toBe(
      'appeared → Running, created 2026-03-01',
    );
  });

  it.each([
    [true, 'Running for 3 days'],
    [false, 'Running for at least 3 days'],
  ])('says how long the state before was held, where its beginning was seen: %s', (known, held) => {
    const fromSinceMs = NOW_MS - 3 * 24 * 60 * MINUTE_MS;
    const moves = [
      aChange({ to: 'Stopping', fromSinceMs, fromSinceKnown: known }),
      aChange({ from: 'Stopping', to: 'Stopped', fromSinceMs: NOW_MS, fromSinceKnown: true }),
    ];
    const commits = moves.map((move, index) => aCommit({ seq: 12 + index, changes: [move] }));

    expect(digestOf(aMessage(commits)).lines[0]?.context).toBe(
      `${SCOPE.key} · 10:04:00–10:05:01 UTC · ${held}`,
    );
  });

  describe('after a pause', () => {
    const HOURS_MS = 60 * MINUTE_MS;
    const pause = { previousAtMs: NOW_MS - 7 * HOURS_MS };
    const heading = 'Not watching from 03:05 to 10:05 UTC; this is what differs now.';

    it('puts what differs under one line, apart from what happened since', () => {
      const commits = [
        aCommit({ ...pause, changes: manyChanges(2) }),
        aCommit({
          scope: 'main/cn-shanghai',
          previousAtMs: pause.previousAtMs + 9_000,
          changes: [aChange({ to: null })],
        }),
        aCommit({ seq: 13, changes: [aChange({ instanceId: 'i-later' })] }),
      ];

      const { title, lines } = digestOf(aMessage(commits));

      expect(title).toBe(
        'ECS 2 scopes: not watching from 03:05 to 10:05 UTC; 3 Stopped, 1 released',
      );
      expect(lines.map(({ name, text }) => name || text)).toEqual([
        heading,
        ...manyChanges(2).map(({ instanceId }) => instanceId),
        'i-bp1',
        'i-later',
      ]);
      expect(lines[0]).toMatchObject({ symbol: '⚠️', context: '2 scopes' });
      expect(lines[3]?.context).toBe('main/cn-shanghai · between 03:05 and 10:05 UTC');
      expect(lines[4]?.context).toBe(`${SCOPE.key} · 10:04:00–10:05:01 UTC`);
    });

    it('shows no path of one instance twice, where it moved in the pause and after it', () => {
      const commits = [
        aCommit({ ...pause, changes: [aChange({ to: 'Stopping' })] }),
        aCommit({ seq: 13, changes: [aChange({ from: 'Stopping' })] }),
      ];

      expect(digestOf(aMessage(commits)).lines.map(({ text }) => text)).toEqual([
        heading,
        'Running → Stopping → Stopped',
      ]);
    });

    it('does not say on top that ticks are recorded again, unless that is another pause', () => {
      const change = aCommit({ ...pause, changes: [aChange()] });
      const resumed = (sinceMs: number) =>
        aCommit({ scope: 'watcher', notice: { kind: 'ticks-resumed', sinceMs, untilMs: NOW_MS } });
      const textsOf = (...commits: readonly Commit[]) =>
        digestOf(aMessage(commits)).lines.map(({ text }) => text);

      expect(textsOf(change, resumed(pause.previousAtMs + 5_000))).toEqual([
        heading,
        'Running → Stopped',
      ]);
      expect(textsOf(change, resumed(NOW_MS - HOURS_MS))).toHaveLength(3);
      expect(textsOf(resumed(pause.previousAtMs))).toHaveLength(1);
    });

    it('gives each of two pauses its own line', () => {
      const other = { previousAtMs: NOW_MS - 3 * HOURS_MS, scope: 'main/cn-shanghai' };
      const commits = [pause, other].map((parts) => aCommit({ ...parts, changes: [aChange()] }));

      const { title, lines } = digestOf(aMessage(commits));

      expect(title).toBe('ECS 2 scopes: not watching all the time; 2 Stopped');
      expect(lines.map(({ text, context }) => (text.startsWith('Not') ? context : ''))).toEqual([
        SCOPE.key,
        '',
        'main/cn-shanghai',
        '',
      ]);
    });

    it.each([
      ['until it, at least', NOW_MS - 10 * HOURS_MS, 'Running for at least 3 hours'],
      ['not at all, where it may have ended at once', pause.previousAtMs + 1_000, undefined],
    ])('says how long a state was held: %s', (_what, fromSinceMs, held) => {
      const change = aChange({ fromSinceMs, fromSinceKnown: true });

      const [, line] = digestOf(aMessage([aCommit({ ...pause, changes: [change] })])).lines;

      expect(line?.context.split(' · ')[2]).toBe(held);
    });
  });

  it('keeps both ends of a long path and counts what lies between', () => {
    const flapping = ['Stopped', 'Starting', 'Running', 'Stopping', 'Stopped', 'Starting'];
    const commits = flapping.map((to, index) =>
      aCommit({
        seq: 12 + index,
        changes: [aChange({ from: flapping[index - 1] ?? 'Running', to })],
      }),
    );

    expect(digestOf(aMessage(commits)).lines[0]?.text).toBe(
      'Running → … 4 more … → Stopped → Starting',
    );
    expect(digestOf(aMessage(commits.slice(0, 5))).lines[0]?.text).toBe(
      'Running → Stopped → Starting → Running → Stopping → Stopped',
    );
  });

  it.each([
    { to: 'Running', symbol: '🟢' },
    { to: 'Stopped', symbol: '🔴' },
    { to: 'Pending', symbol: '🟡' },
    { to: 'Starting', symbol: '🟡' },
    { to: 'Stopping', symbol: '🟡' },
    { to: 'Hibernated', symbol: '⚪' },
    { to: null, symbol: '⚫' },
  ])('marks a move to $to with $symbol', ({ to, symbol }) => {
    const commit = aCommit({ changes: [aChange({ from: 'Unknown', to })] });

    expect(digestOf(aMessage([commit])).lines[0]?.symbol).toBe(symbol);
  });

  it.each(['constructor', '__proto__', 'toString', '\ud800'])(
    'shows the status %j of a later ECS as any other that it does not know',
    (to) => {
      const { lines } = digestOf(aMessage([aCommit({ changes: [aChange({ to })] })]));

      expect(lines).toMatchObject([{ symbol: '⚪' }]);
    },
  );

  it('counts in its title how many instances ended where, over all scopes', () => {
    const commits = [
      aCommit({ changes: manyChanges(3) }),
      aCommit({
        scope: 'main/cn-shanghai',
        changes: [
          aChange({ to: null }),
          aChange({ instanceId: 'i-bp2', from: null, to: 'Pending' }),
        ],
      }),
    ];

    expect(digestOf(aMessage(commits)).title).toBe(
      'ECS 2 scopes: 3 Stopped, 1 released, 1 Pending',
    );
  });

  it('says that it may be a repeat', () => {
    const commit = aCommit({ changes: [aChange({ name: 'web-1' })] });

    expect(digestOf(aMessage([commit], { isRepeat: true })).title).toBe(
      `(possible repeat) ECS ${SCOPE.key}: web-1 Running → Stopped`,
    );
  });

  it('gives a baseline as a number, not as thousands of instances that appeared', () => {
    const notice: Notice = { kind: 'baseline', instances: 5_000, last: true };

    const { title, lines } = digestOf(
      aMessage([aCommit({ changes: manyChanges(50), notice, previousAtMs: null })]),
    );

    expect(title).toBe(`ECS ${SCOPE.key}: now watched`);
    expect(lines).toEqual([
      {
        symbol: '📋',
        name: '',
        text: 'Watching 5,000 instances from now on. Changes will be posted here.',
        context: `${SCOPE.key} · 10:05:01 UTC`,
      },
    ]);
  });

  it('gives the baselines of many regions as one line, before all other news', () => {
    const scopes = ['a', 'b', 'c', 'd', 'e'].map((letter) => `main/cn-${letter}`);
    const baselines = scopes.map((scope, index) => {
      const notice: Notice = { kind: 'baseline', instances: 400 * index, last: true };
      return aCommit({ scope, atMs: NOW_MS + index * 1_000, notice, previousAtMs: null });
    });
    const failing: Notice = { kind: 'scans-failing', failures: 3, sinceMs: SINCE_MS, reason: 'no' };

    const { title, lines } = digestOf(
      aMessage([aCommit({ changes: [aChange()] }), aCommit({ notice: failing }), ...baselines]),
    );

    expect(title).toContain('ECS 6 scopes: scans are failing; now watched; ');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toEqual({
      symbol: '📋',
      name: '',
      text: 'Watching 4,000 instances in 5 regions from now on. Changes will be posted here.',
      context: 'main/cn-a, main/cn-b, main/cn-c and 2 more · 10:05:05 UTC',
    });
  });

  it('does not hide a baseline after damage behind others', () => {
    const since: Notice = { kind: 'baseline', instances: 3, last: true, since: 7 };
    const other: Notice = { kind: 'baseline', instances: 4, last: true };

    const { lines } = digestOf(
      aMessage([aCommit({ notice: since }), aCommit({ scope: 'main/x', notice: other })]),
    );

    expect(lines.map(({ text }) => text)).toEqual([
      expect.stringContaining('was damaged'),
      expect.stringContaining('Watching 4 instances from now on'),
    ]);
  });

  it('leaves no character of a hostile name that acts', () => {
    const name = 'web\n- 🔴 **db** Stopped\u202e';
    const to = 'Stop\nped';

    const { title, lines } = digestOf(aMessage([aCommit({ changes: [aChange({ name, to })] })]));

    for (const text of [title, ...lines.flatMap((line) => Object.values(line))]) {
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });

  it('accounts for every instance and every notice, one line each', () => {
    fc.assert(
      fc.property(commitsOfSeveralScopes, (commits) => {
        const { title, lines } = digestOf(aMessage(commits));

        const notices = commits.filter(({ notice }) => notice !== undefined);
        const instances = new Map<string, Change[]>();
        for (const { scope, changes, notice } of commits) {
          if (notice !== undefined) continue;
          for (const change of changes) {
            const key = `${scope} ${change.instanceId}`;
            instances.set(key, [...(instances.get(key) ?? []), change]);
          }
        }
        const headings = lines.filter(({ text }) => text.startsWith('Not watching'));
        const isPaused = commits.some(
          ({ previousAtMs, changes, notice }) =>
            previousAtMs === A_DAY_BEFORE_MS && changes.length > 0 && notice === undefined,
        );
        expect(headings).toHaveLength(isPaused ? 1 : 0);
        expect(lines).toHaveLength(notices.length + headings.length + instances.size);
        const stories = lines.slice(notices.length).filter((line) => !headings.includes(line));
        expect(stories.map(({ name }) => name).toSorted()).toEqual(
          [...instances.keys()].map((key) => key.split(' ')[1]).toSorted(),
        );
        if (instances.size > 1) expect(sumOf(title)).toBe(instances.size);
      }),
    );
  });
});

describe('what a notice says', () => {
  it.each<[Notice, string]>([
    [
      { kind: 'baseline', instances: 1, last: true },
      '📋 Watching 1 instance from now on. Changes will be posted here.',
    ],
    [
      { kind: 'suspicious-scan', missing: 60, known: 100 },
      '⚠️ 60 of 100 instances vanished at once. They are not reported as released until several ' +
        'scans agree: a lost permission looks the same.',
    ],
    [{ kind: 'suspicion-lifted', missing: 60 }, '📋 The 60 instances that vanished are back.'],
    [
      { kind: 'scans-failing', failures: 3, sinceMs: SINCE_MS, reason: 'Forbidden.RAM:\nno' },
      '⚠️ 3 scans in a row failed since 09:58:03 UTC (Forbidden.RAM: no). Changes are not seen ' +
        'until this is fixed.',
    ],
    [
      { kind: 'scans-recovered', failures: 4, sinceMs: SINCE_MS },
      '📋 Scans work again after 4 failures since 09:58:03 UTC.',
    ],
  ])('of kind $kind', (notice, sentence) => {
    expect(noticeText(notice).join(' ')).toBe(sentence);
  });

  it('keeps a long reason short', () => {
    const reason = 'why '.repeat(1_000);

    const [, text] = noticeText({ kind: 'scans-failing', failures: 3, sinceMs: 0, reason });

    expect(text.length).toBeLessThan(250);
  });
});

describe('fitting lines into a message', () => {
  it('leaves all lines as they are when there is room', () => {
    expect(fitLines(['one', 'two'], 100, Buffer.byteLength)).toEqual(['one', 'two']);
    expect(fitLines([], 100, Buffer.byteLength)).toEqual([]);
  });

  it('counts what does not fit in a last line', () => {
    const lines = Array.from({ length: 10 }, (_, index) => `line number ${index}`);

    expect(fitLines(lines, 45, Buffer.byteLength)).toEqual([
      'line number 0',
      'line number 1',
      '… and 8 more',
    ]);
  });

  it('is never larger than allowed, in the unit of the receiver, and never silent about the rest', () => {
    const lines = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), {
      maxLength: 60,
    });
    const units = fc.constantFrom(Buffer.byteLength, (text: string) => text.length);
    fc.assert(
      fc.property(lines, fc.integer({ min: 30, max: 2_000 }), units, (all, maxSize, sizeOf) => {
        const fitting = fitLines(all, maxSize, sizeOf);

        expect(sizeOf(fitting.join('\n'))).toBeLessThanOrEqual(maxSize);
        const isCut = fitting.length !== all.length || fitting.at(-1) !== all.at(-1);
        const shown = isCut ? fitting.slice(0, -1) : fitting;
        expect(shown).toEqual(all.slice(0, shown.length));
        if (isCut) expect(fitting.at(-1)).toBe(`… and ${all.length - shown.length} more`);
      }),
    );
  });
});

const A_DAY_BEFORE_MS = NOW_MS - 24 * 60 * MINUTE_MS;
const someChange = fc
  .tuple(fc.integer({ min: 0, max: 9 }), status, fc.option(status, { nil: null }))
  .map(([number, from, to]) => aChange({ instanceId: `i-${number}`, from, to }));
const commitsOfSeveralScopes: fc.Arbitrary<readonly Commit[]> = fc.array(
  fc
    .record({
      scope: fc.constantFrom('main/cn-hangzhou', 'main/cn-shanghai'),
      changes: fc.array(someChange, { maxLength: 5 }),
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

/** `ECS 2 scopes: 3 Stopped, 1 released` counts four. */
function sumOf(title: string): number {
  const tally = title.replace(/^[^:]*:/u, '').replace(/not watching[^;]*;/u, '');
  const counts = [...tally.matchAll(/(\d+) /gu)];
  return counts.reduce((sum, [, number]) => sum + Number(number), 0);
}
