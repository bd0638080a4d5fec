import { type ChannelState, failingSince } from '../../core/channel-state.ts';
import { withCredibleTimes } from '../../core/credible-times.ts';
import { messageOpensAtMs } from './news/held-news.ts';
import { isGoing } from './news/muted-news.ts';
import type { ChannelPolicy, Fallback } from './policy/policy.ts';
import type { Manner } from './stages/stage.ts';

/**
 * A channel that has failed for a time is stood in for by its fallback. That is another receiver for the
 * channel's own messages: they are planned, claimed and settled in the channel's row, whose cursor moves
 * with them. So a crash between two rows can neither lose a message nor send one twice, and what may have
 * arrived at one receiver is labelled at the other one. The fallback's own row says how its receiver
 * behaves, and counts what is sent there.
 */

/**
 * Since when a channel fails for which its fallback stands in now; null: it does not. A pause that the receiver has
 * asked for is no failure, and a channel that may be tried is tried itself.
 */
export function standsInSinceMs(
  stored: ChannelState,
  { afterMs }: Fallback,
  { nowMs, isRefused }: { readonly nowMs: number; readonly isRefused: boolean },
): number | null {
  const { state } = withCredibleTimes(stored, nowMs);
  const sinceMs = failingSince(state);
  if (sinceMs === null || state.isPaused === true || nowMs < sinceMs + afterMs) return null;
  return isRefused || state.notBeforeMs > nowMs ? sinceMs : null;
}

/** A channel as its fallback serves it: with the channel's own news, at the pace of the other receiver. */
export function mannerInPlaceOf(own: Manner, other: Manner, sinceMs: number): Manner {
  const { quota: _, messagesFor: __, policy, ...kept } = own;
  const { name: channel = '' } = own;
  const { messagesPerMinute, messagesFor, quota } = other;
  return {
    ...kept,
    ...(policy && { policy: { ...policy, mentionsIn: mentionsAt(other, policy) } }),
    messagesPerMinute,
    ...(messagesFor && { messagesFor }),
    ...(quota && { quota }),
    inPlaceOf: { channel, sinceMs },
  };
}

/** The people of the channel's routes, as the receiver of the fallback calls them. */
function mentionsAt(
  { policy: there }: Manner,
  { kind }: ChannelPolicy,
): ChannelPolicy['mentionsIn'] {
  return (commits) => there?.mentionsIn(commits, kind) ?? [];
}

/** The channel's state for planning such a message: all that is about a receiver is that of the other one. */
export function stateInPlaceOf(own: ChannelState, other: ChannelState): ChannelState {
  const { sentAtMs, used, notBeforeMs, withoutUserText, deliveredAtMs } = other;
  return { ...own, sentAtMs, used, notBeforeMs, withoutUserText, deliveredAtMs };
}

/** Is the channel to be tried with the line about what its fallback was sent? */
export function isLineDue(manner: Manner, state: ChannelState, nowMs: number): boolean {
  // A name may have passed from a chat to an endpoint, which takes nothing but events.
  if (manner.style !== 'digest' || manner.inPlaceOf !== undefined) return false;
  if (state.instead === undefined) return false;
  const going = (manner.policy?.mutes ?? []).filter(isGoing(nowMs));
  // It is about the watcher itself, and no plan for the instances holds it back.
  if (going.some((mute) => mute.covers({ isNotice: true }))) return false;
  return messageOpensAtMs(manner, state, nowMs, false) <= nowMs;
}
