import { type ErrorCode, TablestoreError } from '../errors.ts';

/** What fails one row of a batch and leaves the others alone; everything else fails the batch. */
const OF_ONE_ROW: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'OTSObjectNotExist',
  'OTSTableNotReady',
  'OTSInvalidPK',
  'OTSConditionCheckFail',
  'OTSRowOperationConflict',
  'OTSNotEnoughCapacityUnit',
]);

export interface RowError {
  readonly code: string;
  readonly message: string;
}

/** The error of one row of a batch. @throws what is not the row's own error. */
export function rowError(cause: unknown): RowError {
  if (cause instanceof TablestoreError && OF_ONE_ROW.has(cause.code)) {
    return { code: cause.code, message: cause.message };
  }
  throw cause;
}
