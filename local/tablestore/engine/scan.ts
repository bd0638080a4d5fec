import { MAX_SCANNED_BYTES, MAX_SCANNED_ROWS } from '../limits.ts';
import type { KeyRange } from '../store/store.ts';
import { type Capacity, unitsOf } from './capacity.ts';
import type { Engine } from './engine.ts';
import { livingRow } from './lifetime.ts';
import { type Selection, select } from './selection.ts';
import { decodeRow } from './stored-row.ts';
import type { Table } from './table.ts';
import type { PrimaryKey, Row } from './values.ts';

export interface Scan {
  readonly table: Table;
  readonly range: KeyRange;
  readonly backward: boolean;
  readonly selection: Selection;
  /** The most rows returned; undefined: as many as a page may hold. */
  readonly limit: number | undefined;
  /** The most rows looked at, where that is less than the service's own limit. */
  readonly maxScannedRows: number;
}

export interface RangePage {
  readonly rows: readonly Row[];
  /** The first row that was not looked at; undefined: the range is exhausted. */
  readonly next: PrimaryKey | undefined;
  readonly capacity: Capacity;
}

/** One page of a range: it ends at `limit` rows, or where the service stops scanning. */
export async function scan({ store, clock, usage }: Engine, scan: Scan): Promise<RangePage> {
  const { table, range, backward, selection, limit = Number.POSITIVE_INFINITY } = scan;
  const maxScannedRows = Math.min(scan.maxScannedRows, MAX_SCANNED_ROWS);
  const nowMs = clock.now();
  const rows: Row[] = [];
  let next: PrimaryKey | undefined;
  let scannedRows = 0;
  let scannedBytes = 0;

  const chunkEntries = Math.min(limit, maxScannedRows) + 1;
  walk: for await (const entries of store.walk(range, { backward, chunkEntries })) {
    for (const [, bytes] of entries) {
      const stored = decodeRow(bytes);
      if (rows.length >= limit || scannedRows >= maxScannedRows) {
        next = stored.key;
        break walk;
      }
      const living = livingRow(stored, table.options, nowMs);
      const { row, sizeBytes } = living ? select(living, selection) : NOTHING;
      if (scannedRows > 0 && scannedBytes + sizeBytes > MAX_SCANNED_BYTES) {
        next = stored.key;
        break walk;
      }
      scannedRows += 1;
      scannedBytes += sizeBytes;
      if (row !== undefined) rows.push(row);
    }
  }

  const capacity = { read: unitsOf(scannedBytes), write: 0 };
  usage.charge(table.name, capacity, { read: rows.length });
  return { rows, next, capacity };
}

const NOTHING = { row: undefined, sizeBytes: 0 };
