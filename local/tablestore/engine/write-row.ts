import { serviceError } from '../errors.ts';
import type { Change } from '../store/store.ts';
import { type Capacity, FAILED_CONDITION, keyBytes, unitsOf } from './capacity.ts';
import type { Engine } from './engine.ts';
import { type Filter, matches, NO_COLUMNS } from './filter.ts';
import { rowKey } from './keys.ts';
import { livingRow } from './lifetime.ts';
import { applyChange, type Changed, type RowChange } from './row-change.ts';
import { decodeRow, encodeRow } from './stored-row.ts';
import type { Table } from './table.ts';
import type { Cell, PrimaryKey, Row } from './values.ts';

/** A write of one row whose parts have been checked. */
export interface RowWrite {
  readonly table: Table;
  /** May ask for an AUTO_INCREMENT value. */
  readonly key: PrimaryKey;
  readonly change: RowChange;
  readonly condition: Condition;
  readonly returns: Returns;
  /** Size of the data sent, as the service charges it. */
  readonly sizeBytes: number;
}

export interface Condition {
  readonly existence: 'IGNORE' | 'EXPECT_EXIST' | 'EXPECT_NOT_EXIST';
  readonly columns: Filter | undefined;
}

export type Returns =
  | { readonly type: 'nothing' }
  | { readonly type: 'key' }
  /** The new values of the incremented columns named, or of all. */
  | { readonly type: 'incremented'; readonly columns: ReadonlySet<string> | undefined };

export interface Written {
  readonly capacity: Capacity;
  /** The row that the writer asked for in return. */
  readonly returned: Row | undefined;
}

/**
 * Checks the condition and writes, as one step for all other requests; durable when the promise resolves.
 *
 * @throws {TablestoreError} OTSConditionCheckFail, and nothing is written.
 */
export async function writeRow(engine: Engine, write: RowWrite): Promise<Written> {
  const { key, counter } = numberedKey(engine, write);
  const storeKey = rowKey(write.table.id, key);
  return engine.rowLocks.run(storeKey.toString('latin1'), async () => {
    const nowMs = engine.clock.now();
    const before = needsRow(write) ? readCells(engine, write.table, storeKey, nowMs) : undefined;
    checkCondition(engine, write, before && { key, cells: before });
    const changed = applyChange(before, write.change, write.table.options, nowMs);
    const row: Change =
      changed.cells === undefined
        ? { type: 'del', key: storeKey }
        : { type: 'put', key: storeKey, value: encodeRow({ key, cells: changed.cells }) };
    await engine.store.write(counter === undefined ? [row] : [row, counter]);
    const capacity = capacityOf(write, key);
    engine.usage.charge(write.table.name, capacity, { written: 1 });
    engine.sweeper.visit(write.table);
    return { capacity, returned: returnedRow(write, key, changed) };
  });
}

interface NumberedKey {
  readonly key: PrimaryKey;
  readonly counter: Change | undefined;
}

/** The key with a number in place of AUTO_INCREMENT. */
function numberedKey({ counters, store }: Engine, { table, key }: RowWrite): NumberedKey {
  if (!key.some(({ value }) => value.type === 'AUTO_INCREMENT')) return { key, counter: undefined };
  while (true) {
    const { number, change } = counters.next(table.id, key);
    const numbered = key.map(({ name, value }): PrimaryKey[number] => ({
      name,
      value: value.type === 'AUTO_INCREMENT' ? { type: 'INTEGER', value: number } : value,
    }));
    // A writer may have chosen this number before.
    if (store.get(rowKey(table.id, numbered)) === undefined) {
      return { key: numbered, counter: change };
    }
  }
}

/** A put or a delete without a condition does not read the row, and is not charged for a read. */
function needsRow({ change, condition }: RowWrite): boolean {
  return change.type === 'update' || isConditional(condition);
}

/** An increment reads the row, too, and is charged for it; another update is not. */
function isChargedForRead({ change, condition }: RowWrite): boolean {
  const increments =
    change.type === 'update' && change.steps.some(({ type }) => type === 'increment');
  return increments || isConditional(condition);
}

function isConditional({ existence, columns }: Condition): boolean {
  return existence !== 'IGNORE' || columns !== undefined;
}

function readCells(
  { store }: Engine,
  table: Table,
  storeKey: Buffer,
  nowMs: number,
): readonly Cell[] | undefined {
  const bytes = store.get(storeKey);
  return bytes && livingRow(decodeRow(bytes), table.options, nowMs)?.cells;
}

function checkCondition(
  engine: Engine,
  { table, condition: { existence, columns } }: RowWrite,
  row: Row | undefined,
): void {
  const exists = row !== undefined;
  const isAsExpected = existence === 'IGNORE' || exists === (existence === 'EXPECT_EXIST');
  if (isAsExpected && (columns === undefined || matches(columns, row ?? NO_COLUMNS))) return;
  engine.usage.charge(table.name, FAILED_CONDITION);
  throw serviceError('OTSConditionCheckFail');
}

function capacityOf(write: RowWrite, key: PrimaryKey): Capacity {
  return {
    read: isChargedForRead(write) ? unitsOf(keyBytes(key)) : 0,
    write: unitsOf(write.sizeBytes),
  };
}

function returnedRow({ returns }: RowWrite, key: PrimaryKey, changed: Changed): Row | undefined {
  switch (returns.type) {
    case 'nothing':
      return undefined;
    case 'key':
      return { key, cells: [] };
    case 'incremented': {
      const { columns } = returns;
      const cells = changed.incremented.filter(({ name }) => columns?.has(name) ?? true);
      return cells.length === 0 ? undefined : { key: [], cells };
    }
  }
}
