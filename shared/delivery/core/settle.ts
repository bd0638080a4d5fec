import type { ChannelState } from '../../core/channel-state.ts';
import type { Outcome } from '../../core/message.ts';
import { advance, pastCursor } from './cursor.ts';
import { nextState } from './next-state.ts';
import { countedSends } from './stages/budget.ts';
import type { Manner } from './stages/stage.ts';

export interface Moment {
  readonly tickId: string;
  readonly nowMs: number;
  /** A number in [0, 1) that spreads retries out. */
  readonly jitter: number;
}

/** The state after an attempt at the claimed message. The cursor moves when it was delivered. */
export function settle(
  state: ChannelState,
  outcome: Outcome,
  manner: Manner,
  { tickId, nowMs, jitter }: Moment,
): ChannelState {
  const { claim } = state;
  if (claim === null) throw new RangeError('there is no attempt to settle');
  const sentAtMs = Number.isFinite(manner.messagesPerMinute)
    ? [...countedSends(state.sentAtMs, nowMs), nowMs]
    : [];
  if (outcome.kind === 'delivered') {
    const cursor = advance(state.cursor, claim.to);
    return nextState(state, tickId, {
      attemptedAtMs: nowMs,
      cursor,
      maybeDelivered: pastCursor(state.maybeDelivered, cursor),
      claim: null,
      sentAtMs,
      failures: 0,
      notBeforeMs: 0,
      problem: null,
      withoutUserText: false,
      isRefused: false,
      deliveredAtMs: nowMs,
    });
  }
  const failures = state.failures + 1;
  return nextState(state, tickId, {
    attemptedAtMs: nowMs,
    // Only a message that may have arrived is remembered: its next attempt is a repeat.
    claim: outcome.kind === 'retry' && outcome.lost ? { ...claim, untilMs: 0 } : null,
    sentAtMs,
    failures,
    notBeforeMs: retryAtMs(outcome, failures, nowMs, jitter),
    problem: outcome.reason,
    isRefused: outcome.kind === 'rejected' && outcome.cause !== 'payload',
    withoutUserText:
      outcome.kind === 'rejected' ? outcome.cause === 'payload' : state.withoutUserText,
  });
}

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
  if (outcome.kind === 'throttled') return outcome.untilMs;
  const step = Math.min(failures, RETRY_DELAYS_SECONDS.length) - 1;
  const delaySeconds = Math.max(
    RETRY_DELAYS_SECONDS[step] ?? 0,
    outcome.kind === 'rejected' && failures > 1 ? REFUSED_DELAY_SECONDS[outcome.cause] : 0,
  );
  return nowMs + Math.round(delaySeconds * 1000 * (0.9 + 0.2 * jitter));
}
