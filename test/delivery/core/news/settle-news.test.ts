import fc from 'fast-check';
import type { HeldNews } from '../../../../shared/core/channel-state.ts';
import type { Standing } from '../../../../shared/core/message.ts';
import type { Change, Commit } from '../../../../shared/core/model.ts';
import { SETTLING, type Settling } from '../../../../shared/core/settling.ts';
import {
  NOTHING_FRESH,
  nextDueMs,
  settleNews,
} from '../../../../shared/delivery/core/news/settle-news.ts';
import { aChange, aCommit, MINUTE_MS, NOW_MS, SCOPE } from '../../../helpers/examples.ts';

/** What a chat was shown: one line a message. */
interface Reader {
  readonly messages: Sent[];
  held: readonly HeldNews[];
}

interface Sent {
  readonly minute: number;
  readonly commits: readonly Commit[];
  readonly standings: readonly Standing[];
}

/** Ticks of one minute each; `changes`: minute → what its tick commits. */
function play(
  changes: Readonly<Record<number, readonly Change[]>>,
  minutes: number,
  settling: Settling = SETTLING,
): Reader {
  const reader: Reader = { messages: [], held: [] };
  for (let minute = 0; minute <= minutes; minute += 1) {
    const nowMs = NOW_MS + minute * MINUTE_MS;
    const committed = changes[minute] ?? [];
    const pending =
      committed.length === 0
        ? []
        : [aCommit({ seq: minute + 1, atMs: nowMs, previousAtMs: nowMs, changes: committed })];
    const time = { nowMs, calmNotBeforeMs: 0 };
    const { commits, standings, held } = settleNews(
      reader.held,
      { commits: pending, elsewhere: [] },
      settling,
      time,
    );
    reader.held = held;
    if (commits.length > 0) reader.messages.push({ minute, commits, standings });
  }
  return reader;
}

function moves({ commits }: Sent): readonly (string | null)[] {
  return commits.flatMap(({ changes }) => changes.map(({ to }) => to));
}

function to(status: string | null, instanceId = 'i-bp1'): Change {
  return aChange({ instanceId, to: status });
}

function shown({ messages }: Reader): readonly (readonly [number, ...(string | null)[]])[] {
  return messages.map((message) => [message.minute, ...moves(message)] as const);
}

describe('the news of an instance', () => {
  it('is one message when it stops, once it is stopped', () => {
    expect(shown(play({ 0: [to('Stopping')], 2: [to('Stopped')] }, 20))).toEqual([
      [2, 'Stopping', 'Stopped'],
    ]);
  });

  it('is one message when it starts, ten minutes after it began', () => {
    const starting = { 0: [to('Pending')], 1: [to('Starting')], 2: [to('Running')] };

    expect(shown(play(starting, 30))).toEqual([[10, 'Pending', 'Starting', 'Running']]);
  });

  it('goes along with the next message when it is good', () => {
    const reader = play({ 0: [to('Running')], 3: [to('Stopped', 'i-bp2')] }, 30);

    expect(shown(reader)).toEqual([[3, 'Running', 'Stopped']]);
  });

  it('is that it does not leave a transitory state for five minutes, and then the end of it', () => {
    const reader = play({ 0: [to('Stopping')], 9: [to('Stopped')] }, 30);

    expect(shown(reader)).toEqual([
      [5, 'Stopping'],
      [9, 'Stopped'],
    ]);
    expect(reader.messages[0]?.standings).toEqual([
      {
        scope: SCOPE.key,
        instanceId: 'i-bp1',
        what: { kind: 'lasting', forMs: 5 * MINUTE_MS },
      },
    ]);
  });

  it('is held back as long as bad news has to last', () => {
    const patient = { ...SETTLING, badMs: 3 * MINUTE_MS };

    expect(shown(play({ 0: [to('Stopped')] }, 30, patient))).toEqual([[3, 'Stopped']]);
    expect(shown(play({ 0: [to('Stopped')], 2: [to('Running')] }, 30, patient))).toEqual([
      [10, 'Stopped', 'Running'],
    ]);
  });

  it('is sent early, and whole, where too much would be held back', () => {
    const tight = { ...SETTLING, maxInstances: 2 };
    const three = ['i-bp1', 'i-bp2', 'i-bp3'].map((id) => to('Running', id));

    expect(shown(play({ 0: three.slice(0, 2), 1: three.slice(2) }, 30, tight))).toEqual([
      [1, 'Running', 'Running', 'Running'],
    ]);
  });

  it('does not wait for a time that no working clock has written', () => {
    const time = { nowMs: NOW_MS, calmNotBeforeMs: 0 };
    const ahead = aCommit({ atMs: NOW_MS + 60 * MINUTE_MS, changes: [to('Running')] });

    expect(settleNews([], { commits: [ahead], elsewhere: [] }, SETTLING, time).commits).toEqual([
      ahead,
    ]);
  });

  it('does not wait for a clock that was ahead, whose commit it follows', () => {
    const atMs = NOW_MS + 25_000;
    const ahead = aCommit({ seq: 2, atMs, previousAtMs: NOW_MS, changes: [to('Stopped')] });

    const { commits } = settleNews([], { commits: [ahead], elsewhere: [] }, SETTLING, {
      nowMs: NOW_MS,
      calmNotBeforeMs: 0,
    });

    expect(commits).toHaveLength(1);
  });

  it('is planned again as it was, as of the same time', () => {
    const pending = [aCommit({ changes: [to('Running'), to('Starting', 'i-bp2')] })];
    const time = { nowMs: NOW_MS + 10 * MINUTE_MS, calmNotBeforeMs: 0 };
    const first = settleNews([], { commits: pending, elsewhere: [] }, SETTLING, time);

    expect(
      settleNews(
        [],
        { commits: pending, elsewhere: [] },
        SETTLING,
        { ...time, calmNotBeforeMs: 1e15 },
        'ripe',
      ),
    ).toEqual(first);
  });
});

describe('an instance that flaps', () => {
  const flapping = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [
      2 * index,
      [to(index % 2 === 0 ? 'Stopped' : 'Running')],
    ]),
  );

  it('is announced when it begins and when it is over, with the number of its changes', () => {
    const { messages, held } = play(flapping, 120);
    const standings = messages.flatMap((message) =>
      message.standings.map(({ what }) => ({ minute: message.minute, ...what })),
    );

    expect(standings).toEqual([
      { minute: 8, kind: 'flapping', flips: 5, sinceMs: NOW_MS },
      { minute: 38 + 15, kind: 'settled', flips: 20, sinceMs: NOW_MS },
    ]);
    expect(messages.filter(({ minute }) => minute > 8)).toHaveLength(1);
    expect(moves(messages.at(-1) as Sent)).toEqual(['Running']);
    expect(held).toEqual([]);
  });

  it('is said to be quiet again although the channel is not sent how its last state ended', () => {
    const { held } = play({ ...flapping, 39: [to('Starting')] }, 40);
    const elsewhere = [{ scope: 'main/cn-hangzhou', seq: 42, instanceId: 'i-bp1' }];
    const at = (minute: number) => ({ nowMs: NOW_MS + minute * MINUTE_MS, calmNotBeforeMs: 0 });

    const after = settleNews(held, { commits: [], elsewhere }, SETTLING, at(41));
    const end = settleNews(after.held, NOTHING_FRESH, SETTLING, at(120));

    expect(after.commits).toEqual([]);
    expect(end.standings).toMatchObject([{ what: { kind: 'settled', flips: 20 } }]);
  });

  it('is not called quiet where too much would be held back', () => {
    const many = Array.from({ length: 201 }, (_, index) => to('Starting', `i-${index}`));
    const { messages } = play({ ...flapping, 12: [to('Stopped'), ...many] }, 14);
    const standing = messages
      .filter(({ minute }) => minute === 12)
      .flatMap(({ standings }) => standings);

    expect(standing).toMatchObject([
      { instanceId: 'i-bp1', what: { kind: 'counted', flips: 7, sinceMs: NOW_MS } },
    ]);
  });

  it('is said to be stuck, and not quiet, when it does not leave a transitory state', () => {
    const { messages, held } = play({ ...flapping, 39: [to('Starting')] }, 120);
    const standings = messages
      .filter(({ minute }) => minute > 8)
      .map(({ minute, standings: [one] }) => ({ minute, kind: one?.what.kind }));

    expect(standings).toEqual([{ minute: 44, kind: 'lasting' }]);
    expect(held).toEqual([]);
  });

  it('is news at once when a release was false, whatever follows', () => {
    const back = { ...to('Running'), from: null, returned: true as const };
    const { messages } = play({ ...flapping, 39: [back] }, 42);

    expect(messages.at(-1)).toMatchObject({
      minute: 39,
      commits: [{ changes: [{ returned: true }] }],
      standings: [{ what: { kind: 'counted' } }],
    });
  });

  it.each([
    ['ahead by 20 minutes', 20 * MINUTE_MS],
    ['ahead by ten hours', 600 * MINUTE_MS],
  ])('is announced once, although a clock was %s', (_which, aheadMs) => {
    let held: readonly HeldNews[] = [];
    let announced = 0;
    for (let minute = 0; minute < 12; minute += 1) {
      const nowMs = NOW_MS + minute * MINUTE_MS;
      const change = to(minute % 2 === 0 ? 'Stopped' : 'Running');
      const atMs = minute === 4 ? nowMs + aheadMs : nowMs;
      const commits = minute < 5 ? [aCommit({ seq: minute + 1, atMs, changes: [change] })] : [];
      const time = { nowMs, calmNotBeforeMs: 0 };
      const news = settleNews(held, { commits, elsewhere: [] }, SETTLING, time);
      held = news.held;
      announced += news.standings.length;
    }

    expect(announced).toBe(1);
  });

  it('is news at once when it is released', () => {
    const { messages } = play({ ...flapping, 39: [to(null)] }, 120);

    expect(messages.at(-1)).toMatchObject({ minute: 39, standings: [{ what: { flips: 21 } }] });
  });

  it('is mentioned once a day while it goes on', () => {
    const forDays = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [
        5 * index,
        [to(index % 2 === 0 ? 'Stopped' : 'Running')],
      ]),
    );
    const { messages } = play(forDays, 5_100);
    const kinds = messages.flatMap(({ standings }) => standings.map(({ what }) => what.kind));

    expect(kinds).toEqual(['flapping', 'flapping', 'flapping', 'flapping', 'settled']);
  });
});

const STATUSES = ['Pending', 'Starting', 'Running', 'Stopping', 'Stopped', 'Hibernated', null];

const minutes = fc.array(
  fc.array(fc.tuple(fc.constantFrom('i-bp1', 'i-bp2', 'i-bp3'), fc.constantFrom(...STATUSES)), {
    maxLength: 2,
  }),
  { maxLength: 60 },
);

const anySettling: fc.Arbitrary<Settling> = fc.record({
  badMs: fc.constantFrom(0, 2 * MINUTE_MS, 20 * MINUTE_MS),
  goodMs: fc.constantFrom(0, 10 * MINUTE_MS, 30 * MINUTE_MS),
  flaps: fc.record({
    count: fc.integer({ min: 2, max: 6 }),
    withinMs: fc.constantFrom(5 * MINUTE_MS, 30 * MINUTE_MS),
  }),
  maxInstances: fc.integer({ min: 1, max: 4 }),
});

describe('whatever happens', () => {
  it('what is shown last of an instance is what the journal says of it', () => {
    fc.assert(
      fc.property(minutes, anySettling, (script, settling) => {
        const changes = scriptOf(script);
        const { messages, held } = play(changes, script.length + 2 * 60, settling);
        const last = new Map(
          Object.values(changes).flatMap((all) => all.map((one) => [one.instanceId, one.to])),
        );
        const lastShown = new Map(
          messages
            .flatMap(({ commits }) => commits)
            .flatMap((commit) => commit.changes.map((one) => [one.instanceId, one.to] as const)),
        );

        expect([...lastShown].sort()).toEqual([...last].sort());
        expect(held).toEqual([]);
      }),
    );
  });

  it('every change is shown once and in order, or counted while the instance flaps', () => {
    fc.assert(
      fc.property(minutes, anySettling, (script, settling) => {
        const changes = scriptOf(script);
        const { messages } = play(changes, script.length + 2 * 60, settling);
        for (const id of ['i-bp1', 'i-bp2', 'i-bp3']) {
          const all = Object.entries(changes).flatMap(([minute, list]) =>
            list.some(({ instanceId }) => instanceId === id) ? [Number(minute) + 1] : [],
          );
          let isFlapping = false;
          let shownUntil = 0;
          for (const { commits, standings } of messages) {
            const kind = standings.find(({ instanceId }) => instanceId === id)?.what.kind;
            const seqs = commits
              .filter((commit) => commit.changes.some(({ instanceId }) => instanceId === id))
              .map(({ seq }) => seq);
            const last = seqs.at(-1);
            if (last === undefined) continue;
            if (isFlapping) expect(['flapping', 'settled', 'counted', 'lasting']).toContain(kind);
            else expect(seqs).toEqual(all.filter((seq) => seq > shownUntil && seq <= last));
            expect(last).toBeGreaterThanOrEqual(shownUntil);
            shownUntil = last;
            isFlapping = kind === 'flapping';
          }
        }
      }),
    );
  });

  it('nothing waits longer than the longest time that it may, and what waits has a time', () => {
    fc.assert(
      fc.property(minutes, anySettling, (script, settling) => {
        const { held } = play(scriptOf(script), script.length, settling);
        const nowMs = NOW_MS + script.length * MINUTE_MS;
        const dueMs = nextDueMs(held, settling, { nowMs, calmNotBeforeMs: 0 });

        expect(dueMs).toBeGreaterThan(nowMs);
        expect(held.filter(({ changes }) => changes.length > 0).length).toBeLessThanOrEqual(
          settling.maxInstances,
        );
        if (held.some(({ changes }) => changes.length > 0)) expect(dueMs).toBeLessThan(Infinity);
      }),
    );
  });
});

/** An instance changes at most once in a commit, as a scan sees it. */
function scriptOf(
  script: readonly (readonly (readonly [string, string | null])[])[],
): Readonly<Record<number, readonly Change[]>> {
  return Object.fromEntries(
    script.map((list, minute) => [
      minute,
      [...new Map(list)].map(([id, status]) => to(status, id)),
    ]),
  );
}
