import {
  type Input,
  inputOf,
  MalformedError,
  newOutput,
  type Output,
  reserve,
  skip,
  writtenBytes,
} from '../bytes.ts';
import { putVarint32, takeVarint32, takeVarint64, varintBytes } from '../varint.ts';
import { type FieldType, WIRE } from './types.ts';

/**
 * Protocol buffers (proto2) from declarations: a message is the table of its fields.
 *
 *     const getRowRequest = message({ table_name: required(1, string), max_versions: optional(5, int32) });
 *     type GetRowRequest = MessageOf<typeof getRowRequest>;
 *
 * Fields have the names of the .proto files of the service, except where several messages share one shape. Unknown fields are skipped.
 */
export interface Message<T> extends FieldType<T> {
  /** @throws {MalformedError} when the bytes are no such message, or lack a required field. */
  decode(bytes: Buffer): T;
  encode(value: T): Buffer;
}

export type MessageOf<M> = M extends Message<infer T> ? T : never;

type Rule = 'required' | 'optional' | 'repeated';

export interface Field<T = unknown, R extends Rule = Rule> {
  readonly number: number;
  readonly rule: R;
  readonly type: FieldType<T>;
}

type Fields = Readonly<Record<string, Field>>;

type FieldValue<F> = F extends Field<infer T> ? T : never;

type Shape<F extends Fields> = {
  readonly [K in keyof F as F[K]['rule'] extends 'required' ? K : never]: FieldValue<F[K]>;
} & {
  readonly [K in keyof F as F[K]['rule'] extends 'repeated' ? K : never]: readonly FieldValue<
    F[K]
  >[];
} & {
  readonly [K in keyof F as F[K]['rule'] extends 'optional' ? K : never]?:
    | FieldValue<F[K]>
    | undefined;
};

export function required<T>(number: number, type: FieldType<T>): Field<T, 'required'> {
  return { number, rule: 'required', type };
}

export function optional<T>(number: number, type: FieldType<T>): Field<T, 'optional'> {
  return { number, rule: 'optional', type };
}

export function repeated<T>(number: number, type: FieldType<T>): Field<T, 'repeated'> {
  return { number, rule: 'repeated', type };
}

interface NamedField extends Field {
  readonly name: string;
}

export function message<const F extends Fields>(fields: F): Message<Shape<F>> {
  const named: NamedField[] = Object.entries(fields).map(([name, field]) => ({ ...field, name }));
  const byNumber: NamedField[] = [];
  for (const field of named) byNumber[field.number] = field;

  const decode = (bytes: Buffer): Shape<F> => {
    const value: Record<string, unknown> = {};
    for (const field of named) if (field.rule === 'repeated') value[field.name] = [];
    const input = inputOf(bytes);
    while (input.position < input.end) readField(input, byNumber, value);
    for (const { rule, name } of named) {
      if (rule === 'required' && value[name] === undefined) {
        throw new MalformedError(`the field ${name} is missing`);
      }
    }
    return value as Shape<F>;
  };

  const writeFields = (output: Output, value: Shape<F>): void => {
    for (const field of named)
      writeField(output, field, (value as Record<string, unknown>)[field.name]);
  };

  return {
    wire: WIRE.lengthDelimited,
    decode,
    encode(value) {
      const output = newOutput();
      writeFields(output, value);
      return writtenBytes(output);
    },
    read(input) {
      const length = takeVarint32(input);
      const start = skip(input, length);
      return decode(input.bytes.subarray(start, start + length));
    },
    write: (output, value) => writeWithLength(output, () => writeFields(output, value)),
  };
}

function readField(
  input: Input,
  byNumber: readonly NamedField[],
  message: Record<string, unknown>,
): void {
  const tag = takeVarint32(input);
  const field = byNumber[tag >>> 3];
  const wire = tag & 7;
  if (field === undefined) {
    skipField(input, wire);
    return;
  }
  if (field.type.wire !== wire)
    throw new MalformedError(`the field ${field.name} has another type`);
  const value = field.type.read(input);
  if (value === undefined) return;
  if (field.rule === 'repeated') (message[field.name] as unknown[]).push(value);
  else message[field.name] = value;
}

function skipField(input: Input, wire: number): void {
  if (wire === WIRE.varint) takeVarint64(input);
  else if (wire === WIRE.fixed64) skip(input, 8);
  else if (wire === WIRE.lengthDelimited) skip(input, takeVarint32(input));
  else if (wire === WIRE.fixed32) skip(input, 4);
  else throw new MalformedError(`no such wire type: ${wire}`);
}

function writeField(output: Output, { number, rule, type }: NamedField, value: unknown): void {
  if (value === undefined) return;
  for (const item of rule === 'repeated' ? (value as readonly unknown[]) : [value]) {
    putVarint32(output, (number << 3) | type.wire);
    type.write(output, item);
  }
}

/** A length precedes its content: one byte is reserved for it, and the content moves if that is too little. */
function writeWithLength(output: Output, writeContent: () => void): void {
  const start = reserve(output, 1);
  writeContent();
  const length = output.length - start - 1;
  const extra = varintBytes(length) - 1;
  if (extra > 0) {
    reserve(output, extra);
    output.bytes.copyWithin(start + 1 + extra, start + 1, start + 1 + length);
  }
  const end = output.length;
  output.length = start;
  putVarint32(output, length);
  output.length = end;
}
