import * as TableStore from 'tablestore';
import { JournalError } from '../ports/journal.ts';
import type { Caller } from './caller.ts';
import type { Key } from './rows.ts';

/** One row; a table that does not exist holds none. @throws {JournalError} */
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

/** Rows from `start` in the direction given, up to but without `end`. */
export interface Range {
  readonly tableName: string;
  readonly direction?: 'FORWARD' | 'BACKWARD';
  readonly start: Key;
  readonly end: Key;
  /** The most rows to return; all when it is left out. */
  readonly limit?: number;
  /** Only the rows of the first page that holds any: 4 MB at most ("Limits on the wide column model"). */
  readonly isOnePage?: boolean;
  readonly columnsToGet?: readonly string[];
}

/**
 * What the rows of a range hold, page by page to its end; a table that does not exist holds none. The
 * rows themselves are not kept: as texts, the commits of a large fleet weigh tens of megabytes.
 */
export function getRows<T>(
  caller: Caller,
  range: Range,
  read: (row: TableStore.Row) => T,
): Promise<readonly T[]> {
  return orNothing(everyPage(caller, range, read));
}

async function everyPage<T>(
  caller: Caller,
  { tableName, direction = 'FORWARD', start, end, limit, isOnePage, columnsToGet }: Range,
  read: (row: TableStore.Row) => T,
): Promise<readonly T[]> {
  const rows: T[] = [];
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
    rows.push(...(answer.rows ?? []).map(read));
    if (isOnePage === true && rows.length > 0) break;
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
