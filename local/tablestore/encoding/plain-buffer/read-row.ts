import { isUtf8 } from 'node:buffer';
import type { Variant } from '../../engine/values.ts';
import { parameterInvalid } from '../../errors.ts';
import {
  type Input,
  inputOf,
  MalformedError,
  skip,
  takeByte,
  takeInt64,
  takeUint32,
} from '../bytes.ts';
import { crc8, crc8OfByte } from './crc8.ts';
import {
  CELL_OPERATION,
  type CellOperation,
  HEADER,
  type PlainCell,
  type PlainRow,
  TAG,
} from './format.ts';
import { takeVariant } from './variant.ts';

// Read from the tables once: they are looked at for every byte.
const {
  PRIMARY_KEY,
  ATTRIBUTES,
  CELL,
  NAME,
  VALUE,
  OPERATION,
  TIMESTAMP,
  DELETE_MARKER,
  ROW_CHECKSUM,
  CELL_CHECKSUM,
} = TAG;
const { DELETE_ALL_VERSION, DELETE_ONE_VERSION, INCREMENT } = CELL_OPERATION;

/**
 * The one row of a buffer. npm pads some rows with zero bytes, which are ignored.
 *
 * @throws {TablestoreError} OTSParameterInvalid, in the words of the service, when the bytes are no row.
 */
export function readPlainRow(bytes: Buffer): PlainRow {
  try {
    return takeRow(inputOf(bytes));
  } catch (cause) {
    if (cause instanceof MalformedError) throw parameterInvalid('data format is invalid.');
    throw cause;
  }
}

interface Cells {
  readonly cells: readonly PlainCell[];
  readonly checksum: number;
}

function takeRow(input: Input): PlainRow {
  takeHeader(input);
  const primaryKey = takeCells(input, PRIMARY_KEY, 0);
  // No checksum covers the tags: if the tag of a key has changed into that of attributes, the key is missing here.
  if (primaryKey.cells.length === 0) throw parameterInvalid('Cell data broken, PK is empty.');
  const attributes = takeCells(input, ATTRIBUTES, primaryKey.checksum);
  const hasDeleteMarker = takeIf(input, DELETE_MARKER);
  if (!takeIf(input, ROW_CHECKSUM)) {
    throw parameterInvalid('Cell data broken, row is not end with checksum tag.');
  }
  checkChecksum(takeByte(input), crc8OfByte(attributes.checksum, hasDeleteMarker ? 1 : 0));
  checkPadding(input);
  return { primaryKey: primaryKey.cells, attributes: attributes.cells, hasDeleteMarker };
}

function takeHeader(input: Input): void {
  const header = takeUint32(input);
  if (header !== HEADER) {
    throw parameterInvalid(
      `Cell data broken, mismatch header, actual: ${header}, expect: ${HEADER}.`,
    );
  }
}

function takeCells(input: Input, section: number, rowChecksum: number): Cells {
  const cells: PlainCell[] = [];
  let checksum = rowChecksum;
  if (!takeIf(input, section)) return { cells, checksum };
  do {
    expectTag(input, CELL);
    cells.push(takeCell(input));
    // The checksum of a cell is its last byte, and what the row's is made of.
    checksum = crc8OfByte(checksum, input.bytes[input.position - 1] as number);
  } while (input.bytes[input.position] === CELL);
  return { cells, checksum };
}

function takeCell(input: Input): PlainCell {
  expectTag(input, NAME);
  const nameLength = takeUint32(input);
  const nameStart = skip(input, nameLength);
  const name = nameAt(input.bytes, nameStart, nameStart + nameLength);
  let checksum = crc8(0, input.bytes, nameStart, nameStart + nameLength);

  let value: Variant | undefined;
  if (takeIf(input, VALUE)) {
    const length = takeUint32(input);
    const start = input.position;
    value = takeVariant(input);
    if (input.position - start !== length) {
      throw parameterInvalid("Cell data broken, has more data in cell, but they can't be parsed.");
    }
    checksum = crc8(checksum, input.bytes, start, input.position);
  }

  const operationByte = takeIf(input, OPERATION) ? takeByte(input) : undefined;
  let timestampMs: bigint | undefined;
  if (takeIf(input, TIMESTAMP)) {
    timestampMs = takeInt64(input);
    checksum = crc8(checksum, input.bytes, input.position - 8, input.position);
  }
  // The operation precedes the timestamp on the wire, yet follows it in the checksum.
  if (operationByte !== undefined) checksum = crc8OfByte(checksum, operationByte);

  if (!takeIf(input, CELL_CHECKSUM)) {
    throw parameterInvalid('Cell data broken, cell is not end with checksum[0x0A] tag.');
  }
  checkChecksum(takeByte(input), checksum);
  return { name, value, operation: cellOperation(operationByte), timestampMs };
}

/** Decoding puts U+FFFD for what is not UTF-8: such a name would not come back as it was sent. */
function nameAt(bytes: Buffer, start: number, end: number): string {
  const name = bytes.toString('utf8', start, end);
  if (name.includes('\ufffd') && !isUtf8(bytes.subarray(start, end))) {
    throw parameterInvalid(`Invalid column name: '${name}'.`);
  }
  return name;
}

function cellOperation(byte: number | undefined): CellOperation {
  switch (byte) {
    case undefined:
      return 'PUT';
    case DELETE_ALL_VERSION:
      return 'DELETE_ALL_VERSION';
    case DELETE_ONE_VERSION:
      return 'DELETE_ONE_VERSION';
    case INCREMENT:
      return 'INCREMENT';
    default:
      throw parameterInvalid(`Invalid op type of cell: ${byte}.`);
  }
}

function takeIf(input: Input, tag: number): boolean {
  if (input.position >= input.end || input.bytes[input.position] !== tag) return false;
  input.position += 1;
  return true;
}

function expectTag(input: Input, tag: number): void {
  const actual = takeByte(input);
  if (actual !== tag) {
    throw parameterInvalid(
      `Cell data broken, mismatch tag, actual tag(${actual}), expect(${tag}).`,
    );
  }
}

function checkChecksum(sent: number, computed: number): void {
  if (sent !== computed) {
    throw parameterInvalid(`Cell data broken, checksum is mismatch, ${sent}:${computed}:`);
  }
}

function checkPadding(input: Input): void {
  for (let index = input.position; index < input.end; index += 1) {
    if (input.bytes[index] !== 0) throw parameterInvalid('data format is invalid.');
  }
}
