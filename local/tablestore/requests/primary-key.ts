import type { PlainCell, PlainRow } from '../encoding/plain-buffer/format.ts';
import { readPlainRow } from '../encoding/plain-buffer/read-row.ts';
import type { KeySchema, Table } from '../engine/table.ts';
import type { KeyColumn, Placeholder, PrimaryKey, Variant } from '../engine/values.ts';
import { invalidKey, parameterInvalid } from '../errors.ts';
import { MAX_KEY_COLUMNS, MAX_KEY_VALUE_BYTES } from '../limits.ts';
import { checkColumnName, checkUtf8, wireTypeName } from './columns.ts';

/** The key of a read, which is of values only. @throws {TablestoreError} for what is no key in any table. */
export function parseKey(encoded: Buffer): PrimaryKey {
  return checkKey(keyOnly(readPlainRow(encoded)), []);
}

/** The end of a range, which may hold INF_MIN and INF_MAX anywhere. @throws {TablestoreError} as `parseKey` does. */
export function parseRangeKey(encoded: Buffer): PrimaryKey {
  return checkKey(keyOnly(readPlainRow(encoded)), ['INF_MIN', 'INF_MAX']);
}

/** The key of a write, which may leave its AUTO_INCREMENT column to the server. @throws {TablestoreError} as `parseKey` does. */
export function parseWrittenKey({ primaryKey }: PlainRow): PrimaryKey {
  return checkKey(primaryKey, ['AUTO_INCREMENT']);
}

/** @throws {TablestoreError} OTSInvalidPK when its columns are not the table's in number, names, types and order. */
export function checkKeyOf({ keySchema }: Table, key: PrimaryKey): void {
  if (key.length !== keySchema.length) {
    throw invalidKey(`Validate PK size fail. Input: ${key.length}, Meta: ${keySchema.length}.`);
  }
  for (const [index, column] of key.entries()) checkAgainst(keySchema[index], column);
}

function keyOnly({ primaryKey, attributes, hasDeleteMarker }: PlainRow): readonly PlainCell[] {
  if (attributes.length > 0) {
    throw parameterInvalid('Attribute column cannot be given while reading data.');
  }
  if (hasDeleteMarker) throw parameterInvalid('Delete marker cannot be given.');
  return primaryKey;
}

function checkKey(
  cells: readonly PlainCell[],
  allowed: readonly Placeholder['type'][],
): PrimaryKey {
  if (cells.length > MAX_KEY_COLUMNS) {
    throw parameterInvalid(
      `The number of primary key columns must be in range: [1, ${MAX_KEY_COLUMNS}].`,
    );
  }
  return cells.map((cell) => checkKeyCell(cell, allowed));
}

function checkKeyCell(cell: PlainCell, allowed: readonly Placeholder['type'][]): KeyColumn {
  const { name, value, operation, timestampMs } = cell;
  checkColumnName(name);
  if (value === undefined)
    throw parameterInvalid(`No value is given for primary key name:${name}.`);
  if (operation !== 'PUT') {
    throw parameterInvalid(`OpType cannot be given for primary key name :${name}.`);
  }
  if (timestampMs !== undefined) {
    throw parameterInvalid(`Timestamp cannot be given for primary key name:${name}.`);
  }
  return { name, value: checkKeyValue(name, value, allowed) };
}

function checkKeyValue(
  name: string,
  value: Variant,
  allowed: readonly Placeholder['type'][],
): KeyColumn['value'] {
  switch (value.type) {
    case 'INTEGER':
      return value;
    case 'STRING':
    case 'BINARY':
      if (value.value.length > MAX_KEY_VALUE_BYTES) {
        throw parameterInvalid(
          `The length of primary key column: '${name}' exceeds the MaxLength:${MAX_KEY_VALUE_BYTES} with CurrentLength:${value.value.length}.`,
        );
      }
      if (value.type === 'STRING') checkUtf8(name, value.value);
      return value;
    case 'INF_MIN':
    case 'INF_MAX':
    case 'AUTO_INCREMENT':
      if (allowed.includes(value.type)) return value;
      break;
    default:
      break;
  }
  throw parameterInvalid(`${wireTypeName(value)} is an invalid type for the primary key.`);
}

function checkAgainst(schema: KeySchema | undefined, { name, value }: KeyColumn): void {
  if (schema === undefined || name !== schema.name) {
    throw invalidKey(`Validate PK name fail. Input: ${name}, Meta: ${schema?.name}.`);
  }
  if (value.type === 'INF_MIN' || value.type === 'INF_MAX') return;
  if (value.type === 'AUTO_INCREMENT' && schema.autoIncrement) return;
  if (value.type !== schema.type) {
    throw invalidKey(
      `Validate PK type fail. Input: ${wireTypeName(value)}, Meta: ${wireTypeName(schema)}.`,
    );
  }
}
