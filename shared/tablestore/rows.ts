import * as TableStore from 'tablestore';
import type { ChannelState } from '../core/channel-state.ts';
import type { DeliveryRecord } from '../core/delivery-record.ts';
import { holdsOnlyDetails } from '../core/details.ts';
import type { Commit, Notice } from '../core/model.ts';

/**
 * Values → rows; `schema.ts` reads them.
 *
 *     journal  (scope, seq)    one row = one commit: at, previousAt, tickId, changes, notice, details
 *              ('channel/NAME', seq)  one attempt at a message: record
 *              ('kept:SCOPE', seq)    one kept checkpoint: checkpoint
 *              ('kept-parts:SCOPE/SEQ/WRITER', index)  one part of it: data
 *     state    (scope, 'head') checkpoint, checkpointSeq, health, starts, leaseOwner, leaseUntil,
 *                              savedBeside, callsTotal, throttlesTotal, uncounted
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

/** The scope of no commit: no account is named so. */
export function deliveriesOf(channel: string): string {
  return `channel/${channel}`;
}

/** Where the kept checkpoints of a scope are found. No alias of an account has a colon. */
export function keptOf(scope: string): string {
  return `kept:${scope}`;
}

/** Each writer has parts of its own, so that those of two are never mixed. */
export function keptPartsOf(
  scope: string,
  { seq, writer }: { readonly seq: number; readonly writer: string },
): string {
  return `kept-parts:${scope}/${seq}/${writer}`;
}

export function deliveryColumns({ channel, seq, ...record }: DeliveryRecord): TableStore.Column[] {
  return [{ record: JSON.stringify(record) }];
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
  const { atMs, previousAtMs, tickId, changes, details } = commit;
  const notice = holdsOnlyDetails(commit) ? SILENT_NOTICE : commit.notice;
  return [
    { at: integer(atMs) },
    ...(previousAtMs === null ? [] : [{ previousAt: integer(previousAtMs) }]),
    { tickId },
    { changes: JSON.stringify(changes) },
    ...(notice === undefined ? [] : [{ notice: JSON.stringify(notice) }]),
    ...(details === undefined ? [] : [{ details: JSON.stringify(details) }]),
  ];
}

/**
 * The notice of a commit that holds nothing but details. An older version does not know the column
 * `details`. It would send such a commit to every channel as an empty message, but a row of a
 * baseline that is not the last one is silent in every version, 0.1 included.
 */
const SILENT_NOTICE: Notice = { kind: 'baseline', instances: 0, last: false };

/** A row of a real baseline that is not the last one holds instances. */
export function isSilentNotice(notice: Notice, { changes, details }: Commit): boolean {
  const isBegun = notice.kind === 'baseline' && !notice.last;
  return isBegun && details !== undefined && changes.length === 0;
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
