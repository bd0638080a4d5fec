import type { MessageOf } from '../encoding/proto/message.ts';
import type { Capacity } from '../engine/capacity.ts';
import { parameterInvalid } from '../errors.ts';
import { MAX_RESERVED_UNITS } from '../limits.ts';
import type { capacityUnit } from '../protocol/messages.ts';

/** What is not given stays as `before`. @throws {TablestoreError} */
export function checkThroughput(
  given: MessageOf<typeof capacityUnit> | undefined,
  before: Capacity,
): Capacity {
  const { read = before.read, write = before.write } = given ?? {};
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
  return { read, write };
}
