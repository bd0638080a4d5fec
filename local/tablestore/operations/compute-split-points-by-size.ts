import { message, repeated, required } from '../encoding/proto/message.ts';
import { bytes, int64, string } from '../encoding/proto/types.ts';
import { parameterInvalid } from '../errors.ts';
import { consumed, consumedCapacity, primaryKeySchema } from '../protocol/messages.ts';
import { namedTable, operation } from './operation.ts';
import { describedKeyColumn } from './table-description.ts';

/** Every table has one partition: there are no points to split it at. */
export const computeSplitPointsBySize = operation({
  request: message({ table_name: required(1, string), split_size: required(2, int64) }),
  response: message({
    consumed: required(1, consumedCapacity),
    schema: repeated(2, primaryKeySchema),
    split_points: repeated(3, bytes),
  }),
  async perform(call, { table_name, split_size }) {
    const named = namedTable(call, table_name);
    if (split_size <= 0n) throw parameterInvalid('The split_size should be greater than 0.');
    const table = named.find();
    const capacity = { read: 1, write: 0 };
    call.engine.usage.charge(table.name, capacity);
    return {
      consumed: consumed(capacity),
      schema: table.keySchema.map(describedKeyColumn),
      split_points: [],
    };
  },
});
