import type { ChannelState, Cursor, HeldByMute } from '../../core/channel-state.ts';
import { CLAIM_MS, withCredibleTimes } from '../../core/credible-times.ts';
import { advance, pastCursor } from './cursor.ts';
import { afterSummary, withHeld } from './held.ts';
import { nextState } from './next-state.ts';
import type { Move } from './stages/stage.ts';
import { aheadOf, sentAhead } from './stuck.ts';

/** The state that says: this message is on its way. */
export function claimMessage(
  stored: ChannelState,
  { to, holds, mutes, isAhead = false }: Move & { readonly isAhead?: boolean },
  { tickId, nowMs }: { readonly tickId: string; readonly nowMs: number },
): ChannelState {
  const { state } = withCredibleTimes(stored, nowMs);
  const held = { ...heldBefore(state), ...holds };
  return nextState(state, tickId, {
    ...(Object.keys(held).length > 0 && { held }),
    maybeDelivered: mayHaveArrived(state),
    ahead: sentAhead(state, false),
    stuck: state.stuck && { ...state.stuck, isPassing: isAhead },
    claim: {
      to,
      tickId,
      untilMs: nowMs + CLAIM_MS,
      ...(isAhead && { isAhead }),
      ...(mutes && { mutes }),
    },
    attemptedAtMs: nowMs,
  });
}

/** The state after a claim that no send has followed. */
export function releaseClaim(state: ChannelState, tickId: string): ChannelState {
  return nextState(state, tickId, { claim: null });
}

/** What mutes hold, with the mark of a summary that may have arrived. */
function heldBefore({ held = {}, claim }: ChannelState): HeldByMute {
  const entries = Object.entries(held).map(([name, entry]) => {
    const isMaybeSent = claim?.mutes?.includes(name) === true;
    return [name, isMaybeSent ? { ...entry, isMaybeSent: true as const } : entry];
  });
  return Object.fromEntries(entries);
}

/** The state after commits that hold no news for this channel, or none yet. */
export function skipTo(
  state: ChannelState,
  { to, holds, mutes }: Move,
  tickId: string,
): ChannelState {
  const cursor = advance(state.cursor, to);
  const before = { ...heldBefore(state), ...holds };
  const held = mutes === undefined ? before : afterSummary(before, mutes, to, cursor);
  const maybeDelivered = pastCursor(mayHaveArrived(state), cursor);
  const ahead = aheadOf(sentAhead(state, false), cursor);
  return nextState(withHeld(state, held), tickId, { cursor, maybeDelivered, ahead, claim: null });
}

/** How far messages reach that may have arrived: earlier ones, and that of a claim left behind. */
export function mayHaveArrived({ cursor, claim, maybeDelivered }: ChannelState): Cursor {
  return claim === null || claim.isAhead === true
    ? maybeDelivered
    : advance(maybeDelivered, pastCursor(claim.to, cursor));
}
