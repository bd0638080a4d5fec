import {
  type ChannelState,
  type Cursor,
  type SentAhead,
  type SetAside,
  type Stuck,
  seqOf,
} from '../../core/channel-state.ts';
import type { Outcome } from '../../core/message.ts';
import { advance, pastCursor } from './cursor.ts';

/**
 * One event that its receiver never takes must not block all later ones for ever. After some
 * refusals, events of other instances are tried in between. The stuck one is set aside only if the
 * receiver took them while it went on refusing this one: a receiver that refuses everything is down,
 * and everything is kept for it.
 */

/** Refusals before others are tried: a receiver that is restarted refuses a few times. */
const REFUSALS_BEFORE_OTHERS = 5;
const CONTENT_REFUSALS_BEFORE_OTHERS = 2;
/** Accepted in a row, with a refusal of the stuck one before each. */
const ACCEPTED_BEFORE_SET_ASIDE = 2;
const ACCEPTED_BEFORE_CONTENT_IS_SET_ASIDE = 1;
/** The row of a channel stays small. */
const MAX_AHEAD = 20;
const MAX_SET_ASIDE = 20;

type Refusal = Exclude<Outcome, { kind: 'delivered' }>;

/** After the claimed event, which had its turn, was not delivered. */
export function stuckAfter({ stuck, claim, ahead }: ChannelState, outcome: Refusal): Stuck | null {
  const [[scope, to] = []] = Object.entries(claim?.to ?? {});
  if (scope === undefined || to === undefined) return stuck;
  const isSame = stuck?.scope === scope && stuck.to.seq === to.seq && stuck.to.part === to.part;
  const before = isSame ? stuck : { ...NEVER_REFUSED, scope, to };
  if (!isRefusal(outcome)) return isSame ? { ...before, isPassing: false } : null;
  const refusals = before.refusals + 1;
  const isContent = outcome.kind === 'rejected' && outcome.cause === 'payload';
  const needed = isContent ? CONTENT_REFUSALS_BEFORE_OTHERS : REFUSALS_BEFORE_OTHERS;
  const isPassing = refusals >= needed && ahead.length < MAX_AHEAD;
  return { ...before, refusals, isContent, isPassing };
}

const NEVER_REFUSED = { refusals: 0, isContent: false, accepted: 0, isPassing: false } as const;

/** Did the receiver look at this event and refuse it? Only then does the event say anything. */
function isRefusal(outcome: Refusal): boolean {
  if (outcome.kind === 'rejected') return outcome.cause !== 'dead';
  return outcome.kind === 'retry' && !outcome.lost;
}

/** After the claimed event, which was sent before its turn, was not delivered. */
export function afterRefusalAhead(state: ChannelState, isLost: boolean): Partial<ChannelState> {
  const { stuck } = state;
  return {
    stuck: stuck && { ...stuck, accepted: 0, isPassing: false },
    ahead: isLost ? sentAhead(state, false) : state.ahead,
  };
}

/** After the claimed event was accepted before its turn: perhaps the proof against the stuck one. */
export function afterAcceptedAhead(state: ChannelState, nowMs: number): Partial<ChannelState> {
  const { stuck, problem } = state;
  const ahead = sentAhead(state, true);
  if (stuck === null) return { ahead };
  const accepted = stuck.accepted + 1;
  const needed = stuck.isContent ? ACCEPTED_BEFORE_CONTENT_IS_SET_ASIDE : ACCEPTED_BEFORE_SET_ASIDE;
  if (accepted < needed) return { ahead, stuck: { ...stuck, accepted, isPassing: false } };
  const { scope, to } = stuck;
  const cursor = advance(state.cursor, { [scope]: to });
  const last: SetAside = { scope, seq: seqOf(to), atMs: nowMs, reason: problem ?? '' };
  return {
    cursor,
    ahead: aheadOf(ahead, cursor),
    stuck: null,
    setAside: [...state.setAside, last].slice(-MAX_SET_ASIDE),
    maybeDelivered: pastCursor(state.maybeDelivered, cursor),
    failures: 0,
    failingSinceMs: null,
    unmarked: 0,
    notBeforeMs: 0,
    problem: null,
  };
}

/** Those that a cursor has not reached yet. */
export function aheadOf(ahead: readonly SentAhead[], cursor: Cursor): readonly SentAhead[] {
  return ahead.filter(({ scope, seq }) => seq > (cursor[scope]?.seq ?? 0));
}

/** What was sent before its turn, the claimed event included, if that was. */
export function sentAhead({ ahead, claim }: ChannelState, isSure: boolean): readonly SentAhead[] {
  if (claim?.isAhead !== true) return ahead;
  const claimed = Object.entries(claim.to).map(([scope, to]) => ({
    scope,
    seq: seqOf(to),
    isSure,
  }));
  const others = ahead.filter(
    (one) => !claimed.some(({ scope, seq }) => one.scope === scope && one.seq === seq),
  );
  return [...others, ...claimed];
}
