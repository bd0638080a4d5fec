import type { AsOf, ChannelState, Cursor } from '../../core/channel-state.ts';
import { CLAIM_MS, withCredibleTimes } from '../../core/credible-times.ts';
import { advance, pastCursor } from './cursor.ts';
import { nextState } from './next-state.ts';
import { aheadOf, sentAhead } from './stuck.ts';

/** What a claim says of its message besides the positions. */
interface Sent {
  readonly isAhead?: boolean | undefined;
  readonly asOf?: AsOf | undefined;
}

/** The state that says: this message is on its way. */
export function claimMessage(
  stored: ChannelState,
  to: Cursor,
  { tickId, nowMs }: { readonly tickId: string; readonly nowMs: number },
  { isAhead = false, asOf }: Sent = {},
): ChannelState {
  const { state } = withCredibleTimes(stored, nowMs);
  return nextState(state, tickId, {
    maybeDelivered: mayHaveArrived(state),
    maybeDeliveredAsOf: mayHaveArrivedAsOf(state),
    ahead: sentAhead(state, false),
    stuck: state.stuck && { ...state.stuck, isPassing: isAhead },
    claim: {
      to,
      tickId,
      untilMs: nowMs + CLAIM_MS,
      ...(isAhead && { isAhead }),
      ...(asOf !== undefined && { asOf }),
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
  const maybeDeliveredAsOf = stillInDoubt(maybeDelivered, mayHaveArrivedAsOf(state));
  return nextState(state, tickId, {
    cursor,
    maybeDelivered,
    maybeDeliveredAsOf,
    held,
    ahead,
    claim: null,
  });
}

/** How a chat's message was planned that may have arrived; null: there is none. */
export function mayHaveArrivedAsOf({ claim, maybeDeliveredAsOf }: ChannelState): AsOf | null {
  return claim?.asOf ?? maybeDeliveredAsOf;
}

/** A part of the message may belong to the scopes of another run. */
export function stillInDoubt(maybeDelivered: Cursor, asOf: AsOf | null): AsOf | null {
  return Object.keys(maybeDelivered).length === 0 ? null : asOf;
}

/** How far messages reach that may have arrived: earlier ones, and that of a claim left behind. */
export function mayHaveArrived({ cursor, claim, maybeDelivered }: ChannelState): Cursor {
  return claim === null || claim.isAhead === true
    ? maybeDelivered
    : advance(maybeDelivered, pastCursor(claim.to, cursor));
}
