import {
  type MessageOf,
  message,
  optional,
  repeated,
  required,
} from '../encoding/proto/message.ts';
import { bool, bytes, string } from '../encoding/proto/types.ts';
import { type ErrorCode, parameterInvalid, TablestoreError } from '../errors.ts';
import { consumedCapacity, errorMessage } from '../protocol/messages.ts';

/** What BatchGetRow and BatchWriteRow share: the answer, in which a row fails apart from the others. */
const batchRow = message({
  is_ok: required(1, bool),
  error: optional(2, errorMessage),
  consumed: optional(3, consumedCapacity),
  row: optional(4, bytes),
});

const batchTable = message({
  table_name: required(1, string),
  rows: repeated(2, batchRow),
});

export const batchResponse = message({ tables: repeated(1, batchTable) });

export type BatchRow = MessageOf<typeof batchRow>;

/** The errors of one row of a batch, which leave the other rows alone; every other error fails the batch. */
const ERRORS_OF_A_ROW: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'OTSObjectNotExist',
  'OTSTableNotReady',
  'OTSInvalidPK',
  'OTSConditionCheckFail',
  'OTSRowOperationConflict',
  'OTSNotEnoughCapacityUnit',
]);

/** The answer to a row that failed. @throws `cause` when it is not an error of the row alone. */
export function failedRow(cause: unknown): BatchRow {
  if (cause instanceof TablestoreError && ERRORS_OF_A_ROW.has(cause.code)) {
    return { is_ok: false, error: { code: cause.code, message: cause.message } };
  }
  throw cause;
}

/** @throws {TablestoreError} */
export function checkBatchSize(rowCounts: readonly number[], max: number): void {
  const rows = rowCounts.reduce((sum, count) => sum + count, 0);
  if (rows > max) throw parameterInvalid(`Rows count exceeds the upper limit: ${max}.`);
}
