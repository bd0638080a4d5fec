import {
  type MessageOf,
  message,
  optional,
  repeated,
  required,
} from '../encoding/proto/message.ts';
import { bool, bytes, enumeration, string } from '../encoding/proto/types.ts';
import type { RowWrite } from '../engine/write-row.ts';
import { parameterInvalid, unsupported } from '../errors.ts';
import { MAX_BATCH_WRITE_ROWS } from '../limits.ts';
import { condition, returnContent } from '../protocol/messages.ts';
import { checkRepeatedRows } from '../requests/repeated-rows.ts';
import { parseRowWrite, type RequestedWrite, writeTo } from '../requests/row-write.ts';
import { checkWriteSize } from '../requests/write-size.ts';
import { type BatchRow, batchResponse, checkBatchSize, failedRow } from './batch.ts';
import {
  type Call,
  type NamedTable,
  namedTable,
  operation,
  refuseTransaction,
} from './operation.ts';
import { performWrite } from './rows.ts';

const rowInRequest = message({
  type: required(1, enumeration({ PUT: 1, UPDATE: 2, DELETE: 3 })),
  row: required(2, bytes),
  condition: required(3, condition),
  return_content: optional(4, returnContent),
});

const tableWrites = message({
  table_name: required(1, string),
  rows: repeated(2, rowInRequest),
});

type TableWrites = MessageOf<typeof tableWrites>;

/** A row to write, or the answer when it cannot be written. */
type PreparedWrite = { readonly write: RowWrite } | { readonly failed: BatchRow };

export const batchWriteRow = operation({
  request: message({
    tables: repeated(1, tableWrites),
    transaction_id: optional(2, string),
    is_atomic: optional(3, bool),
  }),
  response: batchResponse,
  async perform(call, { tables, transaction_id, is_atomic }) {
    refuseTransaction(transaction_id);
    if (is_atomic) throw unsupported('An atomic BatchWriteRow');
    checkWrites(tables);
    const requested = tables.map(({ table_name, rows }) => ({
      table: namedTable(call, table_name),
      writes: rows.map((row) => parseRowWrite(row.type, row)),
    }));
    checkWriteSize(
      'BatchWriteRow',
      requested.flatMap(({ writes }) => writes),
    );
    checkRepeatedRows(requested.map(({ table, writes }) => ({ table: table.name, writes })));
    const nowMs = call.engine.clock.now();
    const prepared = requested.map(({ table, writes }) => ({
      name: table.name,
      rows: writes.map((write) => prepare(table, write, nowMs)),
    }));
    // All rows start here, in order: rows of one key wait for each other, the others share their sync.
    const answers = prepared.map(async ({ name, rows }) => ({
      table_name: name,
      rows: await Promise.all(rows.map((row) => writeOne(call, row))),
    }));
    return { tables: await Promise.all(answers) };
  },
});

function checkWrites(tables: readonly TableWrites[]): void {
  if (tables.length === 0) throw parameterInvalid('No row is specified in BatchWriteRow.');
  for (const { table_name, rows } of tables) {
    if (rows.length === 0) {
      throw parameterInvalid(`No operation is specified for table: '${table_name}'.`);
    }
  }
  checkBatchSize(
    tables.map(({ rows }) => rows.length),
    MAX_BATCH_WRITE_ROWS,
  );
}

function prepare(table: NamedTable, write: RequestedWrite, nowMs: number): PreparedWrite {
  try {
    return { write: writeTo(table.findReady(), write, nowMs) };
  } catch (cause) {
    return { failed: failedRow(cause) };
  }
}

async function writeOne(call: Call, row: PreparedWrite): Promise<BatchRow> {
  if ('failed' in row) return row.failed;
  try {
    return { is_ok: true, ...(await performWrite(call, row.write)) };
  } catch (cause) {
    return failedRow(cause);
  }
}
