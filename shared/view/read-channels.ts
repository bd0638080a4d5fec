import { type ChannelState, NEW_CHANNEL } from '../core/channel-state.ts';
import type { Stored } from '../core/stored.ts';
import type { ViewPorts } from './ports.ts';

export interface ServedChannel {
  readonly name: string;
  readonly state: ChannelState;
}

/** Every channel that has a row: the view does not know which ones are configured. */
export async function readServedChannels({
  journal,
}: ViewPorts): Promise<readonly ServedChannel[]> {
  return [...(await journal.channels())].map(([name, row]) => ({ name, state: stateOf(row) }));
}

/** A row that cannot be read is shown as a failing channel: its channel is sent nothing. */
function stateOf(row: Stored<ChannelState>): ChannelState {
  if ('value' in row) return row.value;
  const problem = `its row cannot be read (${row.unreadable}): run npm run doctor`;
  return { ...NEW_CHANNEL, failures: 1, problem };
}
