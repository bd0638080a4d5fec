/** A table as it was described at its creation, and as it has been updated since. */
export interface Table {
  readonly id: number;
  readonly name: string;
  readonly keySchema: readonly KeySchema[];
  readonly definedColumns: readonly DefinedColumn[];
  readonly options: TableOptions;
  readonly throughput: Throughput;
  readonly createdMs: number;
}

export const KEY_TYPES = { INTEGER: 1, STRING: 2, BINARY: 3 } as const;
export type KeyType = keyof typeof KEY_TYPES;

export interface KeySchema {
  readonly name: string;
  readonly type: KeyType;
  readonly autoIncrement: boolean;
}

export const DEFINED_COLUMN_TYPES = {
  DCT_INTEGER: 1,
  DCT_DOUBLE: 2,
  DCT_BOOLEAN: 3,
  DCT_STRING: 4,
  DCT_BLOB: 7,
} as const;

export interface DefinedColumn {
  readonly name: string;
  readonly type: keyof typeof DEFINED_COLUMN_TYPES;
}

export interface TableOptions {
  /** How long a cell is kept; -1: for ever. */
  readonly timeToLiveSeconds: number;
  /** How many versions of a column are kept. */
  readonly maxVersions: number;
  /** How far the timestamp of a written cell may be from now. */
  readonly deviationSeconds: bigint;
  /** Whether UpdateRow is allowed. */
  readonly allowUpdate: boolean;
  /** Whether UpdateRow replaces the whole row. */
  readonly updateFullRow: boolean;
}

/** Reserved capacity units. The local server keeps the figures, and limits nothing by them. */
export interface Throughput {
  readonly read: number;
  readonly write: number;
  readonly lastIncreaseSeconds: number;
  readonly lastDecreaseSeconds?: number;
}
