import type { ChannelState } from '../core/channel-state.ts';
import type { ViewPorts } from './ports.ts';

export interface ServedChannel {
  readonly name: string;
  readonly state: ChannelState;
}

/** Every channel that has a row: the view does not know which ones are configured. */
export async function readServedChannels({
  journal,
}: ViewPorts): Promise<readonly ServedChannel[]> {
  return [...(await journal.channels())].map(([name, state]) => ({ name, state }));
}
