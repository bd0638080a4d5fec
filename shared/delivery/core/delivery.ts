import {
  type ChannelState,
  type Cursor,
  NEW_CHANNEL,
  type Position,
} from '../../core/channel-state.ts';
import type { Message, Outcome } from '../../core/message.ts';
import type { Change, Commit } from '../../core/model.ts';
import { splitBySize } from '../../core/split-by-size.ts';
import { MAX_CLOCK_DIFFERENCE_MS } from '../../core/time.ts';

export type Plan =
  | { readonly kind: 'idle' }
  | { readonly kind: 'wait'; readonly untilMs: number; readonly reason: string }
  /** Nothing in these commits is news: move on without a message. */
  | { readonly kind: 'skip'; readonly to: Cursor }
  | { readonly kind: 'send'; readonly message: Message; readonly to: Cursor };

/** How a channel wants to be served. */
export interface Manner {
  readonly style: 'digest' | 'commits';
  readonly messagesPerMinute: number;
}

const MINUTE_MS = 60_000;

/**
 * The state with a place in every scope's journal: a new channel, or one that meets a new scope,
 * is told what is committed from now on. Undefined when there is nothing to add.
 */
export function registerScopes(
  state: ChannelState | undefined,
  lastSeqs: ReadonlyMap<string, number>,
  tickId: string,
): ChannelState | undefined {
  const before = state ?? NEW_CHANNEL;
  const unmet = [...lastSeqs].filter(([scope]) => before.cursor[scope] === undefined);
  if (state !== undefined && unmet.length === 0) return undefined;
  const places = unmet.map(([scope, seq]) => [scope, { seq, part: 0 }] as const);
  return next(before, tickId, { cursor: { ...before.cursor, ...Object.fromEntries(places) } });
}

/** Scopes in whose journal a channel stands past the last commit. */
export function scopesAhead(
  { cursor }: ChannelState,
  lastSeqs: ReadonlyMap<string, number>,
): readonly string[] {
  return [...lastSeqs].flatMap(([scope, seq]) => ((cursor[scope]?.seq ?? 0) > seq ? [scope] : []));
}

/** The state without its places in these scopes: the commits that they are about are gone. */
export function dropScopes(state: ChannelState, scopes: readonly string[]): ChannelState {
  if (scopes.length === 0) return state;
  const without = (places: Cursor): Cursor =>
    Object.fromEntries(Object.entries(places).filter(([scope]) => !scopes.includes(scope)));
  // What a claim was about in other scopes stays in doubt.
  return {
    ...state,
    cursor: without(state.cursor),
    maybeDelivered: without(doubtOf(state)),
    claim: null,
  };
}

/** Decides the next message of a channel. `pending`: scope → the commits past its cursor. */
export function plan(
  manner: Manner,
  stored: ChannelState,
  pending: ReadonlyMap<string, readonly Commit[]>,
  { tickId, nowMs }: { readonly tickId: string; readonly nowMs: number },
): Plan {
  const state = inTime(stored, nowMs);
  const { claim } = state;
  const waiting = [...pending.values()].filter((commits) => commits.length > 0);
  if (waiting.length === 0) return { kind: 'idle' };
  if (claim !== null && claim.tickId !== tickId && claim.untilMs > nowMs) {
    return { kind: 'wait', untilMs: claim.untilMs, reason: 'another tick is sending' };
  }
  if (state.notBeforeMs > nowMs) {
    return { kind: 'wait', untilMs: state.notBeforeMs, reason: state.problem ?? 'backing off' };
  }
  const freeAtMs = budgetFreeAtMs(manner, state, nowMs);
  if (freeAtMs > nowMs) {
    return { kind: 'wait', untilMs: freeAtMs, reason: 'messages per minute' };
  }
  // What may already have arrived is repeated as it was, so that it can be labelled as a whole.
  const repeatable = within(waiting, doubtOf(state));
  const isRepeat = repeatable.length > 0;
  const commits = isRepeat ? repeatable : waiting;
  return manner.style === 'digest'
    ? planDigest(state, commits, isRepeat)
    : planNextCommit(state, commits, isRepeat);
}

/**
 * A state whose times may be waited for. One that was written in the future comes from a clock that
 * has been set back since, and would keep the channel silent until that time comes again.
 */
function inTime(state: ChannelState, nowMs: number): ChannelState {
  if (state.attemptedAtMs <= nowMs + MAX_CLOCK_DIFFERENCE_MS) return state;
  const { claim } = state;
  return { ...state, claim: claim && { ...claim, untilMs: 0 }, notBeforeMs: 0, sentAtMs: [] };
}

function budgetFreeAtMs({ messagesPerMinute }: Manner, state: ChannelState, nowMs: number): number {
  const recent = state.sentAtMs.filter((sentAtMs) => sentAtMs > nowMs - MINUTE_MS);
  if (recent.length < messagesPerMinute) return nowMs;
  return (recent[recent.length - messagesPerMinute] ?? nowMs) + MINUTE_MS;
}

function within(waiting: readonly (readonly Commit[])[], to: Cursor): (readonly Commit[])[] {
  return waiting
    .map((commits) =>
      commits.filter(({ scope, seq }) => {
        const limit = to[scope];
        if (limit === undefined) return false;
        return seq <= limit.seq || (seq === limit.seq + 1 && limit.part > 0);
      }),
    )
    .filter((commits) => commits.length > 0);
}

/** One message for everything that waits. */
function planDigest(
  state: ChannelState,
  waiting: readonly (readonly Commit[])[],
  isRepeat: boolean,
): Plan {
  const commits = waiting.flat();
  const to = { ...state.cursor };
  for (const { scope, seq } of commits) to[scope] = { seq, part: 0 };
  const news = commits.filter(isNews);
  if (news.length === 0) return { kind: 'skip', to };
  const part = { index: 0, count: 1, firstChange: 0 };
  return {
    kind: 'send',
    to,
    message: { commits: news, part, isRepeat, withoutUserText: state.withoutUserText },
  };
}

/** The oldest commit that waits, or the next part of it. */
function planNextCommit(
  state: ChannelState,
  waiting: readonly (readonly Commit[])[],
  isRepeat: boolean,
): Plan {
  const commit = waiting
    .map((commits) => commits[0])
    .filter((first) => first !== undefined)
    .reduce((oldest, candidate) => (candidate.atMs < oldest.atMs ? candidate : oldest));
  const { scope, seq } = commit;
  if (!isNews(commit)) {
    return { kind: 'skip', to: { ...state.cursor, [scope]: { seq, part: 0 } } };
  }
  const parts = partsOf(commit);
  const index = Math.min(state.cursor[scope]?.part ?? 0, parts.length - 1);
  const changes = parts[index] ?? [];
  const firstChange = parts.slice(0, index).reduce((sum, earlier) => sum + earlier.length, 0);
  const isLast = index === parts.length - 1;
  return {
    kind: 'send',
    to: {
      ...state.cursor,
      [scope]: isLast ? { seq, part: 0 } : { seq: seq - 1, part: index + 1 },
    },
    message: {
      commits: [{ ...commit, changes }],
      part: { index, count: parts.length, firstChange },
      isRepeat,
      withoutUserText: state.withoutUserText,
    },
  };
}

/** All but the silent rows of a baseline: it is told once, with its last row, and as a number. */
function isNews({ notice }: Commit): boolean {
  return notice?.kind !== 'baseline' || notice.last;
}

/**
 * The most that the changes of one event may weigh, in bytes. Standard Webhooks 1.0 asks senders
 * to keep payloads below 20 KB; the envelope takes the rest.
 */
const MAX_EVENT_CHANGES_BYTES = 16_000;
/** `"id":"/SEQ/INDEX",` with the longest numbers. */
const EVENT_ID_BYTES = 40;

function partsOf({ scope, changes, notice }: Commit): readonly (readonly Change[])[] {
  if (notice !== undefined || changes.length === 0) return [[]];
  // Each change carries an id of its own: the scope, the seq and its place.
  const idBytes = Buffer.byteLength(scope) + EVENT_ID_BYTES;
  return splitBySize(changes, MAX_EVENT_CHANGES_BYTES, idBytes);
}

/**
 * How long writing the claim and waiting for the receiver's answer may take; afterwards a claim
 * that is still there is anybody's.
 */
export const CLAIM_MS = 18_000;

/** The state that says: this message is on its way. */
export function claimMessage(
  stored: ChannelState,
  to: Cursor,
  { tickId, nowMs }: { readonly tickId: string; readonly nowMs: number },
): ChannelState {
  const state = inTime(stored, nowMs);
  const doubt = doubtOf(state);
  const claim = { to, tickId, untilMs: nowMs + CLAIM_MS };
  return next(state, tickId, { maybeDelivered: doubt, claim, attemptedAtMs: nowMs });
}

/** The state after a claim that no send has followed. */
export function releaseClaim(state: ChannelState, tickId: string): ChannelState {
  return next(state, tickId, { claim: null });
}

/** The state after commits that hold no news. */
export function skipTo(state: ChannelState, to: Cursor, tickId: string): ChannelState {
  return next(state, tickId, { cursor: to, maybeDelivered: past(doubtOf(state), to), claim: null });
}

/** The state after an attempt at the claimed message. The cursor moves when it was delivered. */
export function settle(
  state: ChannelState,
  outcome: Outcome,
  manner: Manner,
  { tickId, nowMs, jitter: chance }: Moment,
): ChannelState {
  const { claim, failures } = state;
  if (claim === null) throw new RangeError('there is no attempt to settle');
  const sentAtMs = Number.isFinite(manner.messagesPerMinute)
    ? [...state.sentAtMs.filter((sent) => sent > nowMs - MINUTE_MS), nowMs]
    : [];
  if (outcome.kind === 'delivered') {
    return next(state, tickId, {
      attemptedAtMs: nowMs,
      cursor: claim.to,
      maybeDelivered: past(state.maybeDelivered, claim.to),
      claim: null,
      sentAtMs,
      failures: 0,
      notBeforeMs: 0,
      problem: null,
      withoutUserText: false,
      deliveredAtMs: nowMs,
    });
  }
  return next(state, tickId, {
    attemptedAtMs: nowMs,
    // Only a message that may have arrived is remembered: its next attempt is a repeat.
    claim: outcome.kind === 'retry' && outcome.lost ? { ...claim, untilMs: 0 } : null,
    sentAtMs,
    failures: failures + 1,
    notBeforeMs: notBeforeMs(outcome, failures + 1, nowMs, chance),
    problem: outcome.reason,
    withoutUserText:
      outcome.kind === 'rejected' ? outcome.cause === 'payload' : state.withoutUserText,
  });
}

export interface Moment {
  readonly tickId: string;
  readonly nowMs: number;
  /** A number in [0, 1) that spreads retries out. */
  readonly jitter: number;
}

/**
 * Delay after the nth failure in a row, in seconds; the last one repeats. The first two are left
 * to the timer, which already comes only once a minute.
 */
const RETRY_DELAYS_SECONDS = [0, 0, 60, 120, 240, 480, 900] as const;
/** A receiver that wants no more, or not like this, is asked again to see whether it was mended. */
const REFUSED_DELAY_SECONDS = { payload: 0, config: 300, dead: 3_600 } as const;

function notBeforeMs(
  outcome: Exclude<Outcome, { kind: 'delivered' }>,
  failures: number,
  nowMs: number,
  chance: number,
): number {
  if (outcome.kind === 'throttled') return outcome.untilMs;
  const step = Math.min(failures, RETRY_DELAYS_SECONDS.length) - 1;
  const delaySeconds = Math.max(
    RETRY_DELAYS_SECONDS[step] ?? 0,
    outcome.kind === 'rejected' && failures > 1 ? REFUSED_DELAY_SECONDS[outcome.cause] : 0,
  );
  return nowMs + Math.round(delaySeconds * 1000 * (0.9 + 0.2 * chance));
}

function next(state: ChannelState, tickId: string, change: Partial<ChannelState>): ChannelState {
  return { ...state, ...change, version: state.version + 1, tickId };
}

/** All that may have arrived: what was in doubt before, and the message of a claim left behind. */
function doubtOf({ cursor, claim, maybeDelivered: doubt }: ChannelState): Cursor {
  const claimed = claim === null ? {} : past(claim.to, cursor);
  const all = Object.entries(claimed).filter(([scope, place]) => {
    const known = doubt[scope];
    return known === undefined || isPast(place, known);
  });
  return { ...doubt, ...Object.fromEntries(all) };
}

function past(places: Cursor, cursor: Cursor): Cursor {
  return Object.fromEntries(
    Object.entries(places).filter(([scope, place]) => {
      const own = cursor[scope];
      return own === undefined || isPast(place, own);
    }),
  );
}

function isPast(one: Position, other: Position): boolean {
  return one.seq > other.seq || (one.seq === other.seq && one.part > other.part);
}
