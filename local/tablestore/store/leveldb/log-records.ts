import { maskedCrc32c } from './crc32c.ts';

/**
 * The records of a log or a manifest, each checked. Source: google/leveldb, doc/log_format.md.
 *
 * The file is a row of blocks. A record that crosses blocks comes in fragments; where fewer bytes are left in a block
 * than a header takes, they are zero.
 */
const BLOCK_BYTES = 32_768;
/** Checksum, length, type. */
const RECORD_HEADER_BYTES = 7;

const FULL = 1;
const FIRST = 2;
const MIDDLE = 3;
const LAST = 4;

export interface LogRecords {
  readonly records: readonly Buffer[];
  /** Whether the file ends within a record, as after a crash. */
  readonly isCutShort: boolean;
}

/** @throws {Error} for a record that is not what was written. */
export function readLogRecords(bytes: Buffer): LogRecords {
  const records: Buffer[] = [];
  let fragments: Buffer[] = [];
  let position = 0;
  while (position < bytes.length) {
    const leftInBlock = BLOCK_BYTES - (position % BLOCK_BYTES);
    if (leftInBlock < RECORD_HEADER_BYTES) {
      position += leftInBlock;
      continue;
    }
    if (isZero(bytes.subarray(position))) return { records, isCutShort: true };
    if (position + RECORD_HEADER_BYTES > bytes.length) return { records, isCutShort: true };
    const start = position + RECORD_HEADER_BYTES;
    const end = start + bytes.readUInt16LE(position + 4);
    if (end - position > leftInBlock) throw new Error(`a record at ${position} is too long`);
    if (end > bytes.length) return { records, isCutShort: true };
    if (bytes.readUInt32LE(position) !== maskedCrc32c(bytes.subarray(start - 1, end))) {
      throw new Error(`the checksum of the record at ${position} is wrong`);
    }
    const type = bytes[start - 1];
    const continues = type === MIDDLE || type === LAST;
    if (continues !== fragments.length > 0) {
      throw new Error(`the record at ${position} does not follow the one before`);
    }
    fragments.push(bytes.subarray(start, end));
    if (type === FULL || type === LAST) {
      records.push(Buffer.concat(fragments));
      fragments = [];
    } else if (type !== FIRST && type !== MIDDLE) {
      throw new Error(`the record at ${position} is of an unknown type`);
    }
    position = end;
  }
  return { records, isCutShort: fragments.length > 0 };
}

/** What a crash may leave behind the last record. */
function isZero(bytes: Buffer): boolean {
  return bytes[0] === 0 && bytes[bytes.length - 1] === 0 && bytes.every((byte) => byte === 0);
}
