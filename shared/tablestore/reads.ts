import * as TableStore from 'tablestore';
import { JournalError } from '../ports/journal.ts';
import type { Caller } from './caller.ts';

/**
 *     journal  (scope, seq)    one row = one commit: at, previousAt, tickId, changes, notice
 *     state    (scope, 'head') checkpoint, checkpointSeq, health, leaseOwner, leaseUntil
 *              (scope, 'part/SEQ/WRITER/INDEX')  one part of a checkpoint
 *              ('channels', NAME)                one channel: version, state
 */
export const CHANNELS = 'channels';
export const HEAD = 'head';

export type Key = readonly TableStore.KeyColumn[];

export function stateKey(scope: string, item: string): Key {
  return [{ scope }, { item }];
}

/** The seq of a commit, or the item of a row of the state. */
export function lastKeyOf(row: TableStore.Row): string {
  return String(row.primaryKey?.[1]?.value);
}

/** One row; a table that was never made holds none. @throws {JournalError} */
export async function getRow(
  caller: Caller,
  tableName: string,
  primaryKey: Key,
  columnsToGet?: readonly string[],
): Promise<TableStore.Row | undefined> {
  const answer = await orNothing(
    caller
      .call('getRow', 'repeatable', {
        tableName,
        primaryKey,
        maxVersions: 1,
        ...(columnsToGet !== undefined && { columnsToGet }),
      })
      .then(({ row }) => [row ?? {}]),
  );
  // The SDK gives an empty object for a row that does not exist.
  return answer.find((row) => row.primaryKey !== undefined);
}

/** Rows from `start` until before `end`, the way that `direction` goes. */
export interface Range {
  readonly tableName: string;
  readonly direction?: 'FORWARD' | 'BACKWARD';
  readonly start: Key;
  readonly end: Key;
  /** The most rows that are wanted; all when it is left out. */
  readonly limit?: number;
  readonly columnsToGet?: readonly string[];
}

/** The rows of all channels. */
export function channelRange(tableName: string): Range {
  return {
    tableName,
    start: [{ scope: CHANNELS }, { item: TableStore.INF_MIN }],
    end: [{ scope: CHANNELS }, { item: TableStore.INF_MAX }],
  };
}

/** The rows of a range, page by page to its end; a table that was never made holds none. */
export function getRows(caller: Caller, range: Range): Promise<readonly TableStore.Row[]> {
  return orNothing(everyPage(caller, range));
}

async function everyPage(
  caller: Caller,
  { tableName, direction = 'FORWARD', start, end, limit, columnsToGet }: Range,
): Promise<readonly TableStore.Row[]> {
  const rows: TableStore.Row[] = [];
  let from: Key | undefined = start;
  // A page may be empty and still have a successor: only its absence ends the range.
  while (from !== undefined && (limit === undefined || rows.length < limit)) {
    const answer: TableStore.Answer = await caller.call('getRange', 'repeatable', {
      tableName,
      direction: TableStore.Direction[direction],
      inclusiveStartPrimaryKey: from,
      exclusiveEndPrimaryKey: end,
      ...(limit !== undefined && { limit: limit - rows.length }),
      ...(columnsToGet !== undefined && { columnsToGet }),
    });
    rows.push(...(answer.rows ?? []));
    from = answer.nextStartPrimaryKey?.map(({ name, value }) => ({
      [name]: typeof value === 'string' ? value : TableStore.Long.fromString(String(value)),
    }));
  }
  return rows;
}

async function orNothing<T>(rows: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await rows;
  } catch (error) {
    if (error instanceof JournalError && error.code === 'OTSObjectNotExist') return [];
    throw error;
  }
}
