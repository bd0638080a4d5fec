import { isUtf8 } from 'node:buffer';
import { nameBytes, type PrimaryKey, type Value, type Variant } from '../engine/values.ts';
import { parameterInvalid } from '../errors.ts';
import { MAX_ATTRIBUTE_VALUE_BYTES, MAX_COLUMN_NAME_BYTES, TABLE_NAME_PATTERN } from '../limits.ts';

/** @throws {TablestoreError} */
export function checkColumnName(name: string): void {
  if (name === '' || name.startsWith('#') || nameBytes(name) > MAX_COLUMN_NAME_BYTES) {
    throw parameterInvalid(`Invalid column name: '${name}'.`);
  }
}

/** @throws {TablestoreError} */
export function checkTableName(name: string): void {
  if (!TABLE_NAME_PATTERN.test(name)) throw parameterInvalid(`Invalid table name: '${name}'.`);
}

/** @throws {TablestoreError} when the name is not valid, or is one of the key's. */
export function checkAttributeName(name: string, key: PrimaryKey): void {
  checkColumnName(name);
  if (key.some((column) => column.name === name)) {
    throw parameterInvalid(`Duplicated attribute column name with primary key column: '${name}'.`);
  }
}

/** A value that an attribute column may hold. @throws {TablestoreError} */
export function checkAttributeValue(name: string, value: Variant): Value {
  switch (value.type) {
    case 'INTEGER':
    case 'DOUBLE':
    case 'BOOLEAN':
      return value;
    case 'STRING':
    case 'BINARY':
      checkBytes(name, value);
      return value;
    default:
      throw parameterInvalid(`${wireTypeName(value)} is an invalid type for the attribute column.`);
  }
}

function checkBytes(name: string, { type, value }: Extract<Value, { value: Buffer }>): void {
  if (value.length > MAX_ATTRIBUTE_VALUE_BYTES) {
    throw parameterInvalid(
      `The length of attribute column: '${name}' exceeds the MaxLength:${MAX_ATTRIBUTE_VALUE_BYTES} with CurrentLength:${value.length}.`,
    );
  }
  if (type === 'STRING') checkUtf8(name, value);
}

/** @throws {TablestoreError} */
export function checkUtf8(name: string, bytes: Buffer): void {
  if (!isUtf8(bytes)) throw parameterInvalid(`Value of column ${name} must be UTF8 encoding.`);
}

/** The name of a type in the messages of the service. */
export function wireTypeName({ type }: Pick<Variant, 'type'>): string {
  return type === 'BINARY' ? 'VT_BLOB' : `VT_${type}`;
}
