import { parameterInvalid } from '../errors.ts';
import { MAX_WRITE_BYTES } from '../limits.ts';
import type { RequestedWrite } from './row-write.ts';

/** @throws {TablestoreError} when a request writes more data than the limit. */
export function checkWriteSize(operation: string, writes: readonly RequestedWrite[]): void {
  const size = writes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (size > MAX_WRITE_BYTES) {
    throw parameterInvalid(
      `The total data size of ${operation} request exceeds the limit, limit size: ${MAX_WRITE_BYTES}, data size: ${size}.`,
    );
  }
}
