import { type ChannelState, NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import type { Message } from '../../shared/core/message.ts';
import type { Commit } from '../../shared/core/model.ts';
import { SETTLING } from '../../shared/core/settling.ts';
import { isoTime } from '../../shared/core/time.ts';
import { claimMessage, skipTo } from '../../shared/delivery/core/claim.ts';
import { messageOpensAtMs } from '../../shared/delivery/core/news/held-news.ts';
import { nextDueMs } from '../../shared/delivery/core/news/settle-news.ts';
import { plan } from '../../shared/delivery/core/plan.ts';
import { settle } from '../../shared/delivery/core/settle.ts';
import type { ServedChannel } from '../../shared/delivery/run.ts';

/** A message that a channel would be sent, and how long after the first look. */
export interface Planned {
  readonly message: Message;
  readonly afterMs: number;
}

/** What a channel would do about a commit. */
export interface Preview {
  readonly messages: readonly Planned[];
  /** A mute holds something of it back. */
  readonly isHeld: boolean;
  /** The mutes that do, as far as they hold at the end of the preview. */
  readonly mutes: readonly HoldingMute[];
}

export interface HoldingMute {
  readonly name: string;
  readonly untilMs: number;
}

const TICK_ID = 'preview';
/** A commit has fewer parts, and a channel fewer waits. */
const MAX_STEPS = 10_000;

/**
 * Plans a commit for a channel that was sent everything before it, and takes whatever it is sent. Time
 * moves on while the channel waits: for its limits, or until what a chat holds back is due.
 */
export function previewOf(channel: ServedChannel, commit: Commit, nowMs: number): Preview {
  const messages: Planned[] = [];
  let isHeld = false;
  let atMs = nowMs;
  let state: ChannelState = {
    ...NEW_CHANNEL,
    cursor: { [commit.scope]: { seq: commit.seq - 1, part: 0 } },
  };
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const isPending = (state.cursor[commit.scope]?.seq ?? 0) < commit.seq;
    const pending = new Map([[commit.scope, isPending ? [commit] : []]]);
    const next = plan(channel, state, pending, { tickId: TICK_ID, nowMs: atMs });
    if (next.kind === 'idle') {
      const dueMs = heldUntilMs(channel, state, atMs);
      // It is due, but a mute has begun in the meantime.
      isHeld ||= dueMs <= atMs;
      if (dueMs <= atMs || dueMs === Number.POSITIVE_INFINITY) break;
      atMs = dueMs;
      continue;
    }
    if (next.kind === 'wait') {
      atMs = Math.max(atMs + 1, next.untilMs);
      continue;
    }
    isHeld ||= Object.keys(next.holds ?? {}).length > 0;
    if (next.kind === 'skip') {
      state = skipTo(state, next, TICK_ID);
      continue;
    }
    messages.push({ message: next.message, afterMs: atMs - nowMs });
    const moment = { tickId: TICK_ID, nowMs: atMs };
    const claimed = claimMessage(state, next, moment);
    const settled = { ...moment, jitter: 0 };
    state = settle(claimed, { kind: 'delivered' }, channel, settled, next);
  }
  return { messages, isHeld, mutes: isHeld ? mutesAt(channel, atMs) : [] };
}

function mutesAt({ policy }: ServedChannel, atMs: number): readonly HoldingMute[] {
  return (policy?.mutes ?? []).flatMap((mute) => {
    const interval = mute.intervalAt(atMs);
    return interval === null ? [] : [{ name: mute.name, untilMs: interval.untilMs }];
  });
}

/** The beginning of the sentence about what is held back. */
export function mutesText(mutes: readonly HoldingMute[]): string {
  if (mutes.length === 0) return 'a mute holds back';
  const named = mutes.map(({ name, untilMs }) => `${name}, until ${isoTime(untilMs)},`);
  return mutes.length === 1
    ? `the mute ${named[0]} holds back`
    : `the mutes ${named.join(' and ')} hold back`;
}

/** When the first of what is held back is due, apart from mutes; infinite: nothing is held back. */
function heldUntilMs(channel: ServedChannel, state: ChannelState, nowMs: number): number {
  const { settling = SETTLING } = channel;
  const calmNotBeforeMs = messageOpensAtMs(channel, state, nowMs, false);
  return nextDueMs(state.held, settling, { nowMs, calmNotBeforeMs });
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** `after 30 s`, `after 10 min`, rounded up; empty: at once. */
export function waitIn({ afterMs }: Planned): string {
  if (afterMs <= 0) return '';
  return afterMs < 2 * MINUTE_MS
    ? `after ${Math.ceil(afterMs / SECOND_MS)} s`
    : `after ${Math.ceil(afterMs / MINUTE_MS)} min`;
}
