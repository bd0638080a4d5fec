import {
  type ChannelState,
  NEW_CHANNEL,
  type Starts,
  startOf,
  withStarts,
} from '../../core/channel-state.ts';
import type { Scope } from '../../core/model.ts';

/**
 * The channels that have a row (`state`) or a start, each with a position in every journal. The view does
 * not know which channels are configured.
 */
export function registeredChannels(
  rows: readonly { readonly name: string; readonly state: ChannelState | undefined }[],
  scopes: readonly Scope[],
  heads: readonly ({ readonly starts: Starts } | undefined)[],
): readonly { readonly name: string; readonly state: ChannelState }[] {
  const starts = new Map(scopes.map(({ key }, index) => [key, heads[index]?.starts ?? {}]));
  return rows.flatMap(({ name, state }) => {
    const isRegistered =
      state !== undefined || [...starts.values()].some((all) => startOf(all, name) !== undefined);
    return isRegistered ? [{ name, state: withStarts(state ?? NEW_CHANNEL, name, starts) }] : [];
  });
}
