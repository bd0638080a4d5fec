import { hash } from 'node:crypto';
import { message, optional, repeated, required } from '../encoding/proto/message.ts';
import { bytes, int64, sint64, string } from '../encoding/proto/types.ts';
import { parameterInvalid } from '../errors.ts';
import { MIN_SPLIT_UNIT_BYTES } from '../limits.ts';
import { consumed, consumedCapacity, primaryKeySchema } from '../protocol/messages.ts';
import { namedTable, operation } from './operation.ts';
import { describedKeyColumn } from './table-description.ts';

/** Where so many parts in a row are. The place is 32 characters, which mean nothing to a client. */
const splitLocation = message({ location: required(1, string), repeat: required(2, sint64) });

/** Every table has one partition: there are no points to split it at. */
export const computeSplitPointsBySize = operation({
  request: message({
    table_name: required(1, string),
    split_size: required(2, int64),
    split_size_unit_in_byte: optional(3, int64),
  }),
  response: message({
    consumed: required(1, consumedCapacity),
    schema: repeated(2, primaryKeySchema),
    split_points: repeated(3, bytes),
    locations: repeated(4, splitLocation),
  }),
  async perform(call, request) {
    const named = namedTable(call, request.table_name);
    checkSplitSize(request.split_size, request.split_size_unit_in_byte);
    const table = named.find();
    const capacity = { read: 1, write: 0 };
    call.engine.usage.charge(table.name, capacity);
    return {
      consumed: consumed(capacity),
      schema: table.keySchema.map(describedKeyColumn),
      split_points: [],
      // The points divide the table into one part more than there are points; each part has its place.
      locations: [{ location: hash('md5', table.name, 'hex'), repeat: 1n }],
    };
  },
});

function checkSplitSize(size: bigint, unitBytes: bigint | undefined): void {
  if (size <= 0n) throw parameterInvalid('The split_size should be greater than 0.');
  if (unitBytes !== undefined && unitBytes < MIN_SPLIT_UNIT_BYTES) {
    throw parameterInvalid(
      `The split_size_unit_in_byte should be greater equal than: ${MIN_SPLIT_UNIT_BYTES}`,
    );
  }
}
