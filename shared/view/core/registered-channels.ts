import {
  type ChannelState,
  NEW_CHANNEL,
  type Starts,
  withStarts,
} from '../../core/channel-state.ts';
import type { Scope } from '../../core/model.ts';
import type { Stored } from '../../core/stored.ts';
import { MAX_TIME_MS } from '../../core/time.ts';

export interface RegisteredChannel {
  readonly name: string;
  readonly state: ChannelState;
}

/**
 * The channels that have a row or a start, each with a position in every journal. The view does not
 * know which channels are configured. `heads` are those of `scopes`, in the same order.
 */
export function registeredChannels(
  rows: ReadonlyMap<string, Stored<ChannelState>>,
  scopes: readonly Scope[],
  heads: readonly ({ readonly starts: Starts } | undefined)[],
): readonly RegisteredChannel[] {
  const starts = new Map(scopes.map(({ key }, index) => [key, heads[index]?.starts ?? {}]));
  const started = [...starts.values()].flatMap(Object.keys);
  const names = [...new Set([...rows.keys(), ...started])].sort();
  return names.map((name) => ({ name, state: withStarts(stateOf(rows.get(name)), name, starts) }));
}

/** A row that cannot be read is shown as a failing channel: its channel is sent nothing. */
function stateOf(row: Stored<ChannelState> | undefined): ChannelState {
  if (row === undefined) return NEW_CHANNEL;
  if ('value' in row) return row.value;
  const problem = `its row cannot be read (${row.unreadable}): run npm run doctor`;
  const unserved = { failures: 1, isRefused: true, attemptedAtMs: MAX_TIME_MS };
  return { ...NEW_CHANNEL, ...unserved, problem };
}
