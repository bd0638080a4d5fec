import { inputOf, skip, takeByte } from '../../encoding/bytes.ts';
import { takeVarint32, takeVarint64 } from '../../encoding/varint.ts';

/** Which files make up a database. */
export interface Manifest {
  /** Size in bytes of each table, by its number. */
  readonly tables: ReadonlyMap<number, number>;
  /** Logs from this number on hold what no table holds yet. */
  readonly logNumber: number;
}

/** Tags of the fields of a version edit. Source: google/leveldb, db/version_edit.cc. */
const COMPARATOR = 1;
const LOG_NUMBER = 2;
const NEXT_FILE_NUMBER = 3;
const LAST_SEQUENCE = 4;
const COMPACT_POINTER = 5;
const DELETED_FILE = 6;
const NEW_FILE = 7;
const PREVIOUS_LOG_NUMBER = 9;

/** @throws {Error} when a record of the manifest is no version edit. */
export function readManifest(records: readonly Buffer[]): Manifest {
  const tables = new Map<number, number>();
  let logNumber = 0;
  for (const record of records) {
    const input = inputOf(record);
    const number = (): number => Number(takeVarint64(input));
    const skipString = (): number => skip(input, takeVarint32(input));
    while (input.position < input.end) {
      const tag = takeByte(input);
      switch (tag) {
        case COMPARATOR:
          skipString();
          break;
        case LOG_NUMBER:
          logNumber = number();
          break;
        case NEXT_FILE_NUMBER:
        case LAST_SEQUENCE:
        case PREVIOUS_LOG_NUMBER:
          number();
          break;
        case COMPACT_POINTER:
          number();
          skipString();
          break;
        case DELETED_FILE:
          number();
          tables.delete(number());
          break;
        case NEW_FILE: {
          number();
          const table = number();
          tables.set(table, number());
          skipString();
          skipString();
          break;
        }
        default:
          throw new Error(`a version edit has an unknown field ${tag}`);
      }
    }
  }
  return { tables, logNumber };
}
