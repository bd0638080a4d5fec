import type { ChannelState } from '../core/channel-state.ts';
import type { Channel } from '../ports/channel.ts';
import { type ChannelRow, channelRow } from './channel-row.ts';
import { mannerInPlaceOf, standsInSinceMs } from './core/fallback.ts';
import type { Manner } from './core/stages/stage.ts';
import type { DeliveryPorts, DeliveryRun, JournalEnd, ServedChannel } from './run.ts';

/** The fallback of a channel, while it sends that channel's messages. */
export interface Other {
  readonly channel: Channel;
  /** Its own row: of its receiver, and of nothing that the messages say. */
  readonly row: ChannelRow;
  /** How the messages of the channel that fails are planned for it. */
  readonly manner: Manner;
}

/** The fallback, if it is its turn now. `isRefused`: the channel has refused a message in this run. */
export type FindOther = (state: ChannelState, isRefused: boolean) => Promise<Other | null>;

/** Its row is read once it is needed. */
export function otherOf(
  ports: DeliveryPorts,
  run: DeliveryRun,
  own: ServedChannel,
  ends: readonly JournalEnd[],
): FindOther {
  const rule = own.policy?.fallback;
  const channel = ports.channels.find(({ name }) => name === rule?.to);
  if (rule === undefined || channel === undefined) return async () => null;
  const row = channelRow(ports, run, channel, ends);
  let isRead = false;
  return async (state, isRefused) => {
    const sinceMs = standsInSinceMs(state, rule, { nowMs: ports.runtime.now(), isRefused });
    if (sinceMs === null) return null;
    if (!isRead) await row.read();
    isRead = true;
    return { channel, row, manner: mannerInPlaceOf(own, channel, sinceMs) };
  };
}
