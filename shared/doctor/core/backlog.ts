import {
  type ChannelState,
  NEW_CHANNEL,
  type Position,
  withStarts,
} from '../../core/channel-state.ts';
import { own } from '../../core/own.ts';
import type { Stored } from '../../core/stored.ts';
import { type ChannelRecord, readable, type ScopeRecord } from './records.ts';

/** A channel's state with its position in each journal; null: it has neither a row nor a start. */
export function registeredState(
  { channel, state: row }: ChannelRecord,
  scopes: readonly ScopeRecord[],
): Stored<ChannelState> | null {
  if (row !== null && 'unreadable' in row) return row;
  const starts = new Map(
    scopes.map(({ scope, starts: stored }) => [scope, readable(stored) ?? {}] as const),
  );
  const hasStart = [...starts.values()].some((all) => own(all, channel) !== undefined);
  if (row === null && !hasStart) return null;
  return { value: withStarts(row?.value ?? NEW_CHANNEL, channel, starts) };
}

/** The position of a channel in a journal; undefined: the channel is not registered there. */
export function positionIn(state: ChannelState, { scope }: ScopeRecord): Position | undefined {
  return state.cursor[scope];
}

/** How many commits of these journals were not delivered to a channel, and still can be. */
export function deliverableCommits(state: ChannelState, scopes: readonly ScopeRecord[]): number {
  return scopes.reduce((sum, record) => {
    const { endSeq } = record.extent;
    const seq = positionIn(state, record)?.seq ?? endSeq;
    return sum + Math.max(0, endSeq - seq) - lostCommits(record, seq);
  }, 0);
}

/** How many commits past `seq` are no longer there: expired, missing, or behind the last row. */
export function lostCommits({ extent, inconsistencies }: ScopeRecord, seq: number): number {
  const { endSeq } = extent;
  const firstSeq = extent.firstSeq ?? endSeq + 1;
  const lastSeq = extent.lastSeq ?? endSeq;
  const holes: (readonly [first: number, last: number])[] = [
    [1, firstSeq - 1],
    [lastSeq + 1, endSeq],
  ];
  for (const item of inconsistencies) {
    if (item.kind === 'missing-commits' && item.seq > firstSeq) {
      holes.push([item.seq, item.lastSeq]);
    }
  }
  return holes.reduce(
    (sum, [first, last]) => sum + Math.max(0, last - Math.max(first - 1, seq)),
    0,
  );
}
