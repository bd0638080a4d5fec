import {
  atDestination,
  backlog,
  type ChannelState,
  NEW_CHANNEL,
  withStarts,
} from '../core/channel-state.ts';
import type { Channel } from '../ports/channel.ts';
import { nextState } from './core/next-state.ts';
import { moveChannel } from './move-channel.ts';
import { type DeliveryPorts, type DeliveryRun, type JournalEnd, lastSeqsOf } from './run.ts';

/** A channel's row, as one run reads and moves it. */
export interface ChannelRow {
  /**
   * As it is stored, with the starts of this run's scopes, at the channel's address of today. Every
   * move stores these as well.
   */
  readonly state: ChannelState;
  /** Commits of this run's scopes that are still to be delivered. */
  readonly backlog: number;
  read(): Promise<void>;
  /** False: another run has moved the channel meanwhile, and `state` is what that run left. */
  move(to: ChannelState): Promise<boolean>;
  /**
   * Stores the starts of scopes with a backlog. Version 0.1 knows no starts: it begins where a
   * journal ends, and would lose the backlog after a downgrade. It is tried once: when another run
   * moves the row first, a later tick stores them.
   */
  saveStarts(): Promise<void>;
}

/** The row as this function instance remembers it; `ends`: the journals of this run. */
export function channelRow(
  { journal, runtime }: DeliveryPorts,
  { tickId, memory, deadlineMs }: DeliveryRun,
  { name, destination }: Pick<Channel, 'name' | 'destination'>,
  ends: readonly JournalEnd[],
): ChannelRow {
  const lastSeqs = lastSeqsOf(ends);
  const starts = new Map(ends.map((end) => [end.scope.key, end.starts]));
  const servedAs = (seen: ChannelState): ChannelState =>
    withStarts(atDestination(seen, destination), name, starts);
  let stored = memory.channels.get(name) ?? NEW_CHANNEL;
  let state = servedAs(stored);

  function remember(seen: ChannelState): void {
    stored = seen;
    state = servedAs(stored);
    memory.channels.set(name, stored);
  }
  const row: ChannelRow = {
    get state() {
      return state;
    },
    get backlog() {
      return backlog(state, lastSeqs);
    },
    async read() {
      const seen = (await journal.channel(name)) ?? NEW_CHANNEL;
      const { cursor } = withStarts(seen, name, starts);
      const lost = [...lastSeqs.keys()].find((scope) => cursor[scope] === undefined);
      if (lost !== undefined) {
        throw new RangeError(`the row of channel ${name} has lost its position in ${lost}`);
      }
      remember(seen);
    },
    async move(to) {
      const limits = { runtime, deadlineMs };
      if ((await moveChannel(journal, name, stored, to, limits)) === 'done') {
        remember(to);
        return true;
      }
      await row.read();
      return false;
    },
    async saveStarts() {
      if (backlog(stored, lastSeqs) < row.backlog) await row.move(nextState(state, tickId));
    },
  };
  return row;
}
