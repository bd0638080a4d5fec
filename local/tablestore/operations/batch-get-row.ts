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
import type { PrimaryKey } from '../engine/values.ts';
import { parameterInvalid } from '../errors.ts';
import { MAX_BATCH_GET_ROWS } from '../limits.ts';
import { consumed, timeRange } from '../protocol/messages.ts';
import { checkKeyOf, parseKey } from '../requests/primary-key.ts';
import { parseSelection } from '../requests/selection.ts';
import { type BatchRow, batchResponse, checkBatchSize, failedRow } from './batch.ts';
import { type Call, type NamedTable, namedTable, operation } from './operation.ts';
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

interface RequestedRead {
  readonly key: PrimaryKey;
  readonly selection: Selection;
}

export const batchGetRow = operation({
  request: message({ tables: repeated(1, tableReads) }),
  response: batchResponse,
  async perform(call, { tables }) {
    checkReads(tables);
    const requested = tables.map((table) => parseReads(call, table));
    return {
      tables: requested.map(({ table, reads }) => ({
        table_name: table.name,
        rows: reads.map((read) => getOne(call, table, read)),
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

function parseReads(call: Call, request: TableReads) {
  const table = namedTable(call, request.table_name);
  // A table of which no row is asked for need not exist, and nothing else that is said of it counts.
  if (request.primary_key.length === 0) return { table, reads: [] };
  const keys = request.primary_key.map(parseKey);
  const selection = parseSelection(
    request,
    'No version condition is specified while querying row.',
  );
  return { table, reads: keys.map((key) => ({ key, selection })) };
}

function getOne(call: Call, named: NamedTable, { key, selection }: RequestedRead): BatchRow {
  try {
    const table = named.findReady();
    checkKeyOf(table, key);
    call.faults.checkPartition(key);
    const { row: found, capacity } = readRow(call.engine, table, key, selection);
    return { is_ok: true, consumed: consumed(capacity), row: answeredRow(found) };
  } catch (cause) {
    return failedRow(cause);
  }
}
