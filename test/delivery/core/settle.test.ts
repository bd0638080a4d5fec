import { CLAIM_MS } from '../../../shared/core/credible-times.ts';
import type { Outcome } from '../../../shared/core/message.ts';
import { claimMessage, skipTo } from '../../../shared/delivery/core/claim.ts';
import { settle } from '../../../shared/delivery/core/settle.ts';
import { afterAcceptedAhead } from '../../../shared/delivery/core/stuck.ts';
import { aChange, aCommit, MINUTE_MS, NOW_MS } from '../../helpers/examples.ts';
import {
  aRejection,
  aRetry,
  aState,
  aThrottle,
  at,
  at11,
  at12,
  attempt,
  attemptAt,
  CHAT,
  delaysAfter,
  ENDPOINT,
  HANGZHOU,
  planned,
  SHANGHAI,
} from './attempts.ts';

describe('what an attempt leaves behind', () => {
  const pending = [aCommit({ changes: [aChange()] })];

  it('is a claim while it is under way', () => {
    const claimed = claimMessage(aState(), { to: { [HANGZHOU]: at12() } }, at());

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
      failingSinceMs: NOW_MS - MINUTE_MS,
      notBeforeMs: NOW_MS,
      problem: 'HTTP 503',
      withoutUserText: true,
    });

    const state = attemptAt(CHAT, troubled, pending, { kind: 'delivered' });

    expect(state).toMatchObject({
      ...aState(),
      held: [{ instanceId: 'i-bp1', changes: [] }],
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

  it('is since when its attempts fail, if the first of them is known', () => {
    const sinceMs = NOW_MS - 5 * MINUTE_MS;
    const failed = { failures: 2, attemptedAtMs: NOW_MS - MINUTE_MS };
    const known = aState({ ...failed, failingSinceMs: sinceMs });
    const olderRow = aState(failed);
    const leftByOlderVersion = aState({ ...known, deliveredAtMs: NOW_MS - MINUTE_MS });

    const since = [aState(), known, olderRow, leftByOlderVersion].map(
      (state) => attemptAt(CHAT, state, pending, aRetry()).failingSinceMs,
    );

    expect(since).toEqual([NOW_MS, sinceMs, null, null]);
  });

  it('is no failure any more once the event that caused it is set aside', () => {
    const stuck = { scope: HANGZHOU, to: at12(), isContent: true, refusals: 2, accepted: 0 };
    const state = aState({
      failures: 2,
      failingSinceMs: NOW_MS,
      stuck: { ...stuck, isPassing: true },
    });

    expect(afterAcceptedAhead(state, NOW_MS)).toMatchObject({ failures: 0, failingSinceMs: null });
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

  it('waits for no receiver longer than a day, whatever time it gives', () => {
    const never = attemptAt(CHAT, aState(), pending, aThrottle(8.64e15));

    expect(never.notBeforeMs).toBe(NOW_MS + 24 * 60 * MINUTE_MS);
  });

  it('is in doubt when its answer leaves open whether it was shown', () => {
    const doubtful: readonly Outcome[] = [
      { kind: 'retry', reason: 'HTTP 200', lost: true, unmarked: true },
      { kind: 'retry', reason: 'HTTP 504', lost: true },
      { kind: 'throttled', reason: 'HTTP 504', untilMs: NOW_MS, lost: true },
    ];

    for (const outcome of doubtful) {
      const after = attemptAt(CHAT, aState(), pending, outcome);
      expect(planned(CHAT, { ...after, notBeforeMs: 0 }, pending)).toMatchObject({
        message: { isRepeat: true },
      });
    }
  });

  it('is repeated seldom to a receiver that never confirms, which is named with advice', () => {
    const unmarked: Outcome = { kind: 'retry', reason: 'HTTP 200', lost: true, unmarked: true };
    let state = aState();
    const waits: number[] = [];
    for (let count = 0; count < 5; count += 1) {
      state = attemptAt(CHAT, state, pending, unmarked);
      waits.push((state.notBeforeMs - NOW_MS) / MINUTE_MS);
    }

    expect(waits).toEqual([0, 0, 60, 60, 60]);
    expect(state.problem).toMatch(/^HTTP 200\. It always answers so: .* WEBHOOK_URL/u);
    const delivered = attemptAt(CHAT, state, pending, { kind: 'delivered' });
    expect(delivered).toMatchObject({ unmarked: 0, problem: null });
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

  it('remembers when messages were sent for a minute, and not at all for a receiver that does not count them', () => {
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

    expect(skipTo(aState({ claim }), { to: { [HANGZHOU]: at12() } }, 'tick-2')).toMatchObject({
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

    // For one tick the lease of Shanghai is another tick's, so only Hangzhou can be sent.
    const one = planned(CHAT, lost, here);
    if (one.kind !== 'send') throw new Error(one.kind);
    const sent = attempt(CHAT, lost, one, { kind: 'delivered' });

    expect(one.message.isRepeat).toBe(true);
    expect(planned(CHAT, sent, there)).toMatchObject({ message: { isRepeat: true } });
  });
});
