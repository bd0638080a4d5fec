import { newOutput, writtenBytes } from '../encoding/bytes.ts';
import { HEADER_BYTES } from '../encoding/plain-buffer/format.ts';
import { readPlainRow } from '../encoding/plain-buffer/read-row.ts';
import { putHeader, putPlainRow } from '../encoding/plain-buffer/write-row.ts';
import { cellBytes, keyBytes } from './capacity.ts';
import type { Cell, Row } from './values.ts';

/** Rows are stored in the PlainBuffer that answers are made of, so its checksums guard the disk too. */
export function encodeRow({ key, cells, encoded }: Row): Buffer {
  if (encoded !== undefined) return encoded;
  const output = newOutput(
    keyBytes(key) + cellBytes(cells) + (key.length + cells.length + 1) * FRAME_BYTES,
  );
  putHeader(output);
  putPlainRow(output, key, cells);
  return writtenBytes(output);
}

/** What PlainBuffer adds to the name and the value of a cell, at most. */
const FRAME_BYTES = 32;

/** Rows back to back, in parts; no row at all is zero bytes, without a header. */
export function encodeRows(rows: readonly Row[]): readonly Buffer[] {
  return rows.map((row, index) => {
    const encoded = encodeRow(row);
    return index === 0 ? encoded : encoded.subarray(HEADER_BYTES);
  });
}

/** @throws {Error} when the store has damaged it. */
export function decodeRow(bytes: Buffer): Row {
  try {
    const { primaryKey, attributes } = readPlainRow(bytes);
    // Only `encodeRow` writes rows, so that each key column has a value, and each cell a value and a timestamp.
    return { key: primaryKey as Row['key'], cells: attributes as readonly Cell[], encoded: bytes };
  } catch (cause) {
    throw new Error('a stored row is damaged', { cause });
  }
}
