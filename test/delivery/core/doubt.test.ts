import type { ChannelState, Cursor } from '../../../shared/core/channel-state.ts';
import type { Commit } from '../../../shared/core/model.ts';
import { SETTLING } from '../../../shared/core/settling.ts';
import { claimMessage } from '../../../shared/delivery/core/claim.ts';
import { isAwaited } from '../../../shared/delivery/core/news/held-news.ts';
import { plan } from '../../../shared/delivery/core/plan.ts';
import { settle } from '../../../shared/delivery/core/settle.ts';
import type { Manner, Plan } from '../../../shared/delivery/core/stages/stage.ts';
import { aChange, aCommit, MINUTE_MS, NOW_MS } from '../../helpers/examples.ts';
import { aRetry, aState, at, CHAT, HANGZHOU, SHANGHAI } from './attempts.ts';
import { aMute, delivered, messageOf, planAt, served } from './policies.ts';

const BEIJING = 'main/cn-beijing';
const RIPE_MS = NOW_MS + SETTLING.goodMs;
const patient: Manner = { ...CHAT, settling: { ...SETTLING, goodMs: 2 * SETTLING.goodMs } };
const running = aCommit({ seq: 12, changes: [aChange({ from: 'Stopped', to: 'Running' })] });
const starting = aCommit({
  seq: 13,
  atMs: RIPE_MS - MINUTE_MS,
  changes: [aChange({ from: 'Running', to: 'Starting' })],
});
const ofAnother = aCommit({
  ...starting,
  changes: [aChange({ instanceId: 'i-bp2', from: 'Running', to: 'Starting' })],
});

describe('a message in doubt', () => {
  it('is labelled to its end when the times of its channel were changed meanwhile', () => {
    const first = planAt(CHAT, aState(), [running, starting], RIPE_MS);

    const again = planAt(patient, unanswered(first), [running, starting], RIPE_MS);

    expect(messageOf(again)).toMatchObject({ isRepeat: true, commits: [{ seq: 12 }, { seq: 13 }] });
    expect(delivered(patient, unanswered(first), again, RIPE_MS).held).toMatchObject([
      { changes: [] },
    ]);
  });

  it('is labelled to its end when a mute has begun meanwhile', () => {
    const mutes = [aMute({ routes: ['web'], fromMs: RIPE_MS + MINUTE_MS, untilMs: RIPE_MS + 1e7 })];
    const manner = served(CHAT, { mutes });
    const first = planAt(manner, aState(), [running, ofAnother], RIPE_MS);

    const again = planAt(manner, unanswered(first), [running, ofAnother], RIPE_MS + MINUTE_MS);

    expect(messageOf(first)).toMatchObject({ isRepeat: false, commits: [{ seq: 12 }] });
    expect(messageOf(again)).toMatchObject({ isRepeat: true, commits: [{ seq: 12 }, { seq: 13 }] });
  });

  it('is labelled to its end when a message of another run is in doubt as well', () => {
    const first = unanswered(planAt(CHAT, aState(), [running, starting], RIPE_MS));
    const later = { ms: RIPE_MS + MINUTE_MS, isAll: false };
    const claim = { to: {}, tickId: 'tick-2', untilMs: 0, asOf: later };
    const both = { ...first, claim, maybeDelivered: first.claim?.to ?? {} };
    const state = { ...both, maybeDeliveredAsOf: first.claim?.asOf ?? null };

    expect(messageOf(planAt(CHAT, state, [starting], RIPE_MS + MINUTE_MS))).toMatchObject({
      isRepeat: true,
      commits: [{ seq: 13 }],
    });
  });

  it('is labelled to its end when a run that had read less repeats a part of it', () => {
    const inDoubt = unanswered(planAt(CHAT, aState(), [running, starting], RIPE_MS));

    const part = planAt(CHAT, inDoubt, [running], RIPE_MS);
    const after = delivered(CHAT, inDoubt, part, RIPE_MS);
    const rest = planAt(CHAT, after, [starting], RIPE_MS);

    expect(messageOf(part)).toMatchObject({ isRepeat: true, commits: [{ seq: 12 }] });
    expect(after.cursor).toEqual({ [HANGZHOU]: { seq: 12, part: 0 } });
    expect(messageOf(rest)).toMatchObject({ isRepeat: true, commits: [{ seq: 13 }] });
    expect(delivered(CHAT, after, rest, RIPE_MS)).toMatchObject({
      maybeDelivered: {},
      maybeDeliveredAsOf: null,
    });
  });

  it('leaves no doubt about what is held back after a run of one scope has repeated its part', () => {
    const laterMs = RIPE_MS + MINUTE_MS;
    const [ofShanghai, ofBeijing] = [SHANGHAI, BEIJING].map((scope) =>
      aCommit({ scope, seq: 5, changes: [aChange()] }),
    ) as [Commit, Commit];
    const at4 = { seq: 4, part: 0 };
    const waiting = heldBack({ [SHANGHAI]: at4, [BEIJING]: at4 });
    const inDoubt = unanswered(planAt(CHAT, waiting, [ofShanghai, ofBeijing], RIPE_MS), waiting);

    const part = planAt(CHAT, inDoubt, [ofShanghai], laterMs);
    const after = delivered(CHAT, inDoubt, part, laterMs);
    const fresh = planAt(CHAT, after, [{ ...starting, atMs: laterMs }], laterMs);
    const left = delivered(CHAT, after, fresh, laterMs);
    const rest = planAt(CHAT, left, [ofBeijing], laterMs);
    const again = planAt(CHAT, unanswered(rest, left), [ofBeijing], laterMs);

    // What was held back of the third scope was in the message, too.
    expect(messageOf(part)).toMatchObject({ isRepeat: true });
    expect(placesOf(part)).toEqual([`${HANGZHOU} 12`, `${SHANGHAI} 5`]);
    expect(fresh).toMatchObject({ kind: 'skip' });
    expect(isAwaited(CHAT, left, laterMs)).toBe(false);
    // Nor under other rules, by which all that may have arrived is sent again.
    expect(isAwaited(patient, left, laterMs)).toBe(false);
    for (const repeat of [rest, again]) {
      expect(messageOf(repeat)).toMatchObject({ isRepeat: true });
      expect(placesOf(repeat)).toEqual([`${BEIJING} 5`]);
    }
    expect(delivered(CHAT, left, rest, laterMs)).toMatchObject({
      maybeDeliveredAsOf: null,
      held: [{ scope: HANGZHOU, changes: [{ seq: 13 }] }, { changes: [] }, { changes: [] }],
    });
  });

  it('of what was held back stays in doubt over the line about a fallback', () => {
    const held = unanswered(planAt(CHAT, heldBack(), [], RIPE_MS), heldBack());
    const instead = { channel: 'ops', messages: 1, fromMs: NOW_MS, untilMs: RIPE_MS };

    const line = planAt(CHAT, { ...held, instead }, [], RIPE_MS);
    const after = delivered(CHAT, { ...held, instead }, line, RIPE_MS);

    expect(messageOf(line)).toMatchObject({ commits: [], instead });
    expect(messageOf(planAt(CHAT, after, [], RIPE_MS))).toMatchObject({
      isRepeat: true,
      commits: [{ seq: 12 }],
    });
  });

  it('was a summary: what it took along is labelled where a run sends it that knows other scopes', () => {
    const mutes = [aMute({ untilMs: NOW_MS + MINUTE_MS })];
    const manner = served(CHAT, { mutes });
    const night = aCommit({ seq: 13, changes: [aChange({ from: 'Starting', to: 'Running' })] });
    const muted = delivered(manner, heldBack(), planAt(manner, heldBack(), [night]));
    const lost = unanswered(planAt(manner, muted, [night], RIPE_MS), muted);
    const cursor = { ...lost.cursor, [SHANGHAI]: { seq: 4, part: 0 } };
    const elsewhere = aCommit({ scope: SHANGHAI, seq: 5, changes: [aChange()] });

    const news = plan(manner, { ...lost, cursor }, new Map([[SHANGHAI, [elsewhere]]]), at(RIPE_MS));

    expect(messageOf(planAt(manner, muted, [night], RIPE_MS))).toMatchObject({
      isRepeat: false,
      muted: {},
      commits: [{ seq: 12 }, { seq: 13 }],
    });
    expect(messageOf(news).commits.map(({ scope }) => scope)).toContain(HANGZHOU);
    expect(messageOf(news)).toMatchObject({ isRepeat: true });
    // While no summary was sent, nothing of it can have arrived.
    const unsent = plan(
      manner,
      { ...muted, cursor },
      new Map([[SHANGHAI, [elsewhere]]]),
      at(RIPE_MS),
    );
    expect(messageOf(unsent).commits.map(({ scope }) => scope)).toContain(HANGZHOU);
    expect(messageOf(unsent)).toMatchObject({ isRepeat: false });
  });

  it.each([
    ['in whole labels', {}, true],
    ['in its rest does not label', { isRest: true as const }, false],
  ])('%s what a summary takes along of another scope', (_, rest, isRepeat) => {
    const mutes = [aMute({ untilMs: NOW_MS + MINUTE_MS })];
    const manner = served(CHAT, { mutes });
    const night = aCommit({ seq: 13, changes: [aChange({ from: 'Starting', to: 'Running' })] });
    const muted = delivered(manner, heldBack(), planAt(manner, heldBack(), [night]));
    const inDoubt = {
      maybeDelivered: { [SHANGHAI]: { seq: 5, part: 0 } },
      maybeDeliveredAsOf: { ms: NOW_MS, isAll: false, ...rest },
    };

    const summary = messageOf(planAt(manner, { ...muted, ...inDoubt }, [night], RIPE_MS));

    expect(summary).toMatchObject({ muted: {}, commits: [{ seq: 12 }, { seq: 13 }], isRepeat });
  });
});

/** Good news of commit 12 is not ripe yet. */
function heldBack(elsewhere: Cursor = {}): ChannelState {
  const state = aState({ cursor: { ...aState().cursor, ...elsewhere } });
  return delivered(CHAT, state, planAt(CHAT, state, [running]));
}

function placesOf(next: Plan): readonly string[] {
  return messageOf(next).commits.map(({ scope, seq }) => `${scope} ${seq}`);
}

function unanswered(next: Plan, from = aState()): ChannelState {
  if (next.kind !== 'send') throw new Error(next.kind);
  const claimed = claimMessage(from, next, at(RIPE_MS));
  const moment = { ...at(RIPE_MS), jitter: 0 };
  return { ...settle(claimed, aRetry({ lost: true }), CHAT, moment, next), notBeforeMs: 0 };
}
