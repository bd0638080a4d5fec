import type { ChannelState } from '../core/channel-state.ts';
import type { ViewPorts } from './ports.ts';

export interface ServedChannel {
  readonly name: string;
  readonly state: ChannelState;
}

/** The channels that were ever served: the view does not know which are configured. */
export async function readServedChannels({
  journal,
  channels,
}: ViewPorts): Promise<readonly ServedChannel[]> {
  const states = await Promise.all(
    channels.map(async (name) => ({ name, state: await journal.channel(name) })),
  );
  return states.flatMap(({ name, state }) => (state === undefined ? [] : [{ name, state }]));
}
