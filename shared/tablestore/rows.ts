import * as TableStore from 'tablestore';
import type { ChannelState } from '../core/channel-state.ts';
import type { Commit } from '../core/model.ts';

/**
 * Values → rows; `schema.ts` reads them.
 *
 *     journal  (scope, seq)    one row = one commit: at, previousAt, tickId, changes, notice
 *     state    (scope, 'head') checkpoint, checkpointSeq, health, starts, leaseOwner, leaseUntil
 *              (scope, 'part/SEQ/WRITER/INDEX')  one part of a checkpoint
 *              ('channels', NAME)                one channel: version, state
 *              ('watcher', 'scopes')             what is watched: list
 *
 * What is stored is JSON in text columns, readable in the console.
 */
export const CHANNELS_KEY = 'channels';
export const HEAD = 'head';
export const WATCH_LIST = 'scopes';

export type Key = readonly TableStore.KeyColumn[];

export function commitKey(scope: string, seq: number): Key {
  return [{ scope }, { seq: integer(seq) }];
}

export function stateKey(scope: string, item: string): Key {
  return [{ scope }, { item }];
}

/** The seq of a commit, or the item of a row of the state. */
export function lastKeyOf(row: TableStore.Row): string {
  return String(row.primaryKey?.[1]?.value);
}

export function cellsOf(row: TableStore.Row): ReadonlyMap<string, unknown> {
  return new Map(row.attributes?.map(({ columnName, columnValue }) => [columnName, columnValue]));
}

export function commitColumns(commit: Commit): TableStore.Column[] {
  const { atMs, previousAtMs, tickId, changes, notice } = commit;
  return [
    { at: integer(atMs) },
    ...(previousAtMs === null ? [] : [{ previousAt: integer(previousAtMs) }]),
    { tickId },
    { changes: JSON.stringify(changes) },
    ...(notice === undefined ? [] : [{ notice: JSON.stringify(notice) }]),
  ];
}

/** A channel's state as it is stored: two fields keep the names that version 0.1 gave them. */
export type StoredChannel = Omit<ChannelState, 'maybeDelivered' | 'withoutUserText'> & {
  readonly doubt: ChannelState['maybeDelivered'];
  readonly brief: ChannelState['withoutUserText'];
};

export function channelColumns(state: ChannelState): TableStore.Column[] {
  const { maybeDelivered, withoutUserText, ...rest } = state;
  const stored: StoredChannel = { ...rest, doubt: maybeDelivered, brief: withoutUserText };
  return [{ version: integer(state.version) }, { state: JSON.stringify(stored) }];
}

export function channelOf({ doubt, brief, ...rest }: StoredChannel): ChannelState {
  return { ...rest, maybeDelivered: doubt, withoutUserText: brief };
}

/** A whole number for the SDK, which would store a plain one as a double. */
export function integer(value: number): TableStore.Long {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number`);
  return TableStore.Long.fromString(String(value));
}
