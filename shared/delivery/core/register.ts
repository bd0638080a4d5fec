import type { AsOf, ChannelState, Cursor, HeldChange, Starts } from '../../core/channel-state.ts';
import type { Health } from '../../core/health.ts';
import type { Incidents } from '../../core/incident.ts';
import { insteadBefore, mayHaveArrived, mayHaveArrivedAsOf } from './claim.ts';
import { withMuted, withoutScopes } from './news/muted-news.ts';
import { nextState } from './next-state.ts';
import { sentAhead } from './stuck.ts';

/** Channel name → its state. */
export type States = ReadonlyMap<string, ChannelState>;

/** The end of a journal, and where a channel without a start begins: there, or before. */
export interface JournalEnds {
  readonly lastSeq: number;
  readonly beginSeq: number;
}

/**
 * How far a start is kept for a channel that is not configured. Its variable may have been unset by
 * mistake; one that is back after a longer time must not be sent years of history.
 */
const MAX_UNCONFIGURED_COMMITS = 1_000;

/**
 * What a scope's head row is to say: a start for each channel that has no position in this journal
 * yet. The start of a channel whose cursor has taken it over goes: should the channel's row ever be
 * removed, the channel begins at the end of the journal, not in its distant past. `lost`: starts
 * whose commit is gone.
 */
export function registeredStarts(
  stored: Starts,
  states: States,
  scope: string,
  { lastSeq, beginSeq }: JournalEnds,
  lost: readonly string[],
): Starts {
  const isServed = (channel: string): boolean => states.get(channel)?.cursor[scope] !== undefined;
  const isForgotten = (channel: string, seq: number): boolean =>
    !states.has(channel) && lastSeq - seq > MAX_UNCONFIGURED_COMMITS;
  const kept = Object.entries(stored).filter(
    ([channel, seq]) => !lost.includes(channel) && !isServed(channel) && !isForgotten(channel, seq),
  );
  const known = new Set(kept.map(([channel]) => channel));
  const added = [...states.keys()].filter((channel) => !known.has(channel) && !isServed(channel));
  return Object.fromEntries([...kept, ...added.map((channel) => [channel, beginSeq] as const)]);
}

/**
 * The health of a scope as it is stored: it holds the lowest start of the channels that have no position
 * of their own yet, and none where each has one.
 */
export function withUnservedSeq(
  { unservedSeq: _, ...health }: Health,
  starts: Starts,
  states: States,
  scope: string,
): Health {
  const unserved = Object.entries(starts).filter(
    ([channel]) => states.get(channel)?.cursor[scope] === undefined,
  );
  if (unserved.length === 0) return health;
  return { ...health, unservedSeq: Math.min(...unserved.map(([, seq]) => seq)) };
}

/**
 * The state of a channel after journals were cut short: there its cursor is back at their ends,
 * which these are, and nothing is in doubt.
 */
export function resetCursor(
  state: ChannelState,
  ends: ReadonlyMap<string, number>,
  tickId: string,
): ChannelState {
  const elsewhere = ([scope]: readonly [string, unknown]): boolean => !ends.has(scope);
  const resets: Cursor = Object.fromEntries(
    [...ends].map(([scope, seq]) => [scope, { seq, part: 0 }]),
  );
  const kept = withMuted(state, withoutScopes(state.muted ?? {}, ends));
  const instead = insteadBefore(state);
  return nextState(kept, tickId, {
    cursor: { ...state.cursor, ...resets },
    // What a claim was about in other scopes stays in doubt, held news included.
    maybeDelivered: Object.fromEntries(Object.entries(mayHaveArrived(state)).filter(elsewhere)),
    maybeDeliveredAsOf: whole(mayHaveArrivedAsOf(state)),
    held: state.held.map((one) => ({
      ...one,
      changes: endingAt(one.changes, ends.get(one.scope)),
    })),
    ...(state.incidents && { incidents: endingBy(state.incidents, ends) }),
    ...(instead && { instead }),
    claim: null,
    ahead: sentAhead(state, false).filter(({ scope }) => !ends.has(scope)),
    stuck: state.stuck !== null && ends.has(state.stuck.scope) ? null : state.stuck,
  });
}

/** What it held of a scope that is in doubt no more was not repeated. */
function whole(asOf: AsOf | null): AsOf | null {
  if (asOf === null) return null;
  const { isRest: _, ...others } = asOf;
  return others;
}

/** What was closed by a commit that is gone says nothing of the one that takes its number. */
function endingBy(incidents: Incidents, ends: ReadonlyMap<string, number>): Incidents {
  return Object.fromEntries(
    Object.entries(incidents).map(([scope, known]) => {
      const end = ends.get(scope) ?? Number.POSITIVE_INFINITY;
      const ended = Object.entries(known).map(
        ([subject, one]) => [subject, { ...one, seq: Math.min(one.seq, end) }] as const,
      );
      return [scope, Object.fromEntries(ended)];
    }),
  );
}

/** Other commits will take the numbers of those that are gone. */
function endingAt(
  changes: readonly HeldChange[],
  endSeq = Number.POSITIVE_INFINITY,
): readonly HeldChange[] {
  return changes.map((change) => ({ ...change, seq: Math.min(change.seq, endSeq) }));
}
