import { type Input, type Output, putBytes, reserve, takeBytes } from '../bytes.ts';
import { putVarint32, putVarint64, takeVarint32, takeVarint64 } from '../varint.ts';

/** How a field is encoded. Source: protobuf.dev, "Encoding". */
export const WIRE = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 } as const;

/** A kind of field: how its value is read and written, after the tag. */
export interface FieldType<T> {
  readonly wire: number;
  /** Undefined when the value is none of its kind: proto2 then treats the field as unset. */
  read(input: Input): T | undefined;
  write(output: Output, value: T): void;
}

export const int32: FieldType<number> = {
  wire: WIRE.varint,
  read: (input) => takeVarint32(input) | 0,
  write: (output, value) =>
    value < 0 ? putVarint64(output, BigInt(value)) : putVarint32(output, value),
};

export const int64: FieldType<bigint> = {
  wire: WIRE.varint,
  read: takeVarint64,
  write: putVarint64,
};

/** Small numbers are short whatever their sign: 0, -1, 1, -2 … are 0, 1, 2, 3 … on the wire. */
export const sint64: FieldType<bigint> = {
  wire: WIRE.varint,
  read(input) {
    const sent = BigInt.asUintN(64, takeVarint64(input));
    return (sent >> 1n) ^ -(sent & 1n);
  },
  write: (output, value) => putVarint64(output, (value << 1n) ^ (value >> 63n)),
};

export const bool: FieldType<boolean> = {
  wire: WIRE.varint,
  read: (input) => takeVarint64(input) !== 0n,
  write: (output, value) => putVarint32(output, value ? 1 : 0),
};

export const bytes: FieldType<Buffer> = {
  wire: WIRE.lengthDelimited,
  read: (input) => takeBytes(input, takeVarint32(input)),
  write(output, value) {
    putVarint32(output, value.length);
    putBytes(output, value);
  },
};

/** `bytes` in parts, which are written without being joined before. */
export const joinedBytes: FieldType<readonly Buffer[]> = {
  wire: WIRE.lengthDelimited,
  read: (input) => [takeBytes(input, takeVarint32(input))],
  write(output, parts) {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    putVarint32(output, length);
    // Room for all parts at once: growing part by part would copy the first parts again and again.
    let start = reserve(output, length);
    for (const part of parts) start += part.copy(output.bytes, start);
  },
};

export const string: FieldType<string> = {
  wire: WIRE.lengthDelimited,
  read: (input) => takeBytes(input, takeVarint32(input)).toString('utf8'),
  write: (output, value) => bytes.write(output, Buffer.from(value, 'utf8')),
};

/** Numbers on the wire, names in the program. */
export function enumeration<const Names extends Readonly<Record<string, number>>>(
  numbers: Names,
): FieldType<keyof Names & string> {
  const names = new Map(Object.entries(numbers).map(([name, number]) => [number, name]));
  return {
    wire: WIRE.varint,
    read: (input) => names.get(takeVarint32(input) | 0),
    write: (output, name) => putVarint32(output, numbers[name] ?? 0),
  };
}
