import { CAPACITY_UNIT_BYTES } from '../limits.ts';
import { type Cell, nameBytes, type PrimaryKey, sizeOf } from './values.ts';

/** Capacity units: what the service charges. */
export interface Capacity {
  readonly read: number;
  readonly write: number;
}

/** A check that fails costs one unit of each kind, however large the row. */
export const FAILED_CONDITION: Capacity = { read: 1, write: 1 };

/** One unit for every 4 KiB begun, and at least one. Source: help page "Read/write throughput". */
export function unitsOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / CAPACITY_UNIT_BYTES));
}

export function keyBytes(key: PrimaryKey): number {
  let bytes = 0;
  for (const { name, value } of key) bytes += nameBytes(name) + sizeOf(value);
  return bytes;
}

export function cellBytes(cells: readonly Cell[]): number {
  let bytes = 0;
  for (const { name, value } of cells) bytes += nameBytes(name) + sizeOf(value);
  return bytes;
}
