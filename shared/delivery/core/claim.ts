import {
  type AllMutedNews,
  type AsOf,
  type ChannelState,
  type Cursor,
  lastReminderMs,
} from '../../core/channel-state.ts';
import { CLAIM_MS, withCredibleTimes } from '../../core/credible-times.ts';
import { isPastFailure } from '../../core/past-failure.ts';
import type { SentInstead } from '../../core/sent-instead.ts';
import { advance, pastCursor } from './cursor.ts';
import { afterSummary, withMuted } from './news/muted-news.ts';
import { nextState } from './next-state.ts';
import type { Move } from './stages/stage.ts';
import { aheadOf, sentAhead } from './stuck.ts';

/** The state that says: this message is on its way. */
export function claimMessage(
  stored: ChannelState,
  move: Move & { readonly isAhead?: boolean },
  { tickId, nowMs }: { readonly tickId: string; readonly nowMs: number },
): ChannelState {
  const { to, holds, mutes, asOf, incidents, saysInstead, reminds, isAhead = false } = move;
  const { state } = withCredibleTimes(stored, nowMs);
  const instead = insteadBefore(state);
  const muted = { ...mutedBefore(state), ...holds };
  return nextState(state, tickId, {
    ...(Object.keys(muted).length > 0 && { muted }),
    // Its sender may die: whether the incident was opened or closed is then not known.
    ...(incidents?.claimed && { incidents: incidents.claimed }),
    ...(instead && { instead }),
    ...reminded(state, lastReminderMs(state, nowMs)),
    maybeDelivered: mayHaveArrived(state),
    maybeDeliveredAsOf: mayHaveArrivedAsOf(state),
    ahead: sentAhead(state, false),
    stuck: state.stuck && { ...state.stuck, isPassing: isAhead },
    claim: {
      to,
      tickId,
      untilMs: nowMs + CLAIM_MS,
      ...(isAhead && { isAhead }),
      ...(mutes && { mutes }),
      ...(saysInstead && { saysInstead }),
      ...(reminds !== undefined && { reminds }),
      ...(asOf && { asOf }),
    },
    attemptedAtMs: nowMs,
    // The failures were of another message: if this one fails too, the receiver has failed since now.
    ...(isPastFailure(state, nowMs) && { failingSinceMs: nowMs }),
  });
}

/** The state after a claim that no send has followed. */
export function releaseClaim(
  state: ChannelState,
  tickId: string,
  { incidents }: Pick<Move, 'incidents'>,
): ChannelState {
  const before = incidents?.before;
  return nextState(state, tickId, { claim: null, ...(before && { incidents: before }) });
}

/** What mutes hold, with the mark of a summary that may have arrived. */
export function mutedBefore({ muted = {}, claim }: ChannelState): AllMutedNews {
  const entries = Object.entries(muted).map(([name, entry]) => {
    const isMaybeSent = claim?.mutes?.includes(name) === true;
    return [name, isMaybeSent ? { ...entry, isMaybeSent: true as const } : entry];
  });
  return Object.fromEntries(entries);
}

/** What the fallback was sent, with the mark of a line about it that may have arrived. */
export function insteadBefore({ instead, claim }: ChannelState): SentInstead | undefined {
  const isMaybeSaid = instead !== undefined && claim?.saysInstead === true;
  return isMaybeSaid ? { ...instead, isMaybeSaid } : instead;
}

function reminded({ remindedMs }: ChannelState, lastMs: number): Pick<ChannelState, 'remindedMs'> {
  return remindedMs === undefined && lastMs === 0 ? {} : { remindedMs: lastMs };
}

/** The state after commits that hold no news for this channel, or none yet. */
export function skipTo(
  state: ChannelState,
  { to, held = state.held, holds, mutes, incidents, reminds }: Move,
  tickId: string,
): ChannelState {
  const cursor = advance(state.cursor, to);
  const before = { ...mutedBefore(state), ...holds };
  const muted = mutes === undefined ? before : afterSummary(before, mutes, to, cursor);
  const maybeDelivered = pastCursor(mayHaveArrived(state), cursor);
  const ahead = aheadOf(sentAhead(state, false), cursor);
  const asOf = mayHaveArrivedAsOf(state);
  const instead = insteadBefore(state);
  const { remindedMs = 0, claim } = state;
  return nextState(withMuted(state, muted), tickId, {
    cursor,
    ...(instead && { instead }),
    // Its plan has found the last one to be over, or to be of a clock that was wrong.
    ...reminded(state, reminds ?? Math.max(remindedMs, claim?.reminds ?? 0)),
    maybeDelivered,
    maybeDeliveredAsOf: mutes === undefined ? stillInDoubt(maybeDelivered, asOf, to) : asOf,
    held,
    ...(incidents && { incidents: incidents.settled }),
    ahead,
    claim: null,
  });
}

/** How a chat's message was planned that may have arrived; null: there is none, or only a summary. */
export function mayHaveArrivedAsOf({
  claim,
  maybeDeliveredAsOf: before,
}: ChannelState): AsOf | null {
  const asOf = claim?.asOf;
  if (asOf === undefined) return before;
  // Of two messages, in scopes of different runs, each was planned as of its own time: neither is
  // known any more, so that all of both is sent.
  return before === null || before.ms === asOf.ms ? asOf : { ...asOf, isAll: true };
}

/**
 * How the rest of a message in doubt is planned again, after the cursor has passed `to`. The scopes of
 * another run are not touched by it. What it held back of scopes that are not in doubt is over: a run
 * repeats that before anything else. But where a run that had read less has repeated a part of a scope,
 * the rest is not what it was without that part: all of it is sent, since all of it may have arrived.
 */
export function stillInDoubt(maybeDelivered: Cursor, asOf: AsOf | null, to: Cursor): AsOf | null {
  const scopes = Object.keys(maybeDelivered);
  if (scopes.length === 0 || asOf === null) return null;
  const isInPart = scopes.some((scope) => to[scope] !== undefined);
  return { ...asOf, isAll: asOf.isAll || isInPart, isRest: true };
}

/** How far messages reach that may have arrived: earlier ones, and that of a claim left behind. */
export function mayHaveArrived({ cursor, claim, maybeDelivered }: ChannelState): Cursor {
  return claim === null || claim.isAhead === true
    ? maybeDelivered
    : advance(maybeDelivered, pastCursor(claim.to, cursor));
}
