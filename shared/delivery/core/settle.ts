import { type ChannelLimits, type ChannelState, failingSince } from '../../core/channel-state.ts';
import { MAX_BACK_OFF_MS } from '../../core/credible-times.ts';
import type { Outcome } from '../../core/message.ts';
import { moreUsed } from '../../core/quota.ts';
import type { SentInstead } from '../../core/sent-instead.ts';
import { stillInDoubt } from './claim.ts';
import { advance, pastCursor } from './cursor.ts';
import { afterSummary, withMuted } from './news/muted-news.ts';
import { nextState } from './next-state.ts';
import { countedSends } from './stages/budget.ts';
import type { Manner, Move } from './stages/stage.ts';
import { afterAcceptedAhead, afterRefusalAhead, aheadOf, stuckAfter } from './stuck.ts';

export interface Moment {
  readonly tickId: string;
  readonly nowMs: number;
  /** A number in [0, 1) that spreads retries out. */
  readonly jitter: number;
}

/**
 * The state after an attempt at the claimed message. The cursor moves when it was delivered; from then on,
 * what the message has left is `held`, and its incident settled.
 */
export function settle(
  attempted: ChannelState,
  outcome: Outcome,
  manner: Manner,
  moment: Moment,
  move: Left = {},
): ChannelState {
  const { claim } = attempted;
  const isAhead = claim?.isAhead === true;
  const isStuckable = manner.style === 'commits' && !isAhead;
  const state = afterMessage(attempted, outcome, move);
  const after = { ...afterAnswer(attempted, outcome, manner, moment, move.takes) };
  if (outcome.kind === 'delivered' && isAhead) {
    // That says nothing of the stuck event, which the failures are about.
    const { limits, attemptedAtMs, sentAtMs, used, deliveredAtMs } = after;
    const sent = { limits, attemptedAtMs, sentAtMs, used, deliveredAtMs };
    return nextState(state, moment.tickId, {
      ...sent,
      ...afterAcceptedAhead(attempted, moment.nowMs),
    });
  }
  const isRefused = outcome.kind !== 'delivered';
  return nextState(state, moment.tickId, {
    ...after,
    ...(isRefused && isStuckable && { stuck: stuckAfter(attempted, outcome) }),
  });
}

type Left = Pick<Move, 'held' | 'incidents' | 'takes' | 'isOver'>;

/**
 * The state of a channel after its fallback was sent the claimed message. Of the channel's own receiver it
 * says nothing.
 */
export function settleInPlace(
  attempted: ChannelState,
  outcome: Outcome,
  fallback: string,
  { tickId, nowMs }: Moment,
  move: Left = {},
): ChannelState {
  const state = afterMessage(attempted, outcome, move);
  if (outcome.kind !== 'delivered') return nextState(state, tickId);
  const { messages = 0, fromMs = nowMs, isMaybeSaid } = state.instead ?? {};
  const instead: SentInstead = {
    channel: fallback,
    messages: messages + 1,
    fromMs,
    untilMs: nowMs,
    ...(isMaybeSaid && { isMaybeSaid }),
  };
  return nextState(state, tickId, { instead });
}

/** The state of a fallback before it is sent a message of another channel: the message counts. */
export function countSend(
  state: ChannelState,
  manner: Manner,
  moment: Moment,
  takes = 1,
): ChannelState {
  return nextState(state, moment.tickId, {
    sentAtMs: sentAfter(state, manner, moment.nowMs, takes),
  });
}

/** The state of a fallback after that message. */
export function settleOther(
  state: ChannelState,
  outcome: Outcome,
  manner: Manner,
  moment: Moment,
  takes = 1,
): ChannelState {
  const { sentAtMs: _, ...after } = afterAnswer(state, outcome, manner, moment, takes);
  return nextState(state, moment.tickId, after);
}

/** What an attempt makes of the messages of a channel: of its claim, its cursor, and what it holds. */
function afterMessage(
  state: ChannelState,
  outcome: Outcome,
  { held = state.held, incidents, isOver }: Left,
): ChannelState {
  const { claim } = state;
  if (claim === null) throw new RangeError('there is no attempt to settle');
  const isAhead = claim.isAhead === true;
  const isSaid = claim.reminds !== undefined && (outcome.kind === 'delivered' || isLost(outcome));
  const reminded = isSaid && { remindedMs: claim.reminds };
  if (outcome.kind !== 'delivered') {
    // Only a message that may have arrived is remembered: its next attempt is a repeat.
    const isRepeated = isLost(outcome) && !isAhead && isOver !== true;
    const left = isRepeated ? { ...claim, untilMs: 0 } : null;
    return {
      ...state,
      ...reminded,
      // What no receiver has seen of an incident is still to be said: as an incident, or as a change.
      ...(!isLost(outcome) && incidents?.before && { incidents: incidents.before }),
      claim: left,
      ...(isAhead && afterRefusalAhead(state, isLost(outcome))),
    };
  }
  if (isAhead) return { ...state, claim: null };
  const cursor = advance(state.cursor, claim.to);
  const { muted = {} } = state;
  const { mutes, to } = claim;
  const left = mutes === undefined ? muted : afterSummary(muted, mutes, to, cursor);
  const maybeDelivered = pastCursor(state.maybeDelivered, cursor);
  const asOf = state.maybeDeliveredAsOf;
  // A summary, and the line about a fallback, say nothing of what a message in doubt held.
  const isOfNews = mutes === undefined && claim.saysInstead !== true;
  const { instead, ...others } = withMuted(state, left);
  return {
    ...others,
    ...reminded,
    cursor,
    maybeDelivered,
    maybeDeliveredAsOf: isOfNews ? stillInDoubt(maybeDelivered, asOf, to) : asOf,
    held,
    ...(incidents && { incidents: incidents.settled }),
    ...(instead && claim.saysInstead !== true && { instead }),
    claim: null,
    stuck: null,
    ahead: aheadOf(state.ahead, cursor),
  };
}

/** What an attempt says of the receiver. */
function afterAnswer(
  state: ChannelState,
  outcome: Outcome,
  manner: Manner,
  { nowMs, jitter }: Moment,
  takes = 1,
) {
  const isTaken = outcome.kind === 'delivered' || isLost(outcome);
  const counted = {
    // For the view, which knows no configuration.
    limits: limitsOf(manner),
    attemptedAtMs: nowMs,
    sentAtMs: sentAfter(state, manner, nowMs, takes),
    used: isTaken ? moreUsed(state.used, manner.quota, nowMs, takes) : state.used,
  };
  if (outcome.kind === 'delivered') {
    return {
      ...counted,
      failures: 0,
      failingSinceMs: null,
      unmarked: 0,
      notBeforeMs: 0,
      problem: null,
      withoutUserText: false,
      isRefused: false,
      isPaused: false,
      deliveredAtMs: nowMs,
    };
  }
  const failures = state.failures + 1;
  const isUnmarked = outcome.kind === 'retry' && outcome.unmarked === true;
  const unmarked = state.unmarked + (isUnmarked ? 1 : 0);
  const isAlwaysUnmarked = isUnmarked && unmarked >= UNMARKED_BEFORE_ADVICE;
  const isPaused = outcome.kind === 'throttled' && outcome.isQuota !== true;
  return {
    ...counted,
    failures,
    failingSinceMs: failsSince(state, isPaused, nowMs),
    unmarked,
    notBeforeMs: isAlwaysUnmarked
      ? nowMs + UNMARKED_DELAY_MS
      : retryAtMs(outcome, failures, nowMs, jitter),
    problem: isAlwaysUnmarked ? `${outcome.reason}. ${UNMARKED_ADVICE}` : outcome.reason,
    isRefused: isRefusedForGood(outcome),
    isPaused,
    withoutUserText:
      outcome.kind === 'rejected' ? outcome.cause === 'payload' : state.withoutUserText,
    deliveredAtMs: state.deliveredAtMs,
  };
}

/** A receiver that asks for a pause does not fail yet. */
function failsSince(state: ChannelState, isPaused: boolean, nowMs: number): number | null {
  const sinceMs = failingSince(state);
  if (isPaused || sinceMs !== null) return sinceMs;
  return state.failures === 0 || state.isPaused === true ? nowMs : null;
}

function isLost(outcome: Outcome): boolean {
  return 'lost' in outcome && outcome.lost === true;
}

function sentAfter(
  { sentAtMs }: ChannelState,
  { messagesPerMinute }: Manner,
  nowMs: number,
  takes: number,
): readonly number[] {
  if (!Number.isFinite(messagesPerMinute)) return [];
  return [...countedSends(sentAtMs, nowMs), ...Array<number>(takes).fill(nowMs)];
}

/** Only a person can end it: by another address, or a larger quota. */
function isRefusedForGood(outcome: Outcome): boolean {
  if (outcome.kind === 'throttled') return outcome.isQuota === true;
  return outcome.kind === 'rejected' && outcome.cause !== 'payload';
}

/** After so many answers that confirm nothing, the next ones will not either. */
const UNMARKED_BEFORE_ADVICE = 3;
/** Each attempt may show the message again, so that they are few until a person acts. */
const UNMARKED_DELAY_MS = 60 * 60 * 1000;
const UNMARKED_ADVICE =
  'It always answers so: another service, or a proxy, answers at this address. Each attempt may ' +
  'have shown the message, so the next one is made in an hour. Set the address of the service ' +
  'itself. An endpoint of your own belongs in WEBHOOK_URL, where any 2xx confirms';

/**
 * Delay after the nth failure in a row, in seconds; the last one repeats. The first two are left
 * to the timer, which already comes only once a minute.
 */
const RETRY_DELAYS_SECONDS = [0, 0, 60, 120, 240, 480, 900] as const;
/** A receiver that refuses everything, or this form, is tried again in case it has been fixed. */
const REFUSED_DELAY_SECONDS = { payload: 0, config: 300, dead: 3_600 } as const;

function retryAtMs(
  outcome: Exclude<Outcome, { kind: 'delivered' }>,
  failures: number,
  nowMs: number,
  jitter: number,
): number {
  if (outcome.kind === 'throttled') return Math.min(outcome.untilMs, nowMs + MAX_BACK_OFF_MS);
  const step = Math.min(failures, RETRY_DELAYS_SECONDS.length) - 1;
  const delaySeconds = Math.max(
    RETRY_DELAYS_SECONDS[step] ?? 0,
    outcome.kind === 'rejected' && failures > 1 ? REFUSED_DELAY_SECONDS[outcome.cause] : 0,
  );
  return nowMs + Math.round(delaySeconds * 1000 * (0.9 + 0.2 * jitter));
}

function limitsOf({ messagesPerMinute, quota }: Manner): ChannelLimits {
  return {
    ...(Number.isFinite(messagesPerMinute) && { messagesPerMinute }),
    ...(quota !== undefined && { quota }),
  };
}
