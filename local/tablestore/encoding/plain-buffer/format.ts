import type { Variant } from '../../engine/values.ts';

/**
 * PlainBuffer, the encoding of rows inside the messages; little-endian throughout.
 *
 *     buffer   HEADER, then rows back to back
 *     row      [PRIMARY_KEY cell…] [ATTRIBUTES cell…] [DELETE_MARKER] ROW_CHECKSUM crc8
 *     cell     CELL NAME length name [VALUE length variant] [OPERATION op] [TIMESTAMP int64] CELL_CHECKSUM crc8
 *
 * Source: AlibabaCloudDocs/ots, "PlainBuffer".
 */
export const HEADER = 0x75;
export const HEADER_BYTES = 4;

export const TAG = {
  PRIMARY_KEY: 0x01,
  ATTRIBUTES: 0x02,
  CELL: 0x03,
  NAME: 0x04,
  VALUE: 0x05,
  OPERATION: 0x06,
  TIMESTAMP: 0x07,
  DELETE_MARKER: 0x08,
  ROW_CHECKSUM: 0x09,
  CELL_CHECKSUM: 0x0a,
} as const;

/** What a cell of a request asks for; absent: a put. */
export const CELL_OPERATION = {
  DELETE_ALL_VERSION: 1,
  DELETE_ONE_VERSION: 3,
  INCREMENT: 4,
} as const;

export type CellOperation = keyof typeof CELL_OPERATION | 'PUT';

export const VARIANT = {
  INTEGER: 0x00,
  DOUBLE: 0x01,
  BOOLEAN: 0x02,
  STRING: 0x03,
  NULL: 0x06,
  BINARY: 0x07,
  INF_MIN: 0x09,
  INF_MAX: 0x0a,
  AUTO_INCREMENT: 0x0b,
} as const satisfies Record<Variant['type'], number>;

/** A cell as the wire has it, of a request or of an answer. */
export interface PlainCell {
  readonly name: string;
  readonly value: Variant | undefined;
  readonly operation: CellOperation;
  readonly timestampMs: bigint | undefined;
}

export interface PlainRow {
  readonly primaryKey: readonly PlainCell[];
  readonly attributes: readonly PlainCell[];
  readonly hasDeleteMarker: boolean;
}
