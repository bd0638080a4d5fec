/** One step of a write: puts `value` under `key`, or deletes `key`. */
export type Change =
  | { readonly type: 'put'; readonly key: Buffer; readonly value: Buffer }
  | { readonly type: 'del'; readonly key: Buffer };

export type Entry = readonly [key: Buffer, value: Buffer];

/** From `from` to before `to`. */
export interface KeyRange {
  readonly from: Buffer;
  readonly to: Buffer;
}

export interface Walk {
  /** From the end of the range to its start. */
  readonly backward?: boolean;
  /** How many entries the first chunk should hold. */
  readonly chunkEntries: number;
}

/** An ordered map of bytes, in memory or on disk, for all data of the server. */
export interface Store {
  get(key: Buffer): Buffer | undefined;
  /** The entries of a range as of now, in chunks, whatever is written meanwhile. */
  walk(range: KeyRange, walk: Walk): AsyncIterable<readonly Entry[]>;
  /**
   * All of `changes` or none. When the promise resolves they are visible and, on disk, survive the loss of the
   * process and of the machine's power.
   */
  write(changes: readonly Change[]): Promise<void>;
  clear(range: KeyRange): Promise<void>;
  /** After the writes under way. */
  close(): Promise<void>;
}
