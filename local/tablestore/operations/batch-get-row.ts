import {
  type MessageOf,
  message,
  optional,
  repeated,
  required,
} from '../encoding/proto/message.ts';
import { bytes, int32, string } from '../encoding/proto/types.ts';
import { readRow } from '../engine/read-row.ts';
import type { Selection } from '../engine/selection.ts';
import type { Table } from '../engine/table.ts';
import type { PrimaryKey } from '../engine/values.ts';
import { parameterInvalid } from '../errors.ts';
import { MAX_BATCH_GET_ROWS } from '../limits.ts';
import { consumed, timeRange } from '../protocol/messages.ts';
import { checkTableName } from '../requests/columns.ts';
import { parseKey } from '../requests/primary-key.ts';
import { parseSelection } from '../requests/selection.ts';
import { type BatchRow, batchResponse, checkBatchSize, failedRow } from './batch.ts';
import { type Call, operation, readyTableOf } from './operation.ts';
import { answeredRow } from './rows.ts';

const tableReads = message({
  table_name: required(1, string),
  primary_key: repeated(2, bytes),
  columns_to_get: repeated(4, string),
  time_range: optional(5, timeRange),
  max_versions: optional(6, int32),
  filter: optional(8, bytes),
  start_column: optional(9, string),
  end_column: optional(10, string),
});

type TableReads = MessageOf<typeof tableReads>;

/** A row to read, or the answer when it cannot be read. */
type ParsedRead =
  | { readonly table: Table; readonly key: PrimaryKey; readonly selection: Selection }
  | { readonly failed: BatchRow };

export const batchGetRow = operation({
  request: message({ tables: repeated(1, tableReads) }),
  response: batchResponse,
  async perform(call, { tables }) {
    checkReads(tables);
    const parsed = tables.map((table) => ({
      table_name: table.table_name,
      rows: parseReads(call, table),
    }));
    return {
      tables: parsed.map(({ table_name, rows }) => ({
        table_name,
        rows: rows.map((row) => getOne(call, row)),
      })),
    };
  },
});

function checkReads(tables: readonly TableReads[]): void {
  if (tables.length === 0)
    throw parameterInvalid('No row specified in the request of BatchGetRow.');
  checkBatchSize(
    tables.map(({ primary_key }) => primary_key.length),
    MAX_BATCH_GET_ROWS,
  );
}

function parseReads(call: Call, request: TableReads): readonly ParsedRead[] {
  checkTableName(request.table_name);
  const selection = parseSelection(request);
  return request.primary_key.map((encodedKey): ParsedRead => {
    try {
      const table = readyTableOf(call, request.table_name);
      return { table, selection, key: parseKey(encodedKey, table) };
    } catch (cause) {
      return { failed: failedRow(cause) };
    }
  });
}

function getOne(call: Call, row: ParsedRead): BatchRow {
  if ('failed' in row) return row.failed;
  try {
    call.faults.checkPartition(row.key);
    const { row: found, capacity } = readRow(call.engine, row.table, row.key, row.selection);
    return { is_ok: true, consumed: consumed(capacity), row: answeredRow(found) };
  } catch (cause) {
    return failedRow(cause);
  }
}
