import type { Commit } from '../../../shared/core/model.ts';
import { claimMessage } from '../../../shared/delivery/core/claim.ts';
import { plan } from '../../../shared/delivery/core/plan.ts';
import { aChange, aCommit, MINUTE_MS, manyChanges, NOW_MS } from '../../helpers/examples.ts';
import {
  aRetry,
  aState,
  at,
  at11,
  at12,
  attempt,
  CHAT,
  ENDPOINT,
  HANGZHOU,
  pendingPast,
  planned,
  SHANGHAI,
} from './attempts.ts';

describe('what is sent next', () => {
  it('is nothing when nothing is pending', () => {
    expect(planned(CHAT, aState(), [])).toEqual({ kind: 'idle' });
    expect(plan(CHAT, aState(), new Map(), at())).toEqual({ kind: 'idle' });
  });

  it('is one digest of all scopes for a chat', () => {
    const here = [aCommit({ seq: 12, changes: [aChange()] }), aCommit({ seq: 13 })];
    const there = [aCommit({ scope: SHANGHAI, seq: 8, changes: [aChange()] })];
    const cursor = { [HANGZHOU]: { seq: 11, part: 0 }, [SHANGHAI]: { seq: 7, part: 0 } };

    expect(planned(CHAT, aState({ cursor }), here, there)).toMatchObject({
      kind: 'send',
      to: { [HANGZHOU]: { seq: 13, part: 0 }, [SHANGHAI]: { seq: 8, part: 0 } },
      message: {
        // A commit without changes says nothing.
        commits: [here[0], ...there],
        part: { index: 0, count: 1 },
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

    const sent: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const next = planned(ENDPOINT, state, ...pendingPast(state, here, there));
      if (next.kind !== 'send') throw new Error(next.kind);
      sent.push(...next.message.commits.map(({ scope, seq }) => `${scope}/${seq}`));
      state = attempt(ENDPOINT, state, next, { kind: 'delivered' });
    }

    expect(sent).toEqual([`${HANGZHOU}/12`, `${SHANGHAI}/8`, `${HANGZHOU}/13`]);
  });

  it('passes over the silent rows of a baseline without a message', () => {
    const silent = aCommit({ seq: 12, notice: { kind: 'baseline', instances: 5, last: false } });
    const last = aCommit({ seq: 13, notice: { kind: 'baseline', instances: 9, last: true } });

    const skip = { kind: 'skip', to: { [HANGZHOU]: { seq: 12, part: 0 } } };
    expect(planned(CHAT, aState(), [silent])).toMatchObject(skip);
    expect(planned(ENDPOINT, aState(), [silent, last])).toEqual(skip);
    expect(planned(CHAT, aState(), [silent, last])).toMatchObject({
      kind: 'send',
      to: { [HANGZHOU]: { seq: 13 } },
      message: { commits: [last] },
    });
  });

  it('passes over details that have changed, and still sends the changes that carry some', () => {
    const details = [{ instanceId: 'i-bp1', before: { name: 'old' }, after: { name: 'new' } }];
    const silent = aCommit({ seq: 12, details });
    const change = aCommit({ seq: 13, details, changes: [aChange()] });

    const skip = { kind: 'skip', to: { [HANGZHOU]: { seq: 12, part: 0 } } };
    expect(planned(CHAT, aState(), [silent])).toMatchObject(skip);
    expect(planned(ENDPOINT, aState(), [silent, change])).toEqual(skip);
    expect(planned(CHAT, aState(), [silent, change])).toMatchObject({
      kind: 'send',
      to: { [HANGZHOU]: { seq: 13 } },
      message: { commits: [change] },
    });
  });

  it('waits while another run may be waiting for its answer, and no longer', () => {
    const pending = [aCommit({ changes: [aChange()] })];
    const claim = { to: { [HANGZHOU]: at12() }, tickId: 'tick-0', untilMs: NOW_MS + 5_000 };
    const state = aState({ claim });

    expect(planned(CHAT, state, pending)).toEqual({
      kind: 'wait',
      untilMs: NOW_MS + 5_000,
      reason: 'claim',
    });
    const later = plan(CHAT, state, new Map([[HANGZHOU, pending]]), at(NOW_MS + 5_000));
    expect(later).toMatchObject({ kind: 'send', message: { isRepeat: true } });
  });

  it('waits until a refused channel may be tried again', () => {
    const pending = [aCommit({ changes: [aChange()] })];
    const state = aState({ notBeforeMs: NOW_MS + 1, problem: 'HTTP 503' });

    expect(planned(CHAT, state, pending)).toEqual({
      kind: 'wait',
      untilMs: NOW_MS + 1,
      reason: 'back-off',
    });
  });

  it('waits when the messages of this minute are used up, until the first of them is a minute old', () => {
    const pending = [aCommit({ changes: [aChange()] })];
    const sentAtMs = Array.from({ length: 18 }, (_, index) => NOW_MS - 50_000 + index * 1_000);
    const full = aState({ sentAtMs });

    expect(planned(CHAT, full, pending)).toEqual({
      kind: 'wait',
      untilMs: NOW_MS + 10_000,
      reason: 'budget',
    });
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
      parts.push(commits[0]?.changes ?? []);
      state = attempt(ENDPOINT, state, next, { kind: 'delivered' });
    }

    expect(parts.length).toBeGreaterThan(1);
    expect(parts.flat()).toEqual(large.changes.map((change, index) => ({ ...change, index })));
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

describe('a time that no working clock has written', () => {
  const YEAR_MS = 365 * 24 * 60 * MINUTE_MS;
  const pending = new Map([[HANGZHOU, [aCommit({ changes: [aChange()] })]]]);
  const claimUntil = (untilMs: number) => ({ to: { [HANGZHOU]: at12() }, tickId: 'x', untilMs });

  it.each([
    ['a pause', { notBeforeMs: NOW_MS + YEAR_MS }],
    ['a claim', { claim: claimUntil(NOW_MS + YEAR_MS) }],
    ['a claim of an hour', { claim: claimUntil(NOW_MS + 60 * MINUTE_MS) }],
    ['sends', { sentAtMs: Array.from({ length: 18 }, () => NOW_MS + YEAR_MS) }],
  ])('is not waited for: %s', (_what, parts) => {
    expect(plan(CHAT, aState(parts), pending, at())).toMatchObject({ kind: 'send' });
  });

  it('says nothing against the times beside it', () => {
    const sentAtMs = [...Array.from({ length: 18 }, () => NOW_MS - 1_000), NOW_MS + YEAR_MS];
    const state = aState({ notBeforeMs: NOW_MS + YEAR_MS, sentAtMs });

    expect(plan(CHAT, state, pending, at())).toMatchObject({ kind: 'wait', reason: 'budget' });
  });

  it('leaves a message in doubt that a claim was about', () => {
    const state = aState({ claim: claimUntil(NOW_MS + YEAR_MS) });

    expect(plan(CHAT, state, pending, at())).toMatchObject({ message: { isRepeat: true } });
  });

  it('is not the end of a day, the longest pause that a receiver asks for', () => {
    const state = aState({ notBeforeMs: NOW_MS + 24 * 60 * MINUTE_MS });

    expect(plan(CHAT, state, pending, at())).toMatchObject({ kind: 'wait', reason: 'back-off' });
  });
});

describe('a channel whose clock was an hour ahead', () => {
  const HOUR_MS = 60 * MINUTE_MS;
  const pending = new Map([[HANGZHOU, [aCommit({ changes: [aChange()] })]]]);
  const misled = aState({
    attemptedAtMs: NOW_MS + HOUR_MS,
    failures: 3,
    failingSinceMs: NOW_MS + HOUR_MS,
    notBeforeMs: NOW_MS + HOUR_MS + 15 * MINUTE_MS,
    sentAtMs: Array.from({ length: 50 }, () => NOW_MS + HOUR_MS),
    claim: { to: { [HANGZHOU]: at12() }, tickId: 'tick-0', untilMs: NOW_MS + HOUR_MS },
  });

  it('waits for none of the times that were written then', () => {
    expect(plan(CHAT, misled, pending, at())).toMatchObject({ kind: 'send' });
  });

  it('forgets them with its next attempt', () => {
    expect(claimMessage(misled, { to: { [HANGZHOU]: at12() } }, at())).toMatchObject({
      attemptedAtMs: NOW_MS,
      failingSinceMs: null,
      notBeforeMs: 0,
      sentAtMs: [],
    });
  });

  it('still knows what may have arrived', () => {
    expect(plan(CHAT, misled, pending, at())).toMatchObject({ message: { isRepeat: true } });
  });
});
