import type { KeyRange } from '../store/store.ts';
import type { PrimaryKey, Variant } from './values.ts';

/**
 * The keys of the ordered store.
 *
 *     t NAME               a table's descriptor, as JSON
 *     r TABLE-ID KEY       a row
 *     a TABLE-ID PARTITION the last number that an AUTO_INCREMENT column got in a partition
 *     n                    the id of the next table; ids are never used twice
 */
export const NEXT_TABLE_ID_KEY = Buffer.from('n');

export const TABLES: KeyRange = { from: Buffer.from('t'), to: Buffer.from('u') };

export function tableKey(name: string): Buffer {
  return Buffer.from(`t${name}`);
}

export function rowKey(tableId: number, key: PrimaryKey): Buffer {
  return Buffer.concat([space('r', tableId), ...key.map(({ value }) => encodeKeyValue(value))]);
}

export function counterKey(tableId: number, key: PrimaryKey): Buffer {
  return Buffer.concat([
    space('a', tableId),
    ...key.slice(0, 1).map(({ value }) => encodeKeyValue(value)),
  ]);
}

/** Everything that tables from the id `from` to before the id `to` left in the store. */
export function dataOfTables(from: number, to: number): readonly KeyRange[] {
  return ['a', 'r'].map((kind) => ({ from: space(kind, from), to: space(kind, to) }));
}

/** The rows of a table. */
export function rowsOf(tableId: number): KeyRange {
  return { from: space('r', tableId), to: space('r', tableId + 1) };
}

/** The smallest key greater than `key`. */
export function after(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.of(0)]);
}

function space(kind: string, tableId: number): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.write(kind, 'latin1');
  prefix.writeUInt32BE(tableId, 1);
  return prefix;
}

const INF_MIN = Buffer.of(0x00);
const VALUE = 0x05;
const INF_MAX = Buffer.of(0xff);
const SIGN_BIT = 1n << 63n;
/** A zero byte within a string, and the end of it: shorter strings sort before their continuations. */
const ZERO = Buffer.of(0x00, 0xff);
const END = Buffer.of(0x00, 0x01);

/** Bytes in the order of the values: integers by number, strings and binaries bytewise, INF_MIN first, INF_MAX last. */
function encodeKeyValue(value: Variant): Buffer {
  switch (value.type) {
    case 'INF_MIN':
      return INF_MIN;
    case 'INF_MAX':
      return INF_MAX;
    case 'INTEGER': {
      const bytes = Buffer.alloc(9, VALUE);
      bytes.writeBigUInt64BE(BigInt.asUintN(64, value.value) ^ SIGN_BIT, 1);
      return bytes;
    }
    case 'STRING':
    case 'BINARY':
      return Buffer.concat([Buffer.of(VALUE), escapeZeros(value.value), END]);
    default:
      throw new TypeError(`no key holds a value of type ${value.type}`);
  }
}

function escapeZeros(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let start = 0;
  for (let zero = bytes.indexOf(0); zero !== -1; zero = bytes.indexOf(0, start)) {
    parts.push(bytes.subarray(start, zero), ZERO);
    start = zero + 1;
  }
  return start === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(start)]);
}
