import { message, optional, repeated, required } from '../encoding/proto/message.ts';
import { bytes, int32, string } from '../encoding/proto/types.ts';
import { readRow } from '../engine/read-row.ts';
import { consumed, consumedCapacity, timeRange } from '../protocol/messages.ts';
import { checkKeyOf, parseKey } from '../requests/primary-key.ts';
import { parseSelection } from '../requests/selection.ts';
import { namedTable, operation, refuseTransaction } from './operation.ts';
import { answeredRow } from './rows.ts';

export const getRow = operation({
  request: message({
    table_name: required(1, string),
    primary_key: required(2, bytes),
    columns_to_get: repeated(3, string),
    time_range: optional(4, timeRange),
    max_versions: optional(5, int32),
    filter: optional(7, bytes),
    start_column: optional(8, string),
    end_column: optional(9, string),
    transaction_id: optional(11, string),
  }),
  response: message({
    consumed: required(1, consumedCapacity),
    row: required(2, bytes),
  }),
  async perform(call, request) {
    refuseTransaction(request.transaction_id);
    const named = namedTable(call, request.table_name);
    const key = parseKey(request.primary_key);
    const selection = parseSelection(request);
    const table = named.findReady();
    checkKeyOf(table, key);
    call.faults.checkPartition(key);
    const { row, capacity } = readRow(call.engine, table, key, selection);
    return { consumed: consumed(capacity), row: answeredRow(row) };
  },
});
