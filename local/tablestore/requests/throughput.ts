import type { MessageOf } from '../encoding/proto/message.ts';
import { parameterInvalid } from '../errors.ts';
import { MAX_RESERVED_UNITS } from '../limits.ts';
import type { capacityUnit } from '../protocol/messages.ts';

/** @throws {TablestoreError} for capacity units that no table can reserve. */
export function checkCapacityUnits({
  read = 0,
  write = 0,
}: MessageOf<typeof capacityUnit> = {}): void {
  for (const units of [read, write]) {
    if (units < 0) {
      throw parameterInvalid(`Invalid Capacity Unit:${units}. Capacity Unit must be nonnegative.`);
    }
    if (units > MAX_RESERVED_UNITS) {
      throw parameterInvalid(
        `Invalid Capacity Unit:${units}. Capacity Unit must be at most ${MAX_RESERVED_UNITS}.`,
      );
    }
  }
}
