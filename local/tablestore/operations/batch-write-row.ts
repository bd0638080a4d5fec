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
import { condition, consumedCapacity, errorMessage, returnContent } from '../protocol/messages.ts';
import { checkTableName } from '../requests/columns.ts';
import { checkRepeatedRows } from '../requests/repeated-rows.ts';
import { parseRowWrite } from '../requests/row-write.ts';
import { checkWriteSize } from '../requests/write-size.ts';
import { type Call, operation, readyTableOf, refuseTransaction } from './operation.ts';
import { type RowError, rowError } from './row-errors.ts';
import { performWrite, writeAnswer } from './rows.ts';

const rowInRequest = message({
  type: required(1, enumeration({ PUT: 1, UPDATE: 2, DELETE: 3 })),
  row_change: required(2, bytes),
  condition: required(3, condition),
  return_content: optional(4, returnContent),
});

const tableInRequest = message({
  table_name: required(1, string),
  rows: repeated(2, rowInRequest),
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
type RowInRequest = MessageOf<typeof rowInRequest>;
type RowInResponse = MessageOf<typeof rowInResponse>;

/** A row to be written, or why it cannot be. */
type ParsedRow = { readonly write: RowWrite } | { readonly error: RowError };

export const batchWriteRow = operation({
  request: message({
    tables: repeated(1, tableInRequest),
    transaction_id: optional(2, string),
    is_atomic: optional(3, bool),
  }),
  response: message({ tables: repeated(1, tableInResponse) }),
  async perform(call, { tables, transaction_id, is_atomic }) {
    refuseTransaction(transaction_id);
    if (is_atomic) throw unsupported('An atomic BatchWriteRow');
    checkRowCount(tables);
    const parsed = tables.map((table) => ({
      name: table.table_name,
      rows: parseRows(call, table),
    }));
    const writes = parsed
      .flatMap(({ rows }) => rows)
      .flatMap((row) => ('write' in row ? [row.write] : []));
    checkWriteSize('BatchWriteRow', writes);
    checkRepeatedRows(writes);
    // All rows start here, in order: those of one key wait for each other, the others share their sync.
    const answers = parsed.map(async ({ name, rows }) => ({
      table_name: name,
      rows: await Promise.all(rows.map((row) => writeOne(call, row))),
    }));
    return { tables: await Promise.all(answers) };
  },
});

function checkRowCount(tables: readonly TableInRequest[]): void {
  if (tables.length === 0) throw parameterInvalid('No row is specified in BatchWriteRow.');
  for (const { table_name, rows } of tables) {
    if (rows.length === 0) {
      throw parameterInvalid(`No operation is specified for table: '${table_name}'.`);
    }
  }
  const count = tables.reduce((sum, { rows }) => sum + rows.length, 0);
  if (count > MAX_BATCH_WRITE_ROWS) {
    throw parameterInvalid(`Rows count exceeds the upper limit: ${MAX_BATCH_WRITE_ROWS}.`);
  }
}

function parseRows(call: Call, { table_name, rows }: TableInRequest): readonly ParsedRow[] {
  checkTableName(table_name);
  const nowMs = call.engine.clock.now();
  return rows.map((row): ParsedRow => {
    try {
      return { write: parseRowWrite(requestOf(row), readyTableOf(call, table_name), nowMs) };
    } catch (cause) {
      return { error: rowError(cause) };
    }
  });
}

function requestOf({ type, row_change, condition, return_content }: RowInRequest) {
  return { type, row: row_change, condition, returnContent: return_content };
}

async function writeOne(call: Call, row: ParsedRow): Promise<RowInResponse> {
  if ('error' in row) return { is_ok: false, error: row.error };
  try {
    return { is_ok: true, ...writeAnswer(await performWrite(call, row.write)) };
  } catch (cause) {
    return { is_ok: false, error: rowError(cause) };
  }
}
