import type { ChannelState } from '../../../../shared/core/channel-state.ts';
import type { Outcome } from '../../../../shared/core/message.ts';
import type { Change, Commit } from '../../../../shared/core/model.ts';
import { claimMessage, skipTo } from '../../../../shared/delivery/core/claim.ts';
import type { DueReminder } from '../../../../shared/delivery/core/news/due-reminder.ts';
import { plan } from '../../../../shared/delivery/core/plan.ts';
import { settle } from '../../../../shared/delivery/core/settle.ts';
import type { Manner, Plan } from '../../../../shared/delivery/core/stages/stage.ts';
import { aChange, aCommit, aNote, MINUTE_MS, NOW_MS } from '../../../helpers/examples.ts';
import { aState, at, HANGZHOU } from '../attempts.ts';
import { aMute, messageOf, served } from '../policies.ts';

const HOUR_MS = 60 * MINUTE_MS;
const CHAT: Manner = { style: 'digest', messagesPerMinute: 18 };
const DUE_MS = NOW_MS - MINUTE_MS;
const REFUSED: Outcome = { kind: 'retry', reason: 'HTTP 503', lost: false };
const LOST: Outcome = { kind: 'retry', reason: 'TIMEOUT', lost: true };

describe('a reminder', () => {
  it('is a message of its own where there is no news, with all that stays stopped', () => {
    const next = planned(CHAT, aState(), [], reminderOf('web-1', 'db-1'));

    expect(messageOf(next)).toMatchObject({ commits: [], isRepeat: false });
    expect(remindedIn(next)).toEqual(['i-web-1', 'i-db-1']);
  });

  it('goes along with news, and takes along what every message does', () => {
    const start = aCommit({ seq: 13, changes: [aChange({ instanceId: 'i-up', to: 'Running' })] });
    const held = passedOver(CHAT, aState(), [start]);
    const news = aCommit({ seq: 14, changes: [aChange({ instanceId: 'i-new' })] });

    const alone = planned(CHAT, held, [], reminderOf('web-1'));
    const beside = planned(CHAT, held, [news], reminderOf('web-1'));

    expect(held.held).toHaveLength(1);
    expect(changedIn(alone)).toEqual(['i-up']);
    expect(changedIn(beside)).toEqual(['i-up', 'i-new']);
    expect(remindedIn(beside)).toEqual(['i-web-1']);
  });

  it('says nothing of an instance of which more is known, or held back', () => {
    const started = (seq: number, name: string): Commit =>
      aCommit({
        seq,
        changes: [aChange({ instanceId: `i-${name}`, from: 'Stopped', to: 'Running' })],
      });
    const held = passedOver(CHAT, aState(), [started(13, 'web-1')]);

    const next = planned(CHAT, held, [started(14, 'web-2')], reminderOf('web-1', 'web-2', 'web-3'));

    expect(remindedIn(next)).toEqual(['i-web-3']);
  });

  it('says nothing of a scope of which another run has seen, and sent, more', () => {
    const ahead = aState({ cursor: { [HANGZHOU]: { seq: 15, part: 0 } } });

    expect(planned(CHAT, ahead, [], reminderOf('web-1'))).toMatchObject({ kind: 'skip' });
  });

  it('is not for receivers that are no chats', () => {
    for (const style of ['commits', 'incidents'] as const) {
      expect(planned({ ...CHAT, style }, aState(), [], reminderOf('web-1'))).toEqual({
        kind: 'idle',
      });
    }
  });

  it.each<[string, Partial<Change>, readonly string[]]>([
    ['a route sends it elsewhere', { name: 'batch-1' }, []],
    ['its route does not call it bad', { name: 'spare-1' }, []],
    ['a mute covers its route', { name: 'night-1' }, []],
    ['a note says what is planned', { name: 'web-1', note: aNote('disk swap') }, []],
    ['its note is over', { name: 'web-1', note: aNote('done', { untilMs: NOW_MS }) }, ['i-1']],
    ['nothing is said of it', { name: 'web-1' }, ['i-1']],
  ])('is sent by the rules for news: %s', (_, parts, expected) => {
    const manner = served(CHAT, {
      routes: [
        { name: 'batch', match: { name: ['batch-*'] }, channels: ['other'] },
        {
          name: 'spare',
          match: { name: ['spare-*'] },
          channels: ['ops'],
          severities: { Stopped: 'neutral' },
        },
        { name: 'night', match: { name: ['night-*'], from: ['Running'] }, channels: ['ops'] },
      ],
      mutes: [aMute({ routes: ['night'] })],
    });
    const reminder = dueWith([stopOf({ instanceId: 'i-1', ...parts })]);

    const next = planned(manner, aState(), [], reminder);

    expect(next.kind).toBe(expected.length === 0 ? 'skip' : 'send');
    if (expected.length > 0) expect(remindedIn(next)).toEqual(expected);
    // What is passed over is over: the end of a mute sends nothing of it.
    const after = passedBy(manner, aState(), next);
    expect(planned(manner, after, [], reminder)).toEqual({ kind: 'idle' });
  });

  it('mentions the people of the route that takes the stop', () => {
    const routes = [{ name: 'all', match: {}, channels: ['ops'], mentions: ['138'] }];

    const next = planned(served(CHAT, { routes }), aState(), [], reminderOf('web-1'));

    expect(messageOf(next).mentions).toEqual(['138']);
  });

  it('keeps to the planned budget, the back-off and the quota of its channel', () => {
    const full = aState({ sentAtMs: Array.from({ length: 18 }, () => NOW_MS - 1) });
    const failing = aState({ failures: 2, notBeforeMs: NOW_MS + HOUR_MS });
    const quota = { per: 'day', messages: 10 } as const;
    const used = { period: new Date(NOW_MS).toISOString().slice(0, 10), messages: 9 };
    const scarce = aState({ used, deliveredAtMs: NOW_MS - 1 });

    expect(planned(CHAT, full, [], reminderOf('a'))).toMatchObject({ reason: 'budget' });
    expect(planned(CHAT, failing, [], reminderOf('a'))).toMatchObject({ reason: 'back-off' });
    expect(planned({ ...CHAT, quota }, scarce, [], reminderOf('a'))).toEqual({ kind: 'idle' });
  });
});

describe('a reminder in its period', () => {
  it('is sent once, and again in the next one', () => {
    const sent = sentWith(aState(), reminderOf('web-1'), { kind: 'delivered' });

    expect(planned(CHAT, sent, [], reminderOf('web-1'))).toEqual({ kind: 'idle' });
    const next = { ...reminderOf('web-1'), dueMs: DUE_MS + 4 * HOUR_MS };
    expect(planned(CHAT, sent, [], next, NOW_MS + 4 * HOUR_MS).kind).toBe('send');
  });

  it('is tried again while it was surely not shown, as things are then', () => {
    const refused = sentWith(aState(), reminderOf('web-1', 'web-2'), REFUSED);

    const next = planned(CHAT, refused, [], reminderOf('web-2'), NOW_MS + MINUTE_MS);

    expect(remindedIn(next)).toEqual(['i-web-2']);
  });

  it('is over once it may have been shown: its answer was lost, or its sender died', () => {
    const reminder = reminderOf('web-1');
    const lost = sentWith(aState(), reminder, LOST);
    const died = claimMessage(aState(), sendOf(planned(CHAT, aState(), [], reminder)), at(NOW_MS));
    const takenOver = claimMessage(died, { to: {} }, at(NOW_MS + HOUR_MS));

    for (const state of [lost, died, takenOver]) {
      expect(planned(CHAT, state, [], reminder, NOW_MS + HOUR_MS)).toEqual({ kind: 'idle' });
    }
  });

  it('leaves nothing in doubt where it was all that was sent, and its failure ages', () => {
    const start = aCommit({ seq: 13, changes: [aChange({ instanceId: 'i-up', to: 'Running' })] });
    const held = passedOver(CHAT, aState(), [start]);
    const [alone, beside] = [aState(), held].map((s) => sentWith(s, reminderOf('web-1'), LOST));

    expect(alone).toMatchObject({ claim: null, failures: 1, failingSinceMs: NOW_MS });
    // Good news went along: that is repeated.
    expect(beside?.claim).not.toBeNull();
    const laterMs = NOW_MS + 72 * HOUR_MS;
    const again = claimMessage(alone as ChannelState, { to: {} }, at(laterMs));
    expect(again).toMatchObject({ failures: 1, failingSinceMs: laterMs });
    const soon = claimMessage(alone as ChannelState, { to: {} }, at(NOW_MS + HOUR_MS));
    expect(soon.failingSinceMs).toBe(NOW_MS);
  });

  it('is not silenced by a time that no working clock has written', () => {
    const wrong = aState({ remindedMs: NOW_MS + 100 * HOUR_MS });
    const reminder = reminderOf('web-1');

    // Sent, passed over, or lost: it is over then, and no run plans it again and again.
    const sent = sentWith(wrong, reminder, { kind: 'delivered' });
    const passed = passedBy(CHAT, wrong, planned(CHAT, wrong, [], dueWith([])));
    const lost = sentWith(wrong, reminder, LOST);
    for (const state of [sent, passed, lost]) {
      expect(state.remindedMs).toBe(DUE_MS);
      expect(planned(CHAT, state, [], reminder)).toEqual({ kind: 'idle' });
    }
    const died = claimMessage(wrong, sendOf(planned(CHAT, wrong, [], reminder)), at(NOW_MS));
    expect(planned(CHAT, died, [], reminder, NOW_MS + HOUR_MS)).toEqual({ kind: 'idle' });
  });

  it('waits for what may have arrived, which is repeated as it was', () => {
    const news = aCommit({ seq: 13, changes: [aChange({ instanceId: 'i-new' })] });
    const sent = sendOf(planned(CHAT, aState(), [news], reminderOf('web-1')));
    const lost = settled(claimMessage(aState(), sent, at(NOW_MS)), LOST, sent);

    const next = planned(CHAT, lost, [news], { ...reminderOf('web-1'), dueMs: DUE_MS + 1 });

    expect(messageOf(next)).toMatchObject({ isRepeat: true, commits: [{ seq: 13 }] });
    expect(messageOf(next)).not.toHaveProperty('reminders');
  });
});

function planned(
  manner: Manner,
  state: ChannelState,
  commits: readonly Commit[],
  reminder: DueReminder,
  nowMs = NOW_MS,
): Plan {
  return plan(manner, state, new Map([[HANGZHOU, commits]]), { ...at(nowMs), reminder });
}

function passedBy(manner: Manner, state: ChannelState, next: Plan): ChannelState {
  if (next.kind === 'skip') return skipTo(state, next, 'tick-1');
  const move = sendOf(next);
  const claimed = claimMessage(state, move, at(NOW_MS));
  return settle(claimed, { kind: 'delivered' }, manner, { ...at(NOW_MS), jitter: 0.5 }, move);
}

function sentWith(state: ChannelState, reminder: DueReminder, outcome: Outcome): ChannelState {
  const sent = sendOf(planned(CHAT, state, [], reminder));
  return settled(claimMessage(state, sent, at(NOW_MS)), outcome, sent);
}

function settled(claimed: ChannelState, outcome: Outcome, sent: ReturnType<typeof sendOf>) {
  return settle(claimed, outcome, CHAT, { ...at(NOW_MS), jitter: 0.5 }, sent);
}

/** The state after commits that are held back. */
function passedOver(manner: Manner, state: ChannelState, commits: readonly Commit[]): ChannelState {
  const next = plan(manner, state, new Map([[HANGZHOU, commits]]), at(NOW_MS));
  if (next.kind !== 'skip') throw new Error(next.kind);
  return skipTo(state, next, 'tick-1');
}

function sendOf(next: Plan): Extract<Plan, { kind: 'send' }> {
  if (next.kind !== 'send') throw new Error(next.kind);
  return next;
}

function remindedIn(next: Plan): readonly string[] {
  const { reminders = [] } = messageOf(next);
  return reminders.flatMap(({ changes }) => changes.map(({ instanceId }) => instanceId));
}

function changedIn(next: Plan): readonly string[] {
  return messageOf(next).commits.flatMap(({ changes }) =>
    changes.map(({ instanceId }) => instanceId),
  );
}

function stopOf(parts: Partial<Change>): Change {
  return aChange({ fromSinceMs: NOW_MS - 9 * HOUR_MS, fromSinceKnown: true, ...parts });
}

/** As a run finds it that knows the scope up to its 14th commit. */
function dueWith(changes: readonly Change[]): DueReminder {
  return { dueMs: DUE_MS, stops: [aCommit({ seq: 14, atMs: DUE_MS, tickId: '', changes })] };
}

function reminderOf(...names: readonly string[]): DueReminder {
  return dueWith(names.map((name) => stopOf({ instanceId: `i-${name}`, name })));
}
