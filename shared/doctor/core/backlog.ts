import type { ChannelState, Position } from '../../core/channel-state.ts';
import type { ScopeRecord } from './records.ts';

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
