import fc from 'fast-check';
import { MalformedError } from '../../../local/tablestore/encoding/bytes.ts';
import {
  message,
  optional,
  repeated,
  required,
} from '../../../local/tablestore/encoding/proto/message.ts';
import {
  bool,
  bytes,
  enumeration,
  int32,
  int64,
  joinedBytes,
  sint64,
  string,
} from '../../../local/tablestore/encoding/proto/types.ts';
import { propertyRuns } from '../../helpers/rounds.ts';

const leaf = message({ text: required(1, string), number: optional(2, int32) });
const everything = message({
  i32: required(1, int32),
  i64: optional(2, int64),
  s64: optional(8, sint64),
  flag: optional(3, bool),
  text: optional(4, string),
  data: optional(5, bytes),
  colour: optional(6, enumeration({ RED: 0, BLUE: 7 })),
  leaf: optional(7, leaf),
  leaves: repeated(2000, leaf),
});

const LEAF = fc.record(
  { text: fc.string({ maxLength: 200 }), number: fc.integer() },
  { requiredKeys: ['text'] },
);
const EVERYTHING = fc.record(
  {
    i32: fc.integer(),
    i64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    s64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    flag: fc.boolean(),
    text: fc.string({ unit: 'grapheme' }),
    data: fc.uint8Array({ maxLength: 40_000 }).map((data) => Buffer.from(data)),
    colour: fc.constantFrom('RED' as const, 'BLUE' as const),
    leaf: LEAF,
    leaves: fc.array(LEAF, { maxLength: 5 }),
  },
  { requiredKeys: ['i32', 'leaves'] },
);

it('reads every message as it was written', () => {
  fc.assert(
    fc.property(EVERYTHING, (value) => {
      expect(everything.decode(everything.encode(value))).toEqual(value);
    }),
  );
});

it('writes the bytes that the specification of protocol buffers gives', () => {
  const testOne = message({ a: optional(1, int32) });
  const testTwo = message({ b: optional(2, string) });

  expect(testOne.encode({ a: 150 }).toString('hex')).toBe('089601');
  expect(testOne.encode({ a: -2 }).toString('hex')).toBe('08feffffffffffffffff01');
  expect(testTwo.encode({ b: 'testing' }).toString('hex')).toBe('120774657374696e67');

  const zigzag = message({ s: required(1, sint64) });
  const sent = [0n, -1n, 1n, -2n, 2n ** 31n - 1n, -(2n ** 31n)];
  const numbers = [0n, 1n, 2n, 3n, 2n ** 32n - 2n, 2n ** 32n - 1n];
  const plainly = message({ n: required(1, int64) });
  expect(sent.map((s) => plainly.decode(zigzag.encode({ s })).n)).toEqual(numbers);
});

it('skips fields that it does not know', () => {
  const known = message({ text: required(1, string) });
  const sent = Buffer.concat([
    Buffer.from('1896011d0102030421010203040506070812026869', 'hex'),
    known.encode({ text: 'here' }),
  ]);

  expect(known.decode(sent)).toEqual({ text: 'here' });
});

it('takes the last of a field that comes twice', () => {
  const sent = Buffer.concat([
    leaf.encode({ text: 'first', number: 1 }),
    leaf.encode({ text: 'last' }),
  ]);

  expect(leaf.decode(sent)).toEqual({ text: 'last', number: 1 });
});

it('leaves a field unset that has no name for its number', () => {
  const coloured = message({ colour: optional(1, enumeration({ RED: 0 })) });

  expect(coloured.decode(Buffer.from('0805', 'hex'))).toEqual({});
});

it.each([
  ['a required field is missing', ''],
  ['a length goes past the end', '0a7f61'],
  ['a varint has no end', '08ffffffffffffffffffff01'],
  ['a field is of another wire type', '0801'],
  ['a group begins', '0a01611b'],
])('refuses a message when %s', (_why, hex) => {
  expect(() => leaf.decode(Buffer.from(hex, 'hex'))).toThrow(MalformedError);
});

it('either reads or refuses whatever bytes come', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (garbage) => {
      try {
        everything.decode(Buffer.from(garbage));
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError);
      }
    }),
    { numRuns: propertyRuns(3_000) },
  );
});

it('writes bytes in parts as it writes them whole', () => {
  const inParts = message({ data: required(1, joinedBytes) });
  const whole = message({ data: required(1, bytes) });
  const parts = fc.array(fc.uint8Array({ maxLength: 300 }).map((part) => Buffer.from(part)));
  fc.assert(
    fc.property(parts, (data) => {
      const encoded = inParts.encode({ data });

      expect(whole.decode(encoded)).toEqual({ data: Buffer.concat(data) });
      expect(inParts.decode(encoded)).toEqual({ data: [Buffer.concat(data)] });
    }),
  );
});
