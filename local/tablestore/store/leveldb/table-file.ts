import { type Input, inputOf, skip } from '../../encoding/bytes.ts';
import { takeVarint32, takeVarint64 } from '../../encoding/varint.ts';
import { maskedCrc32c } from './crc32c.ts';

/**
 * Checks the blocks of a table, which LevelDB itself reads unchecked. Source: google/leveldb, doc/table_format.md.
 *
 *     data block… filter and meta blocks, index block, footer
 *     block   contents, compression type, checksum of both
 *     footer  handle of the meta index, handle of the index, padding, magic number
 */
const FOOTER_BYTES = 48;
const MAGIC = Buffer.from('57fb808b247547db', 'hex');
const TRAILER_BYTES = 5;

/** The place of a block in the file. */
interface Handle {
  readonly offset: number;
  readonly size: number;
}

/** @throws {Error} for a table that is not what was written. */
export function checkTableFile(bytes: Buffer): void {
  if (bytes.length < FOOTER_BYTES) throw new Error('the table is too short');
  const footer = bytes.subarray(-FOOTER_BYTES);
  if (!footer.subarray(-MAGIC.length).equals(MAGIC)) throw new Error('the table has no end');
  const handles = inputOf(footer);
  const metaIndex = takeHandle(handles);
  const index = takeHandle(handles);
  for (const indexBlock of [metaIndex, index]) {
    for (const handle of handlesOf(checkedBlock(bytes, indexBlock))) checkedBlock(bytes, handle);
  }
}

function takeHandle(input: Input): Handle {
  return { offset: Number(takeVarint64(input)), size: Number(takeVarint64(input)) };
}

/** The contents of a block. Tables are written uncompressed, so that an index can be read directly. */
function checkedBlock(bytes: Buffer, { offset, size }: Handle): Buffer {
  const end = offset + size;
  if (end + TRAILER_BYTES > bytes.length) throw new Error(`the block at ${offset} is cut short`);
  const checksum = bytes.readUInt32LE(end + 1);
  if (checksum !== maskedCrc32c(bytes.subarray(offset, end + 1))) {
    throw new Error(`the checksum of the block at ${offset} is wrong`);
  }
  return bytes.subarray(offset, end);
}

/** An index block maps keys to handles: entries of key lengths, key suffix and value, then restart points. */
function handlesOf(block: Buffer): readonly Handle[] {
  const restarts = block.readUInt32LE(block.length - 4);
  const input: Input = { bytes: block, position: 0, end: block.length - 4 * (restarts + 1) };
  const handles: Handle[] = [];
  while (input.position < input.end) {
    takeVarint32(input);
    const suffixLength = takeVarint32(input);
    takeVarint32(input);
    skip(input, suffixLength);
    handles.push(takeHandle(input));
  }
  return handles;
}
