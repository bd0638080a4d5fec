import { type MessageOf, message, optional, required } from '../encoding/proto/message.ts';
import { string } from '../encoding/proto/types.ts';
import type { Table, Throughput } from '../engine/table.ts';
import { parameterInvalid, unsupported } from '../errors.ts';
import {
  type capacityUnit,
  reservedThroughput,
  reservedThroughputDetails,
  streamDetails,
  streamSpecification,
  tableOptions,
} from '../protocol/messages.ts';
import { checkTableOptions, updatedOptions } from '../requests/table-options.ts';
import { checkCapacityUnits } from '../requests/throughput.ts';
import { namedTable, operation } from './operation.ts';
import { describedOptions, describedThroughput, NO_STREAM } from './table-description.ts';

export const updateTable = operation({
  request: message({
    table_name: required(1, string),
    reserved_throughput: optional(2, reservedThroughput),
    table_options: optional(3, tableOptions),
    stream_spec: optional(4, streamSpecification),
  }),
  response: message({
    reserved_throughput_details: required(1, reservedThroughputDetails),
    table_options: required(2, tableOptions),
    stream_details: optional(3, streamDetails),
  }),
  async perform(call, request) {
    const { table_options, reserved_throughput, stream_spec } = request;
    if (stream_spec?.enable_stream) throw unsupported('A stream');
    if (!table_options && !reserved_throughput && !stream_spec) {
      throw parameterInvalid('No parameter is specified in table options.');
    }
    const { name } = namedTable(call, request.table_name);
    const capacityUnits = reserved_throughput?.capacity_unit;
    checkTableOptions(table_options);
    checkCapacityUnits(capacityUnits);
    const nowSeconds = Math.floor(call.engine.clock.now() / 1000);
    const table = await call.engine.tables.update(name, (before) => ({
      ...before,
      options: updatedOptions(before.options, table_options),
      throughput: updatedThroughput(before, capacityUnits, nowSeconds),
    }));
    return {
      reserved_throughput_details: describedThroughput(table),
      table_options: describedOptions(table),
      stream_details: NO_STREAM,
    };
  },
});

function updatedThroughput(
  { throughput: before }: Table,
  given: MessageOf<typeof capacityUnit> | undefined,
  nowSeconds: number,
): Throughput {
  const after = { read: given?.read ?? before.read, write: given?.write ?? before.write };
  const increased = after.read > before.read || after.write > before.write;
  const decreased = after.read < before.read || after.write < before.write;
  return {
    ...before,
    ...after,
    ...(increased ? { lastIncreaseSeconds: nowSeconds } : {}),
    ...(decreased ? { lastDecreaseSeconds: nowSeconds } : {}),
  };
}
