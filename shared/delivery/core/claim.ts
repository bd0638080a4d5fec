import type { ChannelState, Cursor } from '../../core/channel-state.ts';
import { CLAIM_MS, withCredibleTimes } from '../../core/credible-times.ts';
import { advance, pastCursor } from './cursor.ts';
import { nextState } from './next-state.ts';
import { aheadOf, sentAhead } from './stuck.ts';

/** What a claim says of its message besides the positions. */
interface Sent {
  readonly isAhead?: boolean | undefined;
  readonly asOfMs?: number | undefined;
}

/** The state that says: this message is on its way. */
export function claimMessage(
  stored: ChannelState,
  to: Cursor,
  { tickId, nowMs }: { readonly tickId: string; readonly nowMs: number },
  { isAhead = false, asOfMs }: Sent = {},
): ChannelState {
  const { state } = withCredibleTimes(stored, nowMs);
  return nextState(state, tickId, {
    maybeDelivered: mayHaveArrived(state),
    maybeDeliveredAsOfMs: mayHaveArrivedAsOfMs(state),
    ahead: sentAhead(state, false),
    stuck: state.stuck && { ...state.stuck, isPassing: isAhead },
    claim: {
      to,
      tickId,
      untilMs: nowMs + CLAIM_MS,
      ...(isAhead && { isAhead }),
      ...(asOfMs !== undefined && { asOfMs }),
    },
    attemptedAtMs: nowMs,
  });
}

/** The state after a claim that no send has followed. */
export function releaseClaim(state: ChannelState, tickId: string): ChannelState {
  return nextState(state, tickId, { claim: null });
}

/** The state after commits that hold no news. */
export function skipTo(
  state: ChannelState,
  to: Cursor,
  tickId: string,
  held: ChannelState['held'] = state.held,
): ChannelState {
  const cursor = advance(state.cursor, to);
  const maybeDelivered = pastCursor(mayHaveArrived(state), cursor);
  const ahead = aheadOf(sentAhead(state, false), cursor);
  const maybeDeliveredAsOfMs = stillInDoubt(maybeDelivered, mayHaveArrivedAsOfMs(state));
  return nextState(state, tickId, {
    cursor,
    maybeDelivered,
    maybeDeliveredAsOfMs,
    held,
    ahead,
    claim: null,
  });
}

/** As of when a chat's message was planned that may have arrived; null: there is none. */
export function mayHaveArrivedAsOfMs({ claim, maybeDeliveredAsOfMs }: ChannelState): number | null {
  return claim?.asOfMs ?? maybeDeliveredAsOfMs;
}

/** A part of the message may belong to the scopes of another run. */
export function stillInDoubt(maybeDelivered: Cursor, asOfMs: number | null): number | null {
  return Object.keys(maybeDelivered).length === 0 ? null : asOfMs;
}

/** How far messages reach that may have arrived: earlier ones, and that of a claim left behind. */
export function mayHaveArrived({ cursor, claim, maybeDelivered }: ChannelState): Cursor {
  return claim === null || claim.isAhead === true
    ? maybeDelivered
    : advance(maybeDelivered, pastCursor(claim.to, cursor));
}
