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

/** Rows of one table, by their keys. */
export interface KeyedRows {
  readonly tableName: string;
  readonly keys: readonly Key[];
  readonly columnsToGet: readonly string[];
}

/** Rows that one BatchGetRow may ask for. Source: "Limits on the wide column model". */
export const MAX_BATCH_ROWS = 100;

/**
 * The rows of several tables in one request; undefined: there is no such row. A row that the service
 * could not read along with the others is read alone, so that it is tried again, and its failure is
 * the one of that row. @throws {JournalError}
 */
export async function getBatch(
  caller: Caller,
  wanted: readonly KeyedRows[],
): Promise<readonly (readonly (TableStore.Row | undefined)[])[]> {
  const tables = await batchOf(caller, wanted);
  return Promise.all(
    wanted.map(({ tableName, keys, columnsToGet }, table) =>
      Promise.all(
        keys.map((key, index) => {
          const found = tables[table]?.[index];
          return found?.isOk === true ? rowIn(found) : getRow(caller, tableName, key, columnsToGet);
        }),
      ),
    ),
  );
}

/** None of the rows, where the batch as a whole was refused for what its single rows may not be. */
async function batchOf(
  caller: Caller,
  wanted: readonly KeyedRows[],
): Promise<readonly (readonly TableStore.BatchRow[])[]> {
  const tables = wanted.map(({ tableName, keys, columnsToGet }) => ({
    tableName,
    primaryKey: keys,
    columnsToGet,
    maxVersions: 1,
  }));
  try {
    return (await caller.call('batchGetRow', 'repeatable', { tables })).tables ?? [];
  } catch (error) {
    if (error instanceof JournalError && REFUSED_BATCHES.includes(error.code)) return [];
    throw error;
  }
}

/** A table is missing; or the role has the policy of an older version, which knows no batches. */
const REFUSED_BATCHES: readonly string[] = ['OTSObjectNotExist', 'OTSNoPermissionAccess'];

function rowIn({ primaryKey, attributes }: TableStore.BatchRow): TableStore.Row | undefined {
  if (primaryKey === null || primaryKey === undefined) return undefined;
  return { primaryKey, attributes: attributes ?? [] };
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
