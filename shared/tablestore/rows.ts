import * as TableStore from 'tablestore';
import type { ChannelState, Starts } from '../core/channel-state.ts';
import { type Health, NEW_HEALTH } from '../core/health.ts';
import type { Change, Commit, Notice } from '../core/model.ts';
import { type CheckpointRef, type Head, JournalError } from '../ports/journal.ts';

/** Rows ↔ values. What is stored is JSON in text columns, readable in the console. */

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

export function commitIn(scope: string, row: TableStore.Row): Commit {
  const seq = Number(String(row.primaryKey?.[1]?.value));
  const cells = cellsOf(row);
  const what = `commit ${scope}/${seq}`;
  const notice = cells.get('notice');
  const previousAt = cells.get('previousAt');
  return {
    scope,
    seq,
    atMs: numberIn(cells, 'at', what),
    previousAtMs: previousAt === undefined ? null : Number(String(previousAt)),
    tickId: textIn(cells, 'tickId', what),
    changes: jsonIn<Change[]>(cells, 'changes', what),
    ...(notice !== undefined && { notice: jsonIn<Notice>(cells, 'notice', what) }),
  };
}

/** The columns of a head row that `headIn` reads; the lease is read by itself. */
export const HEAD_COLUMNS = ['checkpoint', 'health', 'starts'] as const;

/** The head of a scope; its columns are written by different hands, so each may be missing. */
export function headIn(scope: string, row: TableStore.Row): Head {
  const cells = cellsOf(row);
  const what = `head of ${scope}`;
  return {
    checkpoint: cells.has('checkpoint') ? jsonIn<CheckpointRef>(cells, 'checkpoint', what) : null,
    health: cells.has('health')
      ? { ...NEW_HEALTH, ...jsonIn<Health>(cells, 'health', what) }
      : NEW_HEALTH,
    starts: cells.has('starts') ? jsonIn<Starts>(cells, 'starts', what) : {},
  };
}

/** A channel's state as it is stored: two fields keep the names that version 0.1 gave them. */
export type StoredChannel = Omit<ChannelState, 'maybeDelivered' | 'withoutUserText'> & {
  readonly doubt: ChannelState['maybeDelivered'];
  readonly brief: ChannelState['withoutUserText'];
};

export function channelJson({ maybeDelivered, withoutUserText, ...rest }: ChannelState): string {
  const stored: StoredChannel = { ...rest, doubt: maybeDelivered, brief: withoutUserText };
  return JSON.stringify(stored);
}

export function channelOf({ doubt, brief, ...rest }: StoredChannel): ChannelState {
  return { ...rest, maybeDelivered: doubt, withoutUserText: brief };
}

export function channelIn(name: string, row: TableStore.Row): ChannelState {
  return channelOf(jsonIn<StoredChannel>(cellsOf(row), 'state', `channel ${name}`));
}

/** A whole number for the SDK, which would store a plain one as a double. */
export function integer(value: number): TableStore.Long {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number`);
  return TableStore.Long.fromString(String(value));
}

export function cellsOf(row: TableStore.Row): ReadonlyMap<string, unknown> {
  return new Map(row.attributes?.map(({ columnName, columnValue }) => [columnName, columnValue]));
}

export function numberIn(
  cells: ReadonlyMap<string, unknown>,
  column: string,
  what: string,
): number {
  const number = Number(String(cells.get(column)));
  if (!Number.isSafeInteger(number)) throw corrupt(what);
  return number;
}

export function textIn(cells: ReadonlyMap<string, unknown>, column: string, what: string): string {
  const text = cells.get(column);
  if (typeof text !== 'string') throw corrupt(what);
  return text;
}

function jsonIn<T>(cells: ReadonlyMap<string, unknown>, column: string, what: string): T {
  try {
    return JSON.parse(textIn(cells, column, what)) as T;
  } catch (cause) {
    throw corrupt(what, cause);
  }
}

export function corrupt(what: string, cause?: unknown): JournalError {
  return new JournalError('corrupt', 'CorruptRow', `the ${what} cannot be read`, { cause });
}
