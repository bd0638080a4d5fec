import type { ChannelState } from '../core/channel-state.ts';
import { type Limits, writeOnce } from '../lib/write-once.ts';
import { isUnknownOutcome, type Journal } from '../ports/journal.ts';

/** Moves a channel's row from one state to the next, by compare-and-set of its version. */
export async function moveChannel(
  journal: Journal,
  name: string,
  stored: ChannelState,
  after: ChannelState,
  limits: Limits,
): Promise<'done' | 'taken'> {
  // Version 0 is that of a channel without a row.
  const before = stored.version === 0 ? undefined : stored;
  const write = async () =>
    (await journal.moveChannel(name, before, after)) === 'moved' ? 'done' : 'taken';
  const readBack = async () => {
    const current = await journal.channel(name);
    if (current?.version === before?.version) return 'absent';
    const isOurs = current?.version === after.version && current.tickId === after.tickId;
    return isOurs ? 'ours' : 'theirs';
  };
  return writeOnce({ write, readBack, isUnknown: isUnknownOutcome }, limits);
}
