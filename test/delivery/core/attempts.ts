import { type ChannelState, NEW_CHANNEL } from '../../../shared/core/channel-state.ts';
import type { Outcome } from '../../../shared/core/message.ts';
import type { Commit } from '../../../shared/core/model.ts';
import { claimMessage } from '../../../shared/delivery/core/claim.ts';
import { plan } from '../../../shared/delivery/core/plan.ts';
import { settle } from '../../../shared/delivery/core/settle.ts';
import type { Manner, Plan } from '../../../shared/delivery/core/stages/stage.ts';
import { aChange, aCommit, NOW_MS } from '../../helpers/examples.ts';

/** A channel's state and attempts, for the tests of what is planned and of what is left behind. */

export const CHAT: Manner = { style: 'digest', messagesPerMinute: 18 };
export const ENDPOINT: Manner = { style: 'commits', messagesPerMinute: Number.POSITIVE_INFINITY };
export const HANGZHOU = 'main/cn-hangzhou';
export const SHANGHAI = 'main/cn-shanghai';

export function aState(parts: Partial<ChannelState> = {}): ChannelState {
  return {
    ...NEW_CHANNEL,
    version: 1,
    tickId: 'tick-1',
    cursor: { [HANGZHOU]: at11() },
    ...parts,
  };
}

export function at11(): { seq: number; part: number } {
  return { seq: 11, part: 0 };
}

export function at12(): { seq: number; part: number } {
  return { seq: 12, part: 0 };
}

export function at(nowMs = NOW_MS): { tickId: string; nowMs: number } {
  return { tickId: 'tick-1', nowMs };
}

export function planned(
  manner: Manner,
  state: ChannelState,
  ...pending: readonly (readonly Commit[])[]
): Plan {
  const byScope = pending.map((commits) => [commits[0]?.scope ?? '', commits] as const);
  return plan(manner, state, new Map(byScope), at());
}

/** What `pending` still holds for a channel in this state. */
export function pendingPast(
  { cursor }: ChannelState,
  ...pending: readonly (readonly Commit[])[]
): readonly (readonly Commit[])[] {
  return pending.map((commits) =>
    commits.filter(({ scope, seq }) => seq > (cursor[scope]?.seq ?? 0)),
  );
}

export function attempt(
  manner: Manner,
  state: ChannelState,
  planned: Extract<Plan, { kind: 'send' }>,
  outcome: Outcome,
  jitter = 0.5,
): ChannelState {
  const claimed = claimMessage(state, planned, at());
  return settle(claimed, outcome, manner, { ...at(), jitter }, planned);
}

/** An attempt at what is pending, whenever the channel was to be tried again. */
export function attemptAt(
  manner: Manner,
  state: ChannelState,
  pending: readonly Commit[],
  outcome: Outcome,
  jitter = 0.5,
): ChannelState {
  const next = planned(manner, { ...state, notBeforeMs: 0 }, pending);
  if (next.kind !== 'send') throw new Error(next.kind);
  return attempt(manner, state, next, outcome, jitter);
}

export function delaysAfter(count: number, outcome: () => Outcome): readonly number[] {
  let state = aState();
  return Array.from({ length: count }, () => {
    state = attemptAt(CHAT, state, [aCommit({ changes: [aChange()] })], outcome());
    return (state.notBeforeMs - NOW_MS) / 1_000;
  });
}

export function aRetry({ lost = false } = {}): Extract<Outcome, { kind: 'retry' }> {
  return { kind: 'retry', reason: 'HTTP 503', lost };
}

export function aThrottle(untilMs: number): Extract<Outcome, { kind: 'throttled' }> {
  return { kind: 'throttled', reason: 'HTTP 429', untilMs };
}

export function aRejection(
  cause: 'payload' | 'config' | 'dead',
): Extract<Outcome, { kind: 'rejected' }> {
  return { kind: 'rejected', reason: 'HTTP 400', cause };
}
