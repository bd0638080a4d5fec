import { encodeRow } from '../engine/stored-row.ts';
import type { Row } from '../engine/values.ts';
import { type RowWrite, type Written, writeRow } from '../engine/write-row.ts';
import { consumed } from '../protocol/messages.ts';
import type { Call } from './operation.ts';

const NO_ROW = Buffer.alloc(0);

/** Zero bytes say that there is no row. */
export function answeredRow(row: Row | undefined): Buffer {
  return row === undefined ? NO_ROW : encodeRow(row);
}

/** What PutRow, UpdateRow and DeleteRow do once their request is checked. */
export async function answerWrite(call: Call, write: RowWrite) {
  return writeAnswer(await performWrite(call, write));
}

export function performWrite({ engine, faults }: Call, write: RowWrite): Promise<Written> {
  faults.checkPartition(write.key);
  return writeRow(engine, write);
}

export function writeAnswer({ capacity, returned }: Written) {
  return { consumed: consumed(capacity), row: returned && encodeRow(returned) };
}
