import type { PlainCell, PlainRow } from '../encoding/plain-buffer/format.ts';
import { readPlainRow } from '../encoding/plain-buffer/read-row.ts';
import type { MessageOf } from '../encoding/proto/message.ts';
import { keyBytes } from '../engine/capacity.ts';
import { isTimely } from '../engine/lifetime.ts';
import type { Increment, NewCell, RowChange, UpdateStep } from '../engine/row-change.ts';
import type { Table } from '../engine/table.ts';
import { nameBytes, type PrimaryKey, sizeOf } from '../engine/values.ts';
import type { Condition, Returns, RowWrite } from '../engine/write-row.ts';
import { parameterInvalid } from '../errors.ts';
import { MAX_WRITTEN_COLUMNS } from '../limits.ts';
import type { condition, returnContent } from '../protocol/messages.ts';
import { checkAttributeName, checkAttributeValue } from './columns.ts';
import { parseColumnCondition } from './filter.ts';
import { checkKeyOf, parseWrittenKey } from './primary-key.ts';
import { checkTimestamp } from './selection.ts';

export type RowWriteType = 'PUT' | 'UPDATE' | 'DELETE';

export interface RowWriteRequest {
  readonly row: Buffer;
  readonly condition: MessageOf<typeof condition>;
  readonly return_content?: MessageOf<typeof returnContent> | undefined;
}

/** What PutRow, UpdateRow, DeleteRow and the rows of BatchWriteRow ask for, whatever the table. */
export type RequestedWrite = Omit<RowWrite, 'table'>;

/** @throws {TablestoreError} for a write that no table would take. */
export function parseRowWrite(type: RowWriteType, request: RowWriteRequest): RequestedWrite {
  const row = readPlainRow(request.row);
  const key = parseWrittenKey(row);
  const condition = {
    existence: request.condition.row_existence,
    columns: parseColumnCondition(request.condition.column_condition),
  };
  checkNumberedKey(type, key, condition);
  const change = CHANGES[type](row, key);
  return {
    key,
    change,
    condition,
    returns: parseReturns(request.return_content, change),
    sizeBytes: keyBytes(key) + sentBytes(row.attributes),
  };
}

/** @throws {TablestoreError} for a write that this table does not take at this time. */
export function writeTo(table: Table, write: RequestedWrite, nowMs: number): RowWrite {
  checkKeyOf(table, write.key);
  if (write.change.type === 'update' && !table.options.allowUpdate) {
    throw parameterInvalid('Update operation is not allowed in this table');
  }
  for (const { name, timestampMs } of newCells(write.change)) {
    if (timestampMs !== undefined && !isTimely(timestampMs, table.options, nowMs)) {
      throw parameterInvalid(`Invalid timestamp. Cell:${name}.`);
    }
  }
  return { ...write, table };
}

function newCells(change: RowChange): readonly NewCell[] {
  if (change.type === 'put') return change.cells;
  if (change.type === 'delete') return [];
  return change.steps.flatMap((step) => (step.type === 'put' ? [step.cell] : []));
}

const CHANGES = { PUT: parsePut, UPDATE: parseUpdate, DELETE: parseDelete } as const;

function parsePut(row: PlainRow, key: PrimaryKey): RowChange {
  refuseDeleteMarker(row);
  checkColumnCount(row);
  const cells = row.attributes.map((cell) => {
    checkAttributeName(cell.name, key);
    if (cell.operation !== 'PUT') {
      throw parameterInvalid(`OpType cannot be given for column name:${cell.name} in PutRow.`);
    }
    return parseNewCell(cell);
  });
  return { type: 'put', cells };
}

function parseUpdate(row: PlainRow, key: PrimaryKey): RowChange {
  refuseDeleteMarker(row);
  if (row.attributes.length === 0) throw parameterInvalid('Attribute column is missing.');
  checkColumnCount(row);
  const steps = row.attributes.map((cell) => {
    checkAttributeName(cell.name, key);
    return parseStep(cell);
  });
  checkIncrementsStandAlone(steps);
  return { type: 'update', steps };
}

function parseDelete(row: PlainRow): RowChange {
  if (!row.hasDeleteMarker) {
    throw parameterInvalid('Invalid request of delete row: missing RowDeleteMarker in request');
  }
  if (row.attributes.length > 0) {
    throw parameterInvalid('Invalid delete row request: unexpected cells in request.');
  }
  return { type: 'delete' };
}

function refuseDeleteMarker({ hasDeleteMarker }: PlainRow): void {
  if (hasDeleteMarker) {
    throw parameterInvalid(
      'Invalid request of put/update row: unexpected RowDeleteMarker in request.',
    );
  }
}

function checkColumnCount({ attributes }: PlainRow): void {
  if (attributes.length > MAX_WRITTEN_COLUMNS) {
    throw parameterInvalid(
      `The number of attribute columns exceeds the limit, limit count: ${MAX_WRITTEN_COLUMNS}, column count: ${attributes.length}.`,
    );
  }
}

function parseStep(cell: PlainCell): UpdateStep {
  const { name, value, operation, timestampMs } = cell;
  switch (operation) {
    case 'PUT':
      return { type: 'put', cell: parseNewCell(cell) };
    case 'DELETE_ONE_VERSION':
      refuseValue(cell);
      if (timestampMs === undefined) {
        throw parameterInvalid('Timestamp must be given when type is DELETE_ONE_VERSION.');
      }
      checkTimestamp(timestampMs);
      return { type: 'delete-version', name, timestampMs };
    case 'DELETE_ALL_VERSION':
      refuseValue(cell);
      if (timestampMs !== undefined) {
        throw parameterInvalid('Timestamp cannot be given when type is DELETE_ALL_VERSION.');
      }
      return { type: 'delete-column', name };
    case 'INCREMENT':
      if (timestampMs !== undefined) {
        throw parameterInvalid('Timestamp cannot be given when type is INCREMENT.');
      }
      return { type: 'increment', name, by: parseIncrement(name, value) };
  }
}

function parseNewCell({ name, value, timestampMs }: PlainCell): NewCell {
  if (value === undefined) throw parameterInvalid('No value is given for column name.');
  if (timestampMs !== undefined) checkTimestamp(timestampMs);
  return { name, value: checkAttributeValue(name, value), timestampMs };
}

function refuseValue({ value }: PlainCell): void {
  if (value !== undefined) {
    throw parameterInvalid(
      'Column value cannot be given when type is DELETE_ONE_VERSION,DELETE_ALL_VERSION.',
    );
  }
}

function parseIncrement(name: string, value: PlainCell['value']): Increment {
  if (value?.type === 'INTEGER' || value?.type === 'DOUBLE') return value;
  throw parameterInvalid(`Column ${name} can only be incremented by an INTEGER or a DOUBLE.`);
}

/** "No other operation on that column": help page "Atomic counter". */
function checkIncrementsStandAlone(steps: readonly UpdateStep[]): void {
  const names = steps.map((step) => (step.type === 'put' ? step.cell.name : step.name));
  for (const step of steps) {
    if (step.type !== 'increment') continue;
    if (names.indexOf(step.name) !== names.lastIndexOf(step.name)) {
      throw parameterInvalid(
        `Column ${step.name} cannot take another operation beside its increment.`,
      );
    }
  }
}

/** A row that gets its number with this write is new: it cannot be deleted, and meets no condition. */
function checkNumberedKey(
  type: RowWriteType,
  key: PrimaryKey,
  { existence, columns }: Condition,
): void {
  if (!key.some(({ value }) => value.type === 'AUTO_INCREMENT')) return;
  if (type === 'DELETE') {
    throw parameterInvalid('Invalid row to delete which with pk auto increment.');
  }
  if (existence !== 'IGNORE') {
    throw parameterInvalid(`Invalid expect:${existence} when modify row with pk auto increment.`);
  }
  if (columns !== undefined) {
    throw parameterInvalid("Can't set condition when modify row with pk auto increment.");
  }
}

function parseReturns(
  content: MessageOf<typeof returnContent> | undefined,
  change: RowChange,
): Returns {
  const type = content?.return_type ?? 'RT_NONE';
  const names = content?.return_column_names ?? [];
  if (type === 'RT_AFTER_MODIFY') {
    checkIncremented(names, change);
    return { type: 'incremented', columns: names.length === 0 ? undefined : new Set(names) };
  }
  if (names.length > 0) {
    throw parameterInvalid('Return columns can only be given when return type is RT_AFTER_MODIFY.');
  }
  return { type: type === 'RT_PK' ? 'key' : 'nothing' };
}

function checkIncremented(names: readonly string[], change: RowChange): void {
  const steps = change.type === 'update' ? change.steps : [];
  for (const wanted of names) {
    if (!steps.some((step) => step.type === 'increment' && step.name === wanted)) {
      throw parameterInvalid(`Column ${wanted} cannot be returned: it is not incremented.`);
    }
  }
}

/** A timestamp that the client chose counts; a deleted column counts by its name. */
function sentBytes(cells: readonly PlainCell[]): number {
  let bytes = 0;
  for (const { name, value, timestampMs, operation } of cells) {
    bytes += nameBytes(name) + (value === undefined ? 0 : sizeOf(value));
    if (timestampMs !== undefined && operation === 'PUT') bytes += 8;
  }
  return bytes;
}
