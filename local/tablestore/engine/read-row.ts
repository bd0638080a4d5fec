import { type Capacity, keyBytes, unitsOf } from './capacity.ts';
import type { Engine } from './engine.ts';
import { rowKey } from './keys.ts';
import { livingRow } from './lifetime.ts';
import { type Selection, select } from './selection.ts';
import { decodeRow } from './stored-row.ts';
import type { Table } from './table.ts';
import type { PrimaryKey, Row } from './values.ts';

export interface ReadRow {
  /** Undefined: there is no such row, or nothing of it was asked for. */
  readonly row: Row | undefined;
  readonly capacity: Capacity;
}

/** What `selection` asks for of the row at `key`. */
export function readRow(
  { store, clock, usage }: Engine,
  table: Table,
  key: PrimaryKey,
  selection: Selection,
): ReadRow {
  const bytes = store.get(rowKey(table.id, key));
  const living = bytes && livingRow(decodeRow(bytes), table.options, clock.now());
  const { row, sizeBytes } = living
    ? select(living, selection)
    : { row: undefined, sizeBytes: keyBytes(key) };
  const capacity = { read: unitsOf(sizeBytes), write: 0 };
  usage.charge(table.name, capacity, { read: row === undefined ? 0 : 1 });
  return { row, capacity };
}
