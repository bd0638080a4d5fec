import { message, optional, required } from '../encoding/proto/message.ts';
import { enumeration, int64, string } from '../encoding/proto/types.ts';
import type { Table } from '../engine/table.ts';
import {
  reservedThroughputDetails,
  streamDetails,
  tableMeta,
  tableOptions,
} from '../protocol/messages.ts';
import { namedTable, operation } from './operation.ts';
import {
  describedKeyColumn,
  describedOptions,
  describedThroughput,
  NO_STREAM,
} from './table-description.ts';

export const describeTable = operation({
  request: message({ table_name: required(1, string) }),
  response: message({
    table_meta: required(1, tableMeta),
    reserved_throughput_details: required(2, reservedThroughputDetails),
    table_options: required(3, tableOptions),
    table_status: required(
      4,
      enumeration({ ACTIVE: 1, INACTIVE: 2, LOADING: 3, UNLOADING: 4, UPDATING: 5 }),
    ),
    stream_details: optional(5, streamDetails),
    creation_time: optional(9, int64),
  }),
  async perform(call, { table_name }) {
    const table = namedTable(call, table_name).find();
    return {
      table_meta: describedMeta(table),
      reserved_throughput_details: describedThroughput(table),
      table_options: describedOptions(table),
      table_status: 'ACTIVE' as const,
      stream_details: NO_STREAM,
      // Microseconds, unlike every other time of the protocol.
      creation_time: BigInt(table.createdMs) * 1000n,
    };
  },
});

function describedMeta({ name, keySchema, definedColumns }: Table) {
  return {
    table_name: name,
    primary_key: keySchema.map(describedKeyColumn),
    defined_column: definedColumns,
    index_meta: [],
  };
}
