import { message, optional, repeated, required } from '../encoding/proto/message.ts';
import { bytes, enumeration, int32, joinedBytes, string } from '../encoding/proto/types.ts';
import { after, rowKey } from '../engine/keys.ts';
import { scan } from '../engine/scan.ts';
import { encodeRow, encodeRows } from '../engine/stored-row.ts';
import type { PrimaryKey } from '../engine/values.ts';
import { parameterInvalid } from '../errors.ts';
import { consumed, consumedCapacity, timeRange } from '../protocol/messages.ts';
import { parseRangeKey } from '../requests/primary-key.ts';
import { parseSelection } from '../requests/selection.ts';
import type { KeyRange } from '../store/store.ts';
import { operation, readyTableOf, refuseTransaction } from './operation.ts';

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
    const table = readyTableOf(call, request.table_name);
    const start = parseRangeKey(request.inclusive_start_primary_key, table);
    const end = parseRangeKey(request.exclusive_end_primary_key, table);
    const backward = request.direction === 'BACKWARD';
    const range = rangeBetween(rowKey(table.id, start), rowKey(table.id, end), backward);
    const selection = parseSelection(request);
    const { limit } = request;
    if (limit !== undefined && limit <= 0) {
      throw parameterInvalid('The limit must be greater than 0.');
    }
    call.faults.checkPartition(start);
    const maxScannedRows = call.faults.maxScannedRows();
    const page = await scan(call.engine, {
      table,
      range,
      backward,
      selection,
      limit,
      maxScannedRows,
    });
    return {
      consumed: consumed(page.capacity),
      rows: encodeRows(page.rows),
      next_start_primary_key: page.next && answeredKey(page.next),
    };
  },
});

/** The range includes its start and excludes its end, in both directions. */
function rangeBetween(start: Buffer, end: Buffer, backward: boolean): KeyRange {
  const order = Buffer.compare(start, end);
  if (backward) {
    if (order <= 0) throw parameterInvalid('Begin key must more than end key in BACKWARD');
    return { from: after(end), to: after(start) };
  }
  if (order >= 0) throw parameterInvalid('Begin key must less than end key in FORWARD');
  return { from: start, to: end };
}

function answeredKey(key: PrimaryKey): Buffer {
  return encodeRow({ key, cells: [] });
}
