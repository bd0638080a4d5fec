import { compareValues, type KeyColumn, type PrimaryKey } from '../engine/values.ts';
import { parameterInvalid } from '../errors.ts';
import { parseRangeKey } from './primary-key.ts';

/** A range from its start, which belongs to it, to its end, which does not, in either direction. */
export interface RequestedRange {
  readonly start: PrimaryKey;
  readonly end: PrimaryKey;
  readonly backward: boolean;
}

/** The fields of GetRange that say which rows it is about. */
export interface RangeRequest {
  readonly direction: 'FORWARD' | 'BACKWARD';
  readonly inclusive_start_primary_key: Buffer;
  readonly exclusive_end_primary_key: Buffer;
}

/** @throws {TablestoreError} for ends that are keys in no table. */
export function parseRange(request: RangeRequest): RequestedRange {
  return {
    start: parseRangeKey(request.inclusive_start_primary_key),
    end: parseRangeKey(request.exclusive_end_primary_key),
    backward: request.direction === 'BACKWARD',
  };
}

/** @throws {TablestoreError} for a range that runs against its direction, or nowhere. */
export function checkDirection({ start, end, backward }: RequestedRange): void {
  const order = compareKeys(start, end);
  if (order === undefined) return;
  if (backward && order <= 0) {
    throw parameterInvalid('Begin key must more than end key in BACKWARD');
  }
  if (!backward && order >= 0) {
    throw parameterInvalid('Begin key must less than end key in FORWARD');
  }
}

/** Undefined for keys of different shapes: one of them at least is not a key of the table. */
function compareKeys(left: PrimaryKey, right: PrimaryKey): number | undefined {
  if (left.length !== right.length) return undefined;
  for (const [index, { value }] of left.entries()) {
    const order = compareKeyValues(value, right[index]?.value ?? value);
    if (order !== 0) return order;
  }
  return 0;
}

function compareKeyValues(left: KeyColumn['value'], right: KeyColumn['value']): number | undefined {
  const places = placeOf(left) - placeOf(right);
  const areValues = placeOf(left) === 0 && placeOf(right) === 0;
  return areValues ? compareValues(left, right) : places;
}

/** INF_MIN is below and INF_MAX above all values. */
function placeOf({ type }: KeyColumn['value']): number {
  if (type === 'INF_MIN') return -1;
  return type === 'INF_MAX' ? 1 : 0;
}
