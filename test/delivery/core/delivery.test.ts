import { backlog, type ChannelState, NEW_CHANNEL } from '../../../shared/core/channel-state.ts';
import type { Outcome } from '../../../shared/core/message.ts';
import type { Commit } from '../../../shared/core/model.ts';
import {
  CLAIM_MS,
  claimMessage,
  dropScopes,
  type Manner,
  type Plan,
  plan,
  registerScopes,
  scopesAhead,
  settle,
  skipTo,
} from '../../../shared/delivery/core/delivery.ts';
import { aChange, aCommit, MINUTE_MS, manyChanges, NOW_MS } from '../../helpers/examples.ts';

const CHAT: Manner = { style: 'digest', messagesPerMinute: 18 };
const ENDPOINT: Manner = { style: 'commits', messagesPerMinute: Number.POSITIVE_INFINITY };
const HANGZHOU = 'main/cn-hangzhou';
const SHANGHAI = 'main/cn-shanghai';

describe('a channel that joins', () => {
  it('is told what is committed from now on', () => {
    const state = registerScopes(undefined, new Map([[HANGZHOU, 11]]), 'tick-1');

    expect(state).toMatchObject({
      version: 1,
      tickId: 'tick-1',
      cursor: { [HANGZHOU]: { seq: 11, part: 0 } },
    });
  });

  it('keeps its place in the scopes that it knows when it meets a new one', () => {
    const state = aState({ cursor: { [HANGZHOU]: { seq: 11, part: 2 } } });

    const met = registerScopes(
      state,
      new Map([
        [HANGZHOU, 20],
        [SHANGHAI, 7],
      ]),
      'tick-2',
    );

    expect(met).toEqual({
      ...state,
      version: state.version + 1,
      tickId: 'tick-2',
      cursor: { [HANGZHOU]: { seq: 11, part: 2 }, [SHANGHAI]: { seq: 7, part: 0 } },
    });
  });

  it('is set back to the end of a journal that was cut short, in doubt of nothing there', () => {
    const state = aState({
      cursor: { [HANGZHOU]: { seq: 11, part: 0 }, [SHANGHAI]: { seq: 7, part: 0 } },
      claim: {
        to: { [HANGZHOU]: { seq: 12, part: 0 }, [SHANGHAI]: { seq: 8, part: 0 } },
        tickId: 'tick-1',
        untilMs: 0,
      },
    });
    const lastSeqs = new Map([
      [HANGZHOU, 3],
      [SHANGHAI, 9],
    ]);

    const ahead = scopesAhead(state, lastSeqs);

    expect(ahead).toEqual([HANGZHOU]);
    expect(registerScopes(dropScopes(state, ahead), lastSeqs, 'tick-2')).toMatchObject({
      cursor: { [HANGZHOU]: { seq: 3, part: 0 }, [SHANGHAI]: { seq: 7, part: 0 } },
      maybeDelivered: { [SHANGHAI]: { seq: 8, part: 0 } },
      claim: null,
    });
    expect(scopesAhead(state, new Map([[HANGZHOU, 11]]))).toEqual([]);
    expect(dropScopes(state, [])).toBe(state);
  });

  it('has nothing to write when it knows every scope', () => {
    expect(registerScopes(aState(), new Map([[HANGZHOU, 20]]), 'tick-2')).toBeUndefined();
  });
});

describe('what is sent next', () => {
  it('is nothing when nothing is pending', () => {
    expect(planned(CHAT, aState(), [])).toEqual({ kind: 'idle' });
    expect(plan(CHAT, aState(), new Map(), at())).toEqual({ kind: 'idle' });
  });

  it('is one digest of all scopes for a chat', () => {
    const here = [aCommit({ seq: 12, changes: [aChange()] }), aCommit({ seq: 13 })];
    const there = [aCommit({ scope: SHANGHAI, seq: 8, changes: [aChange()] })];
    const cursor = { [HANGZHOU]: { seq: 11, part: 0 }, [SHANGHAI]: { seq: 7, part: 0 } };

    expect(planned(CHAT, aState({ cursor }), here, there)).toEqual({
      kind: 'send',
      to: { [HANGZHOU]: { seq: 13, part: 0 }, [SHANGHAI]: { seq: 8, part: 0 } },
      message: {
        commits: [...here, ...there],
        part: { index: 0, count: 1, firstChange: 0 },
        isRepeat: false,
        withoutUserText: false,
      },
    });
  });

  it('is one commit at a time for an endpoint, the oldest first', () => {
    const here = [
      aCommit({ seq: 12, atMs: NOW_MS, changes: [aChange()] }),
      aCommit({ seq: 13, atMs: NOW_MS + 2 * MINUTE_MS, changes: [aChange()] }),
    ];
    const there = [
      aCommit({ scope: SHANGHAI, seq: 8, atMs: NOW_MS + MINUTE_MS, changes: [aChange()] }),
    ];
    let state = aState({ cursor: { [HANGZHOU]: at11(), [SHANGHAI]: { seq: 7, part: 0 } } });

    const told: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const next = planned(ENDPOINT, state, ...pendingPast(state, here, there));
      if (next.kind !== 'send') throw new Error(next.kind);
      told.push(...next.message.commits.map(({ scope, seq }) => `${scope}/${seq}`));
      state = attempt(ENDPOINT, state, next, { kind: 'delivered' });
    }

    expect(told).toEqual([`${HANGZHOU}/12`, `${SHANGHAI}/8`, `${HANGZHOU}/13`]);
  });

  it('passes over the silent rows of a baseline without a message', () => {
    const silent = aCommit({ seq: 12, notice: { kind: 'baseline', instances: 5, last: false } });
    const last = aCommit({ seq: 13, notice: { kind: 'baseline', instances: 9, last: true } });

    const skip = { kind: 'skip', to: { [HANGZHOU]: { seq: 12, part: 0 } } };
    expect(planned(CHAT, aState(), [silent])).toEqual(skip);
    expect(planned(ENDPOINT, aState(), [silent, last])).toEqual(skip);
    expect(planned(CHAT, aState(), [silent, last])).toMatchObject({
      kind: 'send',
      to: { [HANGZHOU]: { seq: 13 } },
      message: { commits: [last] },
    });
  });

  it('waits while another tick may be waiting for its answer, and no longer', () => {
    const pending = [aCommit({ changes: [aChange()] })];
    const claim = { to: { [HANGZHOU]: at12() }, tickId: 'tick-0', untilMs: NOW_MS + 5_000 };
    const state = aState({ claim });

    expect(planned(CHAT, state, pending)).toEqual({
      kind: 'wait',
      untilMs: NOW_MS + 5_000,
      reason: 'another tick is sending',
    });
    const later = plan(CHAT, state, new Map([[HANGZHOU, pending]]), at(NOW_MS + 5_000));
    expect(later).toMatchObject({ kind: 'send', message: { isRepeat: true } });
  });

  it('waits until a refused channel may be tried again, and says why', () => {
    const pending = [aCommit({ changes: [aChange()] })];
    const state = aState({ notBeforeMs: NOW_MS + 1, problem: 'HTTP 503' });

    expect(planned(CHAT, state, pending)).toEqual({
      kind: 'wait',
      untilMs: NOW_MS + 1,
      reason: 'HTTP 503',
    });
  });

  it('waits when the messages of this minute are used up, until the first of them is a minute old', () => {
    const pending = [aCommit({ changes: [aChange()] })];
    const sentAtMs = Array.from({ length: 18 }, (_, index) => NOW_MS - 50_000 + index * 1_000);
    const full = aState({ sentAtMs });

    expect(planned(CHAT, full, pending)).toMatchObject({ kind: 'wait', untilMs: NOW_MS + 10_000 });
    expect(planned(CHAT, aState({ sentAtMs: sentAtMs.slice(1) }), pending).kind).toBe('send');
    const later = plan(CHAT, full, new Map([[HANGZHOU, pending]]), at(NOW_MS + 10_000));
    expect(later.kind).toBe('send');
  });

  it('repeats what may have arrived as it was, before what came since', () => {
    const lost = aCommit({ seq: 12, changes: [aChange()] });
    const since = aCommit({ seq: 13, changes: [aChange()] });
    const claim = { to: { [HANGZHOU]: at12() }, tickId: 'tick-0', untilMs: 0 };
    const state = aState({ claim });

    const first = planned(CHAT, state, [lost, since]);
    if (first.kind !== 'send') throw new Error(first.kind);
    const second = planned(CHAT, attempt(CHAT, state, first, { kind: 'delivered' }), [since]);

    expect(first.message).toMatchObject({ commits: [lost], isRepeat: true });
    expect(second).toMatchObject({ message: { commits: [since], isRepeat: false } });
  });
});

describe('a commit too large for one event', () => {
  const large = aCommit({ changes: manyChanges(1_000, (index) => `web-${index}`) });

  it('goes out in parts that hold each change once, in order', () => {
    const parts: Commit['changes'][] = [];
    let state = aState();
    for (;;) {
      const next = planned(ENDPOINT, state, ...pendingPast(state, [large]));
      if (next.kind !== 'send') break;
      const { commits, part } = next.message;
      expect(part.index).toBe(parts.length);
      expect(part.firstChange).toBe(parts.flat().length);
      parts.push(commits[0]?.changes ?? []);
      state = attempt(ENDPOINT, state, next, { kind: 'delivered' });
    }

    expect(parts.length).toBeGreaterThan(1);
    expect(parts.flat()).toEqual(large.changes);
    expect(state.cursor).toEqual({ [HANGZHOU]: at12() });
  });

  it('goes on with the part that failed, unchanged', () => {
    const first = planned(ENDPOINT, aState(), [large]);
    if (first.kind !== 'send') throw new Error(first.kind);
    const afterFirst = attempt(ENDPOINT, aState(), first, { kind: 'delivered' });
    const second = planned(ENDPOINT, afterFirst, [large]);
    if (second.kind !== 'send') throw new Error(second.kind);

    const failed = attempt(ENDPOINT, afterFirst, second, aRetry({ lost: true }));
    const again = planned(ENDPOINT, failed, [large]);

    expect(again).toEqual({ ...second, message: { ...second.message, isRepeat: true } });
  });

  it('is one digest for a chat', () => {
    expect(planned(CHAT, aState(), [large])).toMatchObject({
      kind: 'send',
      message: { commits: [large], part: { index: 0, count: 1 } },
    });
  });
});

describe('a channel whose clock was an hour ahead', () => {
  const HOUR_MS = 60 * MINUTE_MS;
  const pending = new Map([[HANGZHOU, [aCommit({ changes: [aChange()] })]]]);
  const misled = aState({
    attemptedAtMs: NOW_MS + HOUR_MS,
    notBeforeMs: NOW_MS + HOUR_MS + 15 * MINUTE_MS,
    sentAtMs: Array.from({ length: 50 }, () => NOW_MS + HOUR_MS),
    claim: { to: { [HANGZHOU]: at12() }, tickId: 'tick-0', untilMs: NOW_MS + HOUR_MS },
  });

  it('waits for none of the times that were written then', () => {
    expect(plan(CHAT, misled, pending, at())).toMatchObject({ kind: 'send' });
  });

  it('forgets them with its next attempt', () => {
    expect(claimMessage(misled, { [HANGZHOU]: at12() }, at())).toMatchObject({
      attemptedAtMs: NOW_MS,
      notBeforeMs: 0,
      sentAtMs: [],
    });
  });

  it('still knows what may have arrived', () => {
    expect(plan(CHAT, misled, pending, at())).toMatchObject({ message: { isRepeat: true } });
  });
});

describe('what an attempt leaves behind', () => {
  const pending = [aCommit({ changes: [aChange()] })];

  it('is a claim while it is under way', () => {
    const claimed = claimMessage(aState(), { [HANGZHOU]: at12() }, at());

    expect(claimed).toMatchObject({
      ...aState(),
      version: 2,
      attemptedAtMs: NOW_MS,
      claim: { to: { [HANGZHOU]: at12() }, tickId: 'tick-1', untilMs: NOW_MS + CLAIM_MS },
    });
  });

  it('is a cursor that has moved, and nothing of former trouble, when it was delivered', () => {
    const troubled = aState({
      failures: 4,
      notBeforeMs: NOW_MS,
      problem: 'HTTP 503',
      withoutUserText: true,
    });

    const state = attemptAt(CHAT, troubled, pending, { kind: 'delivered' });

    expect(state).toMatchObject({
      ...aState(),
      version: 3,
      attemptedAtMs: NOW_MS,
      cursor: { [HANGZHOU]: at12() },
      sentAtMs: [NOW_MS],
      deliveredAtMs: NOW_MS,
    });
  });

  it.each([
    { what: 'a lost answer', outcome: aRetry({ lost: true }), leavesClaim: true },
    { what: 'a failure', outcome: aRetry({ lost: false }), leavesClaim: false },
    { what: 'a throttle', outcome: aThrottle(NOW_MS + 30_000), leavesClaim: false },
    { what: 'a refused text', outcome: aRejection('payload'), leavesClaim: false },
    { what: 'a refused signature', outcome: aRejection('config'), leavesClaim: false },
    { what: 'a robot that is gone', outcome: aRejection('dead'), leavesClaim: false },
  ])('is the same cursor, and the reason, after $what', ({ outcome, leavesClaim }) => {
    const state = attemptAt(CHAT, aState(), pending, outcome);

    expect(state).toMatchObject({
      cursor: aState().cursor,
      failures: 1,
      problem: outcome.reason,
      deliveredAtMs: null,
    });
    expect(state.claim !== null).toBe(leavesClaim);
    expect(planned(CHAT, { ...state, notBeforeMs: 0 }, pending)).toMatchObject({
      message: { isRepeat: leavesClaim },
    });
  });

  it('is patience that grows with every failure in a row, to a quarter of an hour', () => {
    const delays = delaysAfter(10, () => aRetry());

    expect(delays).toEqual([0, 0, 60, 120, 240, 480, 900, 900, 900, 900]);
  });

  it('spreads its retries by a tenth either way', () => {
    const third = aState({ failures: 2 });

    const early = attemptAt(CHAT, third, pending, aRetry(), 0);
    const late = attemptAt(CHAT, third, pending, aRetry(), 0.999_999);

    expect(early.notBeforeMs - NOW_MS).toBe(54_000);
    expect(late.notBeforeMs - NOW_MS).toBe(66_000);
  });

  it.each([
    { cause: 'payload', seconds: [0, 0, 60, 120] },
    { cause: 'config', seconds: [0, 300, 300, 300] },
    { cause: 'dead', seconds: [0, 3_600, 3_600, 3_600] },
  ] as const)('asks a receiver that refused ($cause) again after a while', ({ cause, seconds }) => {
    expect(delaysAfter(4, () => aRejection(cause))).toEqual(seconds);
  });

  it('honours the time that a receiver gives, to the millisecond', () => {
    const state = attemptAt(CHAT, aState({ failures: 5 }), pending, aThrottle(NOW_MS + 12_345));

    expect(state.notBeforeMs).toBe(NOW_MS + 12_345);
  });

  it('says only the essentials once a message was refused for what was in it, until one arrives', () => {
    const refused = attemptAt(CHAT, aState(), pending, aRejection('payload'));
    const failed = attemptAt(CHAT, refused, pending, aRetry());
    const delivered = attemptAt(CHAT, failed, pending, { kind: 'delivered' });

    expect(planned(CHAT, refused, pending)).toMatchObject({ message: { withoutUserText: true } });
    expect(failed.withoutUserText).toBe(true);
    expect(delivered.withoutUserText).toBe(false);
    expect(attemptAt(CHAT, refused, pending, aRejection('config')).withoutUserText).toBe(false);
  });

  it('remembers when messages were sent for a minute, and not at all where nobody counts', () => {
    const sentAtMs = [NOW_MS - MINUTE_MS, NOW_MS - MINUTE_MS + 1, NOW_MS - 1];

    const chat = attemptAt(CHAT, aState({ sentAtMs }), pending, aRetry());
    const endpoint = attemptAt(ENDPOINT, aState({ sentAtMs }), pending, aRetry());

    expect(chat.sentAtMs).toEqual([NOW_MS - MINUTE_MS + 1, NOW_MS - 1, NOW_MS]);
    expect(endpoint.sentAtMs).toEqual([]);
  });

  it('cannot be settled when there was none', () => {
    const moment = { tickId: 'tick-1', nowMs: NOW_MS, jitter: 0.5 };

    expect(() => settle(aState(), { kind: 'delivered' }, CHAT, moment)).toThrow(RangeError);
  });

  it('is nothing but a cursor when there was no news to send', () => {
    const claim = { to: { [HANGZHOU]: at12() }, tickId: 'tick-0', untilMs: 0 };

    expect(skipTo(aState({ claim }), { [HANGZHOU]: at12() }, 'tick-2')).toMatchObject({
      ...aState(),
      version: 2,
      tickId: 'tick-2',
      cursor: { [HANGZHOU]: at12() },
    });
  });

  it('labels a repeat even when another attempt was refused in between', () => {
    const lost = attemptAt(CHAT, aState(), pending, aRetry({ lost: true }));
    const refused = attemptAt(CHAT, lost, pending, aRetry({ lost: false }));

    // The first attempt may have arrived, whatever became of the second.
    expect(planned(CHAT, refused, pending)).toMatchObject({ message: { isRepeat: true } });
  });

  it('labels a repeat when one of its scopes could not be read for a tick', () => {
    const here = [aCommit({ seq: 12, changes: [aChange()] })];
    const there = [aCommit({ scope: SHANGHAI, seq: 8, changes: [aChange()] })];
    const cursor = { [HANGZHOU]: at11(), [SHANGHAI]: { seq: 7, part: 0 } };
    const both = planned(CHAT, aState({ cursor }), here, there);
    if (both.kind !== 'send') throw new Error(both.kind);
    const lost = attempt(CHAT, aState({ cursor }), both, aRetry({ lost: true }));

    // For one tick the lease of Shanghai is another tick's, so only Hangzhou can be told.
    const one = planned(CHAT, lost, here);
    if (one.kind !== 'send') throw new Error(one.kind);
    const told = attempt(CHAT, lost, one, { kind: 'delivered' });

    expect(one.message.isRepeat).toBe(true);
    expect(planned(CHAT, told, there)).toMatchObject({ message: { isRepeat: true } });
  });
});

describe('the backlog of a channel', () => {
  it('counts the commits that it has still to be told, in the scopes that it knows', () => {
    const cursor = { [HANGZHOU]: at11(), [SHANGHAI]: { seq: 7, part: 0 } };
    const lastSeqs = new Map([
      [HANGZHOU, 14],
      [SHANGHAI, 7],
      ['main/cn-beijing', 99],
    ]);

    expect(backlog(aState({ cursor }), lastSeqs)).toBe(3);
  });

  it('is never less than nothing', () => {
    expect(backlog(aState(), new Map([[HANGZHOU, 5]]))).toBe(0);
  });
});

function aState(parts: Partial<ChannelState> = {}): ChannelState {
  return {
    ...NEW_CHANNEL,
    version: 1,
    tickId: 'tick-1',
    cursor: { [HANGZHOU]: at11() },
    ...parts,
  };
}

function at11(): { seq: number; part: number } {
  return { seq: 11, part: 0 };
}

function at12(): { seq: number; part: number } {
  return { seq: 12, part: 0 };
}

function at(nowMs = NOW_MS): { tickId: string; nowMs: number } {
  return { tickId: 'tick-1', nowMs };
}

function planned(
  manner: Manner,
  state: ChannelState,
  ...pending: readonly (readonly Commit[])[]
): Plan {
  const byScope = pending.map((commits) => [commits[0]?.scope ?? '', commits] as const);
  return plan(manner, state, new Map(byScope), at());
}

/** What `pending` still holds for a channel in this state. */
function pendingPast(
  { cursor }: ChannelState,
  ...pending: readonly (readonly Commit[])[]
): readonly (readonly Commit[])[] {
  return pending.map((commits) =>
    commits.filter(({ scope, seq }) => seq > (cursor[scope]?.seq ?? 0)),
  );
}

function attempt(
  manner: Manner,
  state: ChannelState,
  { to }: Extract<Plan, { kind: 'send' }>,
  outcome: Outcome,
  chance = 0.5,
): ChannelState {
  const claimed = claimMessage(state, to, at());
  return settle(claimed, outcome, manner, { ...at(), jitter: chance });
}

/** An attempt at what is pending, whenever the channel was to be tried again. */
function attemptAt(
  manner: Manner,
  state: ChannelState,
  pending: readonly Commit[],
  outcome: Outcome,
  chance = 0.5,
): ChannelState {
  const next = planned(manner, { ...state, notBeforeMs: 0 }, pending);
  if (next.kind !== 'send') throw new Error(next.kind);
  return attempt(manner, state, next, outcome, chance);
}

function delaysAfter(count: number, outcome: () => Outcome): readonly number[] {
  let state = aState();
  return Array.from({ length: count }, () => {
    state = attemptAt(CHAT, state, [aCommit({ changes: [aChange()] })], outcome());
    return (state.notBeforeMs - NOW_MS) / 1_000;
  });
}

function aRetry({ lost = false } = {}): Extract<Outcome, { kind: 'retry' }> {
  return { kind: 'retry', reason: 'HTTP 503', lost };
}

function aThrottle(untilMs: number): Extract<Outcome, { kind: 'throttled' }> {
  return { kind: 'throttled', reason: 'HTTP 429', untilMs };
}

function aRejection(cause: 'payload' | 'config' | 'dead'): Extract<Outcome, { kind: 'rejected' }> {
  return { kind: 'rejected', reason: 'HTTP 400', cause };
}
