import {
  type MessageOf,
  message,
  optional,
  repeated,
  required,
} from '../encoding/proto/message.ts';
import { bool, bytes, int32, string } from '../encoding/proto/types.ts';
import { readRow } from '../engine/read-row.ts';
import type { Selection } from '../engine/selection.ts';
import type { Table } from '../engine/table.ts';
import type { PrimaryKey } from '../engine/values.ts';
import { parameterInvalid } from '../errors.ts';
import { MAX_BATCH_GET_ROWS } from '../limits.ts';
import { consumed, consumedCapacity, errorMessage, timeRange } from '../protocol/messages.ts';
import { checkTableName } from '../requests/columns.ts';
import { parseKey } from '../requests/primary-key.ts';
import { parseSelection } from '../requests/selection.ts';
import { type Call, operation, readyTableOf } from './operation.ts';
import { type RowError, rowError } from './row-errors.ts';
import { answeredRow } from './rows.ts';

const tableInRequest = message({
  table_name: required(1, string),
  primary_key: repeated(2, bytes),
  columns_to_get: repeated(4, string),
  time_range: optional(5, timeRange),
  max_versions: optional(6, int32),
  filter: optional(8, bytes),
  start_column: optional(9, string),
  end_column: optional(10, string),
});

const rowInResponse = message({
  is_ok: required(1, bool),
  error: optional(2, errorMessage),
  consumed: optional(3, consumedCapacity),
  row: optional(4, bytes),
});

const tableInResponse = message({
  table_name: required(1, string),
  rows: repeated(2, rowInResponse),
});

type TableInRequest = MessageOf<typeof tableInRequest>;
type RowInResponse = MessageOf<typeof rowInResponse>;

/** A row to be read, or why it cannot be. */
type ParsedRow =
  | { readonly table: Table; readonly key: PrimaryKey; readonly selection: Selection }
  | { readonly error: RowError };

export const batchGetRow = operation({
  request: message({ tables: repeated(1, tableInRequest) }),
  response: message({ tables: repeated(1, tableInResponse) }),
  async perform(call, { tables }) {
    checkRowCount(tables);
    const parsed = tables.map((table) => ({
      table_name: table.table_name,
      rows: parseRows(call, table),
    }));
    return {
      tables: parsed.map(({ table_name, rows }) => ({
        table_name,
        rows: rows.map((row) => getOne(call, row)),
      })),
    };
  },
});

function checkRowCount(tables: readonly TableInRequest[]): void {
  if (tables.length === 0)
    throw parameterInvalid('No row specified in the request of BatchGetRow.');
  const rows = tables.reduce((count, { primary_key }) => count + primary_key.length, 0);
  if (rows > MAX_BATCH_GET_ROWS) {
    throw parameterInvalid(`Rows count exceeds the upper limit: ${MAX_BATCH_GET_ROWS}.`);
  }
}

function parseRows(call: Call, request: TableInRequest): readonly ParsedRow[] {
  checkTableName(request.table_name);
  const selection = parseSelection(request);
  return request.primary_key.map((encodedKey): ParsedRow => {
    try {
      const table = readyTableOf(call, request.table_name);
      return { table, selection, key: parseKey(encodedKey, table) };
    } catch (cause) {
      return { error: rowError(cause) };
    }
  });
}

function getOne(call: Call, row: ParsedRow): RowInResponse {
  if ('error' in row) return { is_ok: false, error: row.error };
  try {
    call.faults.checkPartition(row.key);
    const { row: found, capacity } = readRow(call.engine, row.table, row.key, row.selection);
    return { is_ok: true, consumed: consumed(capacity), row: answeredRow(found) };
  } catch (cause) {
    return { is_ok: false, error: rowError(cause) };
  }
}
