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
  readonly columnsToGet?: readonly string[];
}

/** The rows of a range, page by page to its end; a table that does not exist holds none. */
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
