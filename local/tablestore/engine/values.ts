/**
 * What a cell holds. Strings stay the UTF-8 bytes they came as: the service measures and compares bytes, and most of
 * them pass through unread.
 */
export type Value =
  | { readonly type: 'INTEGER'; readonly value: bigint }
  | { readonly type: 'DOUBLE'; readonly value: number }
  | { readonly type: 'BOOLEAN'; readonly value: boolean }
  | { readonly type: 'STRING'; readonly value: Buffer }
  | { readonly type: 'BINARY'; readonly value: Buffer };

/** What a primary key of a request may hold in place of a value. */
export type Placeholder = { readonly type: 'INF_MIN' | 'INF_MAX' | 'AUTO_INCREMENT' };

/** Everything that the wire can carry. */
export type Variant = Value | Placeholder | { readonly type: 'NULL' };

/** One version of an attribute column. */
export interface Cell {
  readonly name: string;
  readonly value: Value;
  readonly timestampMs: bigint;
}

export interface KeyColumn {
  readonly name: string;
  readonly value: Value | Placeholder;
}

/** A whole primary key, in the order of the table's columns. */
export type PrimaryKey = readonly KeyColumn[];

/** A stored row, or what a reader gets of it. */
export interface Row {
  readonly key: PrimaryKey;
  /** Sorted by name; the versions of one column from newest to oldest. */
  readonly cells: readonly Cell[];
  /** The row as it was read, where nothing has been left out since: it need not be encoded again. */
  readonly encoded?: Buffer;
}

/** The row with these of its cells. */
export function withCells(row: Row, cells: readonly Cell[]): Row {
  return cells.length === row.cells.length ? row : { key: row.key, cells };
}

/** Size of the name of a column, which is UTF-8 on the wire and on disk. */
export function nameBytes(name: string): number {
  return Buffer.byteLength(name, 'utf8');
}

/** Less than, equal to or greater than zero: by bytes in UTF-8, as the service orders columns. */
export function compareNames(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const difference = rank(left.charCodeAt(index)) - rank(right.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** UTF-16 writes the highest characters as surrogates, in the middle of its code units; UTF-8 has them last. */
function rank(codeUnit: number): number {
  return codeUnit >= 0xd800 && codeUnit < 0xe000 ? codeUnit + 0x10000 : codeUnit;
}

/** Size of a value as the service charges it. Source: help page "Data storage usage". */
export function sizeOf(value: Variant): number {
  switch (value.type) {
    case 'INTEGER':
    case 'DOUBLE':
    case 'AUTO_INCREMENT':
      return 8;
    case 'BOOLEAN':
      return 1;
    case 'STRING':
    case 'BINARY':
      return value.value.length;
    default:
      return 0;
  }
}

/** Less than, equal to or greater than zero; undefined for values of different types, which have no order. */
export function compareValues(left: Variant, right: Variant): number | undefined {
  switch (left.type) {
    case 'INTEGER':
      return right.type === 'INTEGER' ? order(left.value, right.value) : undefined;
    case 'DOUBLE':
      return right.type === 'DOUBLE' ? order(left.value, right.value) : undefined;
    case 'BOOLEAN':
      return right.type === 'BOOLEAN' ? order(left.value, right.value) : undefined;
    case 'STRING':
      return right.type === 'STRING' ? Buffer.compare(left.value, right.value) : undefined;
    case 'BINARY':
      return right.type === 'BINARY' ? Buffer.compare(left.value, right.value) : undefined;
    default:
      return undefined;
  }
}

function order<T extends bigint | number | boolean>(left: T, right: T): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
