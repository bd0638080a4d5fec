import { encodeRow } from '../engine/stored-row.ts';
import type { Row } from '../engine/values.ts';
import { type RowWrite, writeRow } from '../engine/write-row.ts';
import { consumed } from '../protocol/messages.ts';
import type { Call } from './operation.ts';

const NO_ROW = Buffer.alloc(0);

/** Zero bytes say that there is no row. */
export function answeredRow(row: Row | undefined): Buffer {
  return row === undefined ? NO_ROW : encodeRow(row);
}

/** Performs a checked write, and answers it. */
export async function performWrite({ engine, faults }: Call, write: RowWrite) {
  faults.checkPartition(write.key);
  const { capacity, returned } = await writeRow(engine, write);
  return { consumed: consumed(capacity), row: returned && encodeRow(returned) };
}
