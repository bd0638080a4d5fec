import { message, optional, repeated, required } from '../encoding/proto/message.ts';
import { bytes, enumeration, int32, joinedBytes, string } from '../encoding/proto/types.ts';
import { after, rowKey } from '../engine/keys.ts';
import { scan } from '../engine/scan.ts';
import { encodeRow, encodeRows } from '../engine/stored-row.ts';
import type { PrimaryKey } from '../engine/values.ts';
import { parameterInvalid } from '../errors.ts';
import { consumed, consumedCapacity, timeRange } from '../protocol/messages.ts';
import { checkKeyOf } from '../requests/primary-key.ts';
import { checkDirection, parseRange, type RequestedRange } from '../requests/range.ts';
import { parseSelection } from '../requests/selection.ts';
import type { KeyRange } from '../store/store.ts';
import { namedTable, operation, refuseTransaction } from './operation.ts';

export const getRange = operation({
  request: message({
    table_name: required(1, string),
    direction: required(2, enumeration({ FORWARD: 0, BACKWARD: 1 })),
    columns_to_get: repeated(3, string),
    time_range: optional(4, timeRange),
    max_versions: optional(5, int32),
    limit: optional(6, int32),
    inclusive_start_primary_key: required(7, bytes),
    exclusive_end_primary_key: required(8, bytes),
    filter: optional(10, bytes),
    start_column: optional(11, string),
    end_column: optional(12, string),
    transaction_id: optional(14, string),
  }),
  response: message({
    consumed: required(1, consumedCapacity),
    rows: required(2, joinedBytes),
    next_start_primary_key: optional(3, bytes),
  }),
  async perform(call, request) {
    refuseTransaction(request.transaction_id);
    const named = namedTable(call, request.table_name);
    const range = parseRange(request);
    const selection = parseSelection(request);
    const { limit } = request;
    if (limit !== undefined && limit <= 0) {
      throw parameterInvalid('The limit must be greater than 0.');
    }
    checkDirection(range);
    const table = named.findReady();
    checkKeyOf(table, range.start);
    checkKeyOf(table, range.end);
    call.faults.checkPartition(range.start);
    const page = await scan(call.engine, {
      table,
      range: storedRange(table.id, range),
      backward: range.backward,
      selection,
      limit,
      maxScannedRows: call.faults.maxScannedRows(),
    });
    return {
      consumed: consumed(page.capacity),
      rows: encodeRows(page.rows),
      next_start_primary_key: page.next && answeredKey(page.next),
    };
  },
});

function storedRange(tableId: number, { start, end, backward }: RequestedRange): KeyRange {
  const [first, last] = [rowKey(tableId, start), rowKey(tableId, end)];
  return backward ? { from: after(last), to: after(first) } : { from: first, to: last };
}

function answeredKey(key: PrimaryKey): Buffer {
  return encodeRow({ key, cells: [] });
}
