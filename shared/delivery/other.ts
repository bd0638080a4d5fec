import type { ChannelState } from '../core/channel-state.ts';
import type { Channel } from '../ports/channel.ts';
import { reasonOf } from '../ports/reason.ts';
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
  /** Its row cannot be read or moved: in this run, it stands in no more. */
  giveUp(error: unknown): void;
}

/** The fallback, if it is its turn now. `isRefused`: the channel has refused a message in this run. */
export type FindOther = (state: ChannelState, isRefused: boolean) => Promise<Other | null>;

/**
 * Its row is read once it is needed. What is wrong with that row is the fallback's trouble: here it is only noted,
 * and the channel is served as one that has no fallback.
 */
export function otherOf(
  ports: DeliveryPorts,
  run: DeliveryRun,
  own: ServedChannel,
  ends: readonly JournalEnd[],
  notes: string[],
): FindOther {
  const rule = own.policy?.fallback;
  const channel = ports.channels.find(({ name }) => name === rule?.to);
  if (rule === undefined || channel === undefined) return async () => null;
  const row = channelRow(ports, run, channel, ends);
  let isRead = false;
  let isGivenUp = false;
  const giveUp = (error: unknown): void => {
    isGivenUp = true;
    notes.push(
      `the row of its fallback ${channel.name} could not be read or moved: ${reasonOf(error)}`,
    );
  };
  return async (state, isRefused) => {
    const sinceMs = standsInSinceMs(state, rule, { nowMs: ports.runtime.now(), isRefused });
    if (sinceMs === null || isGivenUp) return null;
    try {
      if (!isRead) await row.read();
    } catch (error) {
      giveUp(error);
      return null;
    }
    isRead = true;
    return { channel, row, manner: mannerInPlaceOf(own, channel, sinceMs), giveUp };
  };
}
