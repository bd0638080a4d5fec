import { type ChannelLimits, type ChannelState, failingSince } from '../../core/channel-state.ts';
import { MAX_BACK_OFF_MS } from '../../core/credible-times.ts';
import type { Outcome } from '../../core/message.ts';
import { oneMoreUsed } from '../../core/quota.ts';
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
  { tickId, nowMs, jitter }: Moment,
  { held = attempted.held, incidents }: Pick<Move, 'held' | 'incidents'> = {},
): ChannelState {
  // For the view, which knows no configuration.
  const state = { ...attempted, limits: limitsOf(manner) };
  const { claim } = state;
  if (claim === null) throw new RangeError('there is no attempt to settle');
  const sentAtMs = Number.isFinite(manner.messagesPerMinute)
    ? [...countedSends(state.sentAtMs, nowMs), nowMs]
    : [];
  const isLost = 'lost' in outcome && outcome.lost === true;
  const isTaken = outcome.kind === 'delivered' || isLost;
  const used = isTaken ? oneMoreUsed(state.used, manner.quota, nowMs) : state.used;
  const isAhead = claim.isAhead === true;
  if (outcome.kind === 'delivered' && isAhead) {
    return nextState(state, tickId, {
      attemptedAtMs: nowMs,
      claim: null,
      sentAtMs,
      used,
      deliveredAtMs: nowMs,
      ...afterAcceptedAhead(state, nowMs),
    });
  }
  if (outcome.kind === 'delivered') {
    const cursor = advance(state.cursor, claim.to);
    const { muted = {} } = state;
    const { mutes, to } = claim;
    const left = mutes === undefined ? muted : afterSummary(muted, mutes, to, cursor);
    const maybeDelivered = pastCursor(state.maybeDelivered, cursor);
    const asOf = state.maybeDeliveredAsOf;
    return nextState(withMuted(state, left), tickId, {
      attemptedAtMs: nowMs,
      cursor,
      maybeDelivered,
      maybeDeliveredAsOf: mutes === undefined ? stillInDoubt(maybeDelivered, asOf, to) : asOf,
      held,
      ...(incidents && { incidents: incidents.settled }),
      claim: null,
      stuck: null,
      ahead: aheadOf(state.ahead, cursor),
      sentAtMs,
      used,
      failures: 0,
      failingSinceMs: null,
      unmarked: 0,
      notBeforeMs: 0,
      problem: null,
      withoutUserText: false,
      isRefused: false,
      deliveredAtMs: nowMs,
    });
  }
  const failures = state.failures + 1;
  const isUnmarked = outcome.kind === 'retry' && outcome.unmarked === true;
  const unmarked = state.unmarked + (isUnmarked ? 1 : 0);
  const isStuckable = manner.style === 'commits' && !isAhead;
  const isAlwaysUnmarked = isUnmarked && unmarked >= UNMARKED_BEFORE_ADVICE;
  return nextState(state, tickId, {
    attemptedAtMs: nowMs,
    // Only a message that may have arrived is remembered: its next attempt is a repeat.
    claim: isLost && !isAhead ? { ...claim, untilMs: 0 } : null,
    ...(isAhead && afterRefusalAhead(state, isLost)),
    ...(isStuckable && { stuck: stuckAfter(state, outcome) }),
    sentAtMs,
    used,
    failures,
    failingSinceMs: state.failures === 0 ? nowMs : failingSince(state),
    unmarked,
    notBeforeMs: isAlwaysUnmarked
      ? nowMs + UNMARKED_DELAY_MS
      : retryAtMs(outcome, failures, nowMs, jitter),
    problem: isAlwaysUnmarked ? `${outcome.reason}. ${UNMARKED_ADVICE}` : outcome.reason,
    isRefused: isRefusedForGood(outcome),
    withoutUserText:
      outcome.kind === 'rejected' ? outcome.cause === 'payload' : state.withoutUserText,
  });
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
