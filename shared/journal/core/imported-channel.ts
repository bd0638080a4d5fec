import type { ChannelState, Cursor } from '../../core/channel-state.ts';
import type { Stored } from '../../core/stored.ts';
import type { ChannelItem } from './item.ts';

/** A channel as it is to be stored, and why it must not be. */
export interface ImportedChannel {
  readonly state: ChannelState;
  readonly problems: readonly string[];
}

/**
 * The channel of an export over that of the store, which keeps its places in other journals. A channel
 * that the store has served further would be sent again what it has already.
 */
export function importedChannel(
  { name, state }: ChannelItem,
  stored: Stored<ChannelState> | undefined,
): ImportedChannel {
  if (stored === undefined) return { state, problems: [] };
  if (!('value' in stored)) {
    const problem = `the row of channel ${name} in the store cannot be read: ${stored.unreadable}`;
    return { state, problems: [problem] };
  }
  const { cursor } = stored.value;
  const problems = Object.entries(state.cursor).flatMap(([scope, { seq, part }]) => {
    const own = cursor[scope];
    const isFurther = own !== undefined && (own.seq > seq || (own.seq === seq && own.part > part));
    return isFurther
      ? [
          `channel ${name} was served to commit ${scope}/${own.seq} by the store, and to ${seq} by the export`,
        ]
      : [];
  });
  return { state: { ...state, cursor: { ...cursor, ...state.cursor } }, problems };
}

/**
 * The channel of a store that went on after it was copied: what it was sent since is not known. The next
 * commit of each journal says again what was recorded since, so it is sent as a possible repeat, with
 * all before it that the channel still waits for. `ends`: scope key → the last commit of the copy.
 */
export function outlived(state: ChannelState, ends: ReadonlyMap<string, number>): ChannelState {
  const reach: Cursor = Object.fromEntries(
    [...ends].map(([scope, seq]) => [scope, { seq: seq + 1, part: 0 }]),
  );
  return { ...state, maybeDelivered: { ...state.maybeDelivered, ...reach } };
}
