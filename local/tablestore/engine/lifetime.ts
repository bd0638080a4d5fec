import { KEEP_FOR_EVER } from '../limits.ts';
import type { TableOptions } from './table.ts';
import { type Cell, type Row, withCells } from './values.ts';

const MS_PER_SECOND = 1000n;

/** Whether a cell has outlived its table's time to live, which counts from the cell's timestamp. */
export function isExpired(cell: Cell, options: TableOptions, nowMs: number): boolean {
  if (options.timeToLiveSeconds === KEEP_FOR_EVER) return false;
  const endMs = cell.timestampMs + BigInt(options.timeToLiveSeconds) * MS_PER_SECOND;
  return endMs <= BigInt(nowMs);
}

/**
 * The row as a reader may see it: no expired cells, and no more versions than the table keeps. Undefined when all its
 * cells have expired, which ends the row; a row that was left without any cell stays.
 */
export function livingRow(row: Row, options: TableOptions, nowMs: number): Row | undefined {
  const cells = livingCells(row.cells, options, nowMs);
  if (cells.length === 0 && row.cells.length > 0) return undefined;
  return withCells(row, cells);
}

/** @param cells sorted by name, the versions of a column from newest to oldest. */
export function livingCells(
  cells: readonly Cell[],
  options: TableOptions,
  nowMs: number,
): readonly Cell[] {
  const living: Cell[] = [];
  let column: string | undefined;
  let versions = 0;
  for (const cell of cells) {
    versions = cell.name === column ? versions + 1 : 1;
    column = cell.name;
    if (versions <= options.maxVersions && !isExpired(cell, options, nowMs)) living.push(cell);
  }
  return living;
}

/**
 * Whether a cell may be written with this timestamp: within [max(now − deviation, now − TTL), now + deviation), in
 * seconds. Source: help page "TableOptions".
 */
export function isTimely(timestampMs: bigint, options: TableOptions, nowMs: number): boolean {
  const seconds = timestampMs / MS_PER_SECOND;
  const nowSeconds = BigInt(Math.floor(nowMs / 1000));
  const { deviationSeconds, timeToLiveSeconds } = options;
  const oldest = nowSeconds - deviationSeconds;
  const living = nowSeconds - BigInt(timeToLiveSeconds);
  const start = timeToLiveSeconds === KEEP_FOR_EVER || oldest > living ? oldest : living;
  return start <= seconds && seconds < nowSeconds + deviationSeconds;
}
