import { type Cell, nameBytes, type PrimaryKey, type Variant } from '../../engine/values.ts';
import { type Output, putByte, putInt64, putUint32, reserve } from '../bytes.ts';
import { crc8, crc8OfByte } from './crc8.ts';
import { HEADER, TAG } from './format.ts';
import { putVariant } from './variant.ts';

// Read from the table once: they are written for every cell.
const { PRIMARY_KEY, ATTRIBUTES, CELL, NAME, VALUE, TIMESTAMP, CELL_CHECKSUM, ROW_CHECKSUM } = TAG;

export function putHeader(output: Output): void {
  putUint32(output, HEADER);
}

/** One row of an answer: neither padding nor operations, which the npm client cannot read. */
export function putPlainRow(output: Output, key: PrimaryKey, cells: readonly Cell[]): void {
  let checksum = 0;
  if (key.length > 0) putByte(output, PRIMARY_KEY);
  for (const { name, value } of key) {
    checksum = crc8OfByte(checksum, putPlainCell(output, name, value, undefined));
  }
  if (cells.length > 0) putByte(output, ATTRIBUTES);
  for (const { name, value, timestampMs } of cells) {
    checksum = crc8OfByte(checksum, putPlainCell(output, name, value, timestampMs));
  }
  putByte(output, ROW_CHECKSUM);
  putByte(output, crc8OfByte(checksum, NO_DELETE_MARKER));
}

const NO_DELETE_MARKER = 0;

/** @returns the checksum of the cell. */
function putPlainCell(
  output: Output,
  name: string,
  value: Variant,
  timestampMs: bigint | undefined,
): number {
  putByte(output, CELL);
  putByte(output, NAME);
  const nameLength = nameBytes(name);
  putUint32(output, nameLength);
  const nameStart = reserve(output, nameLength);
  output.bytes.write(name, nameStart, 'utf8');
  let checksum = crc8(0, output.bytes, nameStart, output.length);

  putByte(output, VALUE);
  const lengthStart = reserve(output, 4);
  const valueStart = output.length;
  putVariant(output, value);
  output.bytes.writeUInt32LE(output.length - valueStart, lengthStart);
  checksum = crc8(checksum, output.bytes, valueStart, output.length);

  if (timestampMs !== undefined) {
    putByte(output, TIMESTAMP);
    putInt64(output, timestampMs);
    checksum = crc8(checksum, output.bytes, output.length - 8, output.length);
  }
  putByte(output, CELL_CHECKSUM);
  putByte(output, checksum);
  return checksum;
}
