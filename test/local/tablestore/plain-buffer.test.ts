import fc from 'fast-check';
import { newOutput, writtenBytes } from '../../../local/tablestore/encoding/bytes.ts';
import { crc8 } from '../../../local/tablestore/encoding/plain-buffer/crc8.ts';
import type { PlainRow } from '../../../local/tablestore/encoding/plain-buffer/format.ts';
import { readPlainRow } from '../../../local/tablestore/encoding/plain-buffer/read-row.ts';
import {
  putHeader,
  putPlainRow,
} from '../../../local/tablestore/encoding/plain-buffer/write-row.ts';
import type { Cell, KeyColumn, Value } from '../../../local/tablestore/engine/values.ts';
import { TablestoreError } from '../../../local/tablestore/errors.ts';
import { propertyRuns } from '../../helpers/rounds.ts';

jest.setTimeout(60_000);

/** A row that the npm client sent, byte by byte. Source: the protocol reference, §3.4. */
const WORKED_ROW = Buffer.from(
  [
    '75000000',
    '01',
    '0304 02000000 706b 05 06000000 03 01000000 61 0a d4',
    '0304 01000000 6e 05 09000000 00 0100000000000000 0a 48',
    '02',
    '0304 01000000 73 05 07000000 03 02000000 6869 0a c1',
    '0304 01000000 69 05 09000000 00 feffffffffffffff 07 0068e5cf8b010000 0a 22',
    '0304 01000000 64 05 09000000 01 000000000000f83f 0a ba',
    '0304 01000000 62 05 02000000 02 01 0a 3e',
    '0304 01000000 78 05 07000000 07 02000000 dead 0a 7a',
    '09 4d',
  ]
    .join('')
    .replaceAll(' ', ''),
  'hex',
);

const put = (name: string, value: Value, timestampMs?: bigint) => ({
  name,
  value,
  timestampMs,
  operation: 'PUT' as const,
});

const text = (value: string): Value => ({ type: 'STRING', value: Buffer.from(value) });

describe('reading', () => {
  it('understands the row that the npm client sends', () => {
    const row = readPlainRow(WORKED_ROW);

    expect(row).toEqual<PlainRow>({
      primaryKey: [put('pk', text('a')), put('n', { type: 'INTEGER', value: 1n })],
      attributes: [
        put('s', text('hi')),
        put('i', { type: 'INTEGER', value: -2n }, 1_700_000_000_000n),
        put('d', { type: 'DOUBLE', value: 1.5 }),
        put('b', { type: 'BOOLEAN', value: true }),
        put('x', { type: 'BINARY', value: Buffer.from('dead', 'hex') }),
      ],
      hasDeleteMarker: false,
    });
  });

  it('understands each operation on a cell', () => {
    const row = readPlainRow(
      rowOf(
        '0304 01000000 63 06 03 07 0068e5cf8b010000 0a 0e',
        '0304 01000000 64 06 01 0a a6',
        '0304 01000000 65 05 09000000 00 0100000000000000 06 04 0a 3a',
      ),
    );

    expect(row.attributes).toEqual([
      {
        name: 'c',
        value: undefined,
        operation: 'DELETE_ONE_VERSION',
        timestampMs: 1_700_000_000_000n,
      },
      { name: 'd', value: undefined, operation: 'DELETE_ALL_VERSION', timestampMs: undefined },
      {
        name: 'e',
        value: { type: 'INTEGER', value: 1n },
        operation: 'INCREMENT',
        timestampMs: undefined,
      },
    ]);
  });

  it('understands the deletion of a row', () => {
    const row = readPlainRow(
      Buffer.from(
        '75000000 01 0304 02000000 706b 05 06000000 03 01000000 61 0a d4 08 09 e9'.replaceAll(
          ' ',
          '',
        ),
        'hex',
      ),
    );

    expect(row).toMatchObject({ attributes: [], hasDeleteMarker: true });
  });

  it('ignores the zero bytes that the npm client pads rows with', () => {
    const padded = Buffer.concat([WORKED_ROW, Buffer.alloc(22)]);

    expect(readPlainRow(padded)).toEqual(readPlainRow(WORKED_ROW));
  });

  it.each([
    ['NaN', "NaN can't be set to double value."],
    ['Infinity', "Infinity can't be set to double value."],
  ])('refuses %s', (number, message) => {
    const row = encoded(
      [{ name: 'pk', value: { type: 'INTEGER', value: 1n } }],
      [{ name: 'd', value: { type: 'DOUBLE', value: Number(number) } }],
    );

    expect(() => readPlainRow(row)).toThrow(message);
  });
});

it('computes the checksum that the reference asserts', () => {
  const bytes = Buffer.from('123456789');

  expect(crc8(0, bytes, 0, bytes.length)).toBe(0xf4);
});

describe('every row', () => {
  const NAME = fc.string({ unit: 'binary', maxLength: 20 });
  const BYTES = fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes));
  const INT64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const KEY_VALUE = fc.oneof(
    fc.record({ type: fc.constant('INTEGER' as const), value: INT64 }),
    fc.record({ type: fc.constant('STRING' as const), value: BYTES }),
    fc.record({ type: fc.constant('BINARY' as const), value: BYTES }),
    fc.constantFrom(
      { type: 'INF_MIN' as const },
      { type: 'INF_MAX' as const },
      { type: 'AUTO_INCREMENT' as const },
    ),
  );
  const VALUE: fc.Arbitrary<Value> = fc.oneof(
    fc.record({ type: fc.constant('INTEGER' as const), value: INT64 }),
    fc.record({
      type: fc.constant('DOUBLE' as const),
      value: fc.double({ noNaN: true, noDefaultInfinity: true }),
    }),
    fc.record({ type: fc.constant('BOOLEAN' as const), value: fc.boolean() }),
    fc.record({ type: fc.constant('STRING' as const), value: BYTES }),
    fc.record({ type: fc.constant('BINARY' as const), value: BYTES }),
  );
  const KEY: fc.Arbitrary<KeyColumn[]> = fc.array(fc.record({ name: NAME, value: KEY_VALUE }), {
    minLength: 1,
    maxLength: 4,
  });
  const CELLS: fc.Arbitrary<Cell[]> = fc.array(
    fc.record({
      name: NAME,
      value: VALUE,
      timestampMs: fc.bigInt({ min: 0n, max: 2n ** 53n }),
    }),
    { maxLength: 8 },
  );

  it('is read as it was written', () => {
    fc.assert(
      fc.property(KEY, CELLS, (key, cells) => {
        const row = readPlainRow(encoded(key, cells));

        expect(row.primaryKey.map(({ name, value }) => ({ name, value }))).toEqual(key);
        expect(
          row.attributes.map(({ name, value, timestampMs }) => ({ name, value, timestampMs })),
        ).toEqual(cells);
      }),
    );
  });

  it('is refused, in the words of the service, with any one byte changed', () => {
    fc.assert(
      fc.property(
        KEY,
        CELLS,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (key, cells, at, flip) => {
          const row = encoded(key, cells);
          const position = at % row.length;
          row[position] = (row[position] ?? 0) ^ flip;

          expect(() => readPlainRow(row)).toThrow(TablestoreError);
        },
      ),
      { numRuns: propertyRuns(2_000) },
    );
  });

  it('is refused when its key has turned into attributes, which no checksum covers', () => {
    const row = encoded([{ name: 'a', value: { type: 'INTEGER', value: 0n } }], []);
    row[4] = 0x02;

    expect(() => readPlainRow(row)).toThrow('Cell data broken, PK is empty.');
  });

  it('is refused when it is cut short anywhere', () => {
    fc.assert(
      fc.property(KEY, CELLS, fc.nat(), (key, cells, at) => {
        const row = encoded(key, cells);

        expect(() => readPlainRow(row.subarray(0, at % row.length))).toThrow(TablestoreError);
      }),
    );
  });
});

function encoded(
  key: readonly KeyColumn[],
  cells: readonly (Omit<Cell, 'timestampMs'> & { timestampMs?: bigint })[],
): Buffer {
  const output = newOutput();
  putHeader(output);
  putPlainRow(output, key, cells as readonly Cell[]);
  return writtenBytes(output);
}

/** A row with the key pk = "a" and cells given in hexadecimal. */
function rowOf(...cells: string[]): Buffer {
  const key = Buffer.from('030402000000706b05060000000301000000610ad4', 'hex');
  const encodedCells = cells.map((cell) => Buffer.from(cell.replaceAll(' ', ''), 'hex'));
  const checksums = Buffer.from([...[key, ...encodedCells].map((cell) => cell.at(-1) ?? 0), 0]);
  return Buffer.concat([
    Buffer.from('7500000001', 'hex'),
    key,
    Buffer.of(0x02),
    ...encodedCells,
    Buffer.from([0x09, crc8(0, checksums, 0, checksums.length)]),
  ]);
}
