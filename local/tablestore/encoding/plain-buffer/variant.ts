import type { Variant } from '../../engine/values.ts';
import { parameterInvalid } from '../../errors.ts';
import {
  type Input,
  inputOf,
  type Output,
  putByte,
  putBytes,
  putDouble,
  putInt64,
  putUint32,
  takeByte,
  takeBytes,
  takeDouble,
  takeInt64,
  takeUint32,
} from '../bytes.ts';
import { VARIANT } from './format.ts';

const INF_MIN_TYPE: Variant = { type: 'INF_MIN' };
const INF_MAX_TYPE: Variant = { type: 'INF_MAX' };
const AUTO_INCREMENT: Variant = { type: 'AUTO_INCREMENT' };
const NULL: Variant = { type: 'NULL' };

/** A type byte and its payload. @throws {TablestoreError} for what is no value. */
export function takeVariant(input: Input): Variant {
  const type = takeByte(input);
  switch (type) {
    case VARIANT.INTEGER:
      return { type: 'INTEGER', value: takeInt64(input) };
    case VARIANT.DOUBLE:
      return { type: 'DOUBLE', value: finite(takeDouble(input)) };
    case VARIANT.BOOLEAN:
      return { type: 'BOOLEAN', value: takeByte(input) !== 0 };
    case VARIANT.STRING:
      return { type: 'STRING', value: takeBytes(input, takeUint32(input)) };
    case VARIANT.BINARY:
      return { type: 'BINARY', value: takeBytes(input, takeUint32(input)) };
    case VARIANT.NULL:
      return NULL;
    case VARIANT.INF_MIN:
      return INF_MIN_TYPE;
    case VARIANT.INF_MAX:
      return INF_MAX_TYPE;
    case VARIANT.AUTO_INCREMENT:
      return AUTO_INCREMENT;
    default:
      throw parameterInvalid('data format is invalid, unknown variant type occured.');
  }
}

/** A variant on its own, as filters carry it. @throws {MalformedError} when it is cut short or too long. */
export function readVariant(bytes: Buffer): Variant {
  const input = inputOf(bytes);
  const variant = takeVariant(input);
  if (input.position < input.end) throw parameterInvalid('data format is invalid.');
  return variant;
}

export function putVariant(output: Output, variant: Variant): void {
  putByte(output, VARIANT[variant.type]);
  switch (variant.type) {
    case 'INTEGER':
      putInt64(output, variant.value);
      return;
    case 'DOUBLE':
      putDouble(output, variant.value);
      return;
    case 'BOOLEAN':
      putByte(output, variant.value ? 1 : 0);
      return;
    case 'STRING':
    case 'BINARY':
      putUint32(output, variant.value.length);
      putBytes(output, variant.value);
      return;
    default:
      return;
  }
}

function finite(value: number): number {
  if (Number.isNaN(value)) throw parameterInvalid("NaN can't be set to double value.");
  if (!Number.isFinite(value)) throw parameterInvalid("Infinity can't be set to double value.");
  return value;
}
