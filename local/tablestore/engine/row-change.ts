import { parameterInvalid } from '../errors.ts';
import { livingCells } from './lifetime.ts';
import type { TableOptions } from './table.ts';
import { type Cell, compareNames, type Value } from './values.ts';

/** What a write does to one row. */
export type RowChange =
  | { readonly type: 'put'; readonly cells: readonly NewCell[] }
  | { readonly type: 'update'; readonly steps: readonly UpdateStep[] }
  | { readonly type: 'delete' };

/** A cell without a timestamp gets the server's time. */
export interface NewCell {
  readonly name: string;
  readonly value: Value;
  readonly timestampMs: bigint | undefined;
}

export type UpdateStep =
  | { readonly type: 'put'; readonly cell: NewCell }
  | { readonly type: 'delete-version'; readonly name: string; readonly timestampMs: bigint }
  | { readonly type: 'delete-column'; readonly name: string }
  | { readonly type: 'increment'; readonly name: string; readonly by: Increment };

export type Increment = Extract<Value, { type: 'INTEGER' | 'DOUBLE' }>;

export interface Changed {
  /** The cells that the row has now; undefined: there is no row. */
  readonly cells: readonly Cell[] | undefined;
  /** The new versions of the incremented columns. */
  readonly incremented: readonly Cell[];
}

/**
 * The row after a change.
 *
 * @param before the cells that the row had, undefined where there was none.
 * @throws {TablestoreError} OTSParameterInvalid when a column cannot be incremented.
 */
export function applyChange(
  before: readonly Cell[] | undefined,
  change: RowChange,
  options: TableOptions,
  nowMs: number,
): Changed {
  if (change.type === 'delete') return { cells: undefined, incremented: [] };
  const columns = columnsOf(change.type === 'put' || options.updateFullRow ? [] : (before ?? []));
  const incremented: Cell[] = [];
  for (const step of stepsOf(change)) {
    const cell = take(step, columns, BigInt(nowMs));
    if (cell !== undefined) incremented.push(cell);
  }
  // Deleting columns of a missing row does not create the row.
  if (before === undefined && change.type === 'update' && columns.size === 0) {
    return { cells: undefined, incremented };
  }
  return { cells: livingCells(sortedCells(columns), options, nowMs), incremented };
}

/** The versions of each column, in no order. */
type Columns = Map<string, Cell[]>;

function columnsOf(cells: readonly Cell[]): Columns {
  const columns: Columns = new Map();
  for (const cell of cells) {
    const versions = columns.get(cell.name);
    if (versions === undefined) columns.set(cell.name, [cell]);
    else versions.push(cell);
  }
  return columns;
}

function stepsOf(change: Exclude<RowChange, { type: 'delete' }>): readonly UpdateStep[] {
  return change.type === 'update'
    ? change.steps
    : change.cells.map((cell) => ({ type: 'put', cell }));
}

/** @returns the cell that an increment made. */
function take(step: UpdateStep, columns: Columns, nowMs: bigint): Cell | undefined {
  switch (step.type) {
    case 'put':
      putCell(columns, { ...step.cell, timestampMs: step.cell.timestampMs ?? nowMs });
      return undefined;
    case 'delete-version': {
      const { name, timestampMs } = step;
      const rest = columns.get(name)?.filter((cell) => cell.timestampMs !== timestampMs) ?? [];
      if (rest.length === 0) columns.delete(name);
      else columns.set(name, rest);
      return undefined;
    }
    case 'delete-column':
      columns.delete(step.name);
      return undefined;
    case 'increment': {
      const cell = increment(columns.get(step.name) ?? [], step.name, step.by, nowMs);
      putCell(columns, cell);
      return cell;
    }
  }
}

/** A version with the same timestamp is replaced. */
function putCell(columns: Columns, cell: Cell): void {
  const versions = columns.get(cell.name);
  if (versions === undefined) {
    columns.set(cell.name, [cell]);
    return;
  }
  const same = versions.findIndex(({ timestampMs }) => timestampMs === cell.timestampMs);
  if (same === -1) versions.push(cell);
  else versions[same] = cell;
}

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** A new version, the newest one plus `by`; a missing column counts as zero. */
function increment(versions: readonly Cell[], name: string, by: Increment, nowMs: bigint): Cell {
  const newest = versions.toSorted(newestFirst)[0];
  // A timestamp ahead of the server's would otherwise keep the sum from becoming the newest version.
  const timestampMs =
    newest !== undefined && newest.timestampMs > nowMs ? newest.timestampMs : nowMs;
  return { name, timestampMs, value: sum(newest?.value, by, name) };
}

function sum(value: Value | undefined, by: Increment, name: string): Value {
  if (value === undefined) return by;
  if (value.type === 'INTEGER' && by.type === 'INTEGER') {
    const total = value.value + by.value;
    if (total < INT64.min || total > INT64.max) {
      throw parameterInvalid(`Integer overflow while incrementing column: ${name}.`);
    }
    return { type: 'INTEGER', value: total };
  }
  if (value.type === 'DOUBLE' && by.type === 'DOUBLE') {
    const total = value.value + by.value;
    if (!Number.isFinite(total)) {
      throw parameterInvalid(`Double overflow while incrementing column: ${name}.`);
    }
    return { type: 'DOUBLE', value: total };
  }
  throw parameterInvalid(`Type mismatch while incrementing column: ${name}.`);
}

function sortedCells(columns: Columns): Cell[] {
  const names = [...columns.keys()].sort(compareNames);
  return names.flatMap((name) => (columns.get(name) ?? []).sort(newestFirst));
}

function newestFirst(left: Cell, right: Cell): number {
  if (left.timestampMs === right.timestampMs) return 0;
  return left.timestampMs > right.timestampMs ? -1 : 1;
}
