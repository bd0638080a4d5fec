import {
  message,
  optional,
  repeated,
  required,
} from '../../../local/tablestore/encoding/proto/message.ts';
import { bool, bytes, int32, string } from '../../../local/tablestore/encoding/proto/types.ts';
import type { Filter } from '../../../local/tablestore/engine/filter.ts';
import { matches, NO_COLUMNS } from '../../../local/tablestore/engine/filter.ts';
import type { TablestoreServer } from '../../../local/tablestore/index.ts';
import {
  parseColumnCondition,
  parseReadFilter,
} from '../../../local/tablestore/requests/filter.ts';
import { parseSelection } from '../../../local/tablestore/requests/selection.ts';
import {
  columns,
  condition,
  key,
  type OfficialClient,
  officialClient,
  type Plain,
  startTestTablestore,
  TS,
  tableNamed,
  valuesOf,
} from '../../helpers/tablestore.ts';

let server: TablestoreServer;
let client: OfficialClient;

beforeAll(async () => {
  server = await startTestTablestore();
  client = officialClient(server);
  await client.createTable(tableNamed('t', { pk: 'STRING' }));
});

afterAll(() => server.close());

const KEY = key({ pk: 'a' });

const put = (values: Record<string, Plain>) =>
  client.putRow({
    tableName: 't',
    condition: condition(),
    primaryKey: KEY,
    attributeColumns: columns(values),
  });

const get = async (params: object) => {
  const { row } = await client.getRow({ tableName: 't', primaryKey: KEY, ...params });
  return row.primaryKey === undefined ? undefined : valuesOf(row);
};

const compare = (column: string, comparator: string, value: unknown, passIfMissing?: boolean) =>
  new TS.SingleColumnCondition(column, value, TS.ComparatorType[comparator], passIfMissing);

it('reads the filter that the npm client sends', () => {
  const sent = Buffer.from(
    '0801 1214 0801 120176 1a09000100000000000000 2001 2801'.replaceAll(' ', ''),
    'hex',
  );

  expect(parseColumnCondition(sent)).toEqual<Filter>({
    type: 'compare',
    comparator: 'CT_EQUAL',
    column: 'v',
    operand: { type: 'INTEGER', value: 1n },
    matchesMissing: false,
    latestVersionOnly: true,
  });
});

it.each<[string, Plain, unknown, string[]]>([
  ['integers', -5n, TS.Long.fromString('3'), ['NOT_EQUAL', 'LESS_THAN', 'LESS_EQUAL']],
  [
    'large integers',
    2n ** 62n + 1n,
    TS.Long.fromString(String(2n ** 62n)),
    ['NOT_EQUAL', 'GREATER_THAN', 'GREATER_EQUAL'],
  ],
  ['doubles', 1.5, 1.5, ['EQUAL', 'LESS_EQUAL', 'GREATER_EQUAL']],
  ['booleans', true, false, ['NOT_EQUAL', 'GREATER_THAN', 'GREATER_EQUAL']],
  ['strings, by their bytes', 'b', 'aé', ['NOT_EQUAL', 'GREATER_THAN', 'GREATER_EQUAL']],
  ['binaries', Buffer.from([1]), Buffer.from([1, 0]), ['NOT_EQUAL', 'LESS_THAN', 'LESS_EQUAL']],
  ['values of different types', 1n, 1, ['NOT_EQUAL']],
])('compares %s', async (_what, value, operand, expected) => {
  await put({ v: value });

  const all = ['EQUAL', 'NOT_EQUAL', 'LESS_THAN', 'LESS_EQUAL', 'GREATER_THAN', 'GREATER_EQUAL'];
  const passed = [];
  for (const comparator of all) {
    const columnFilter = compare('v', comparator, operand, false);
    if ((await get({ columnFilter })) !== undefined) passed.push(comparator);
  }

  expect(passed.sort()).toEqual(expected.toSorted());
});

it('accepts a missing column by default, and not when asked not to', async () => {
  await put({ other: 1n });

  expect(await get({ columnFilter: compare('v', 'NOT_EQUAL', 'x') })).toEqual({ other: 1n });
  expect(await get({ columnFilter: compare('v', 'NOT_EQUAL', 'x', false) })).toBeUndefined();
});

it('sees only the columns that are asked for', async () => {
  await put({ a: 1n, b: 2n });
  const columnFilter = compare('b', 'EQUAL', TS.Long.fromString('2'), false);

  expect(await get({ columnFilter })).toEqual({ a: 1n, b: 2n });
  expect(await get({ columnFilter, columnsToGet: ['a'] })).toBeUndefined();
  expect(await get({ columnFilter, columnsToGet: ['a', 'b'] })).toEqual({ a: 1n, b: 2n });
});

it('tests a column of the key like any other, whether it is asked for or not', async () => {
  await put({ a: 1n });
  const isKey = (comparator: string, value: string) => compare('pk', comparator, value, false);

  expect(await get({ columnFilter: isKey('EQUAL', 'a') })).toEqual({ a: 1n });
  expect(await get({ columnFilter: isKey('LESS_THAN', 'a') })).toBeUndefined();
  expect(await get({ columnFilter: isKey('GREATER_THAN', 'Z'), columnsToGet: ['a'] })).toEqual({
    a: 1n,
  });
  expect(await get({ columnFilter: compare('pk', 'EQUAL', 'b') })).toBeUndefined();
});

it('pages through the columns of a wide row', async () => {
  await put(Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`col${1000 + at}`, 1n])));

  const page = await get({
    startColumn: 'col1003',
    columnFilter: new TS.ColumnPaginationFilter(5, 2),
  });

  expect(Object.keys(page ?? {})).toEqual(['col1005', 'col1006', 'col1007', 'col1008', 'col1009']);
});

it('asks whether a column is there, for the clients that can', () => {
  const single = message({
    comparator: required(1, int32),
    column_name: required(2, string),
    filter_if_missing: required(4, bool),
    latest_version_only: required(5, bool),
  });
  const filter = (comparator: number) =>
    parseColumnCondition(
      encodedFilter(
        1,
        single.encode({
          comparator,
          column_name: 'v',
          filter_if_missing: false,
          latest_version_only: true,
        }),
      ),
    );
  const value = { type: 'BOOLEAN' as const, value: true };
  const there = { key: [], cells: [{ name: 'v', value, timestampMs: 1n }] };
  const inTheKey = { key: [{ name: 'v', value }], cells: [] };
  const [exists, isMissing] = [filter(7), filter(8)];
  if (exists === undefined || isMissing === undefined) throw new Error('both are filters');

  for (const [columnsOfRow, isThere] of [
    [there, true],
    [inTheKey, true],
    [NO_COLUMNS, false],
  ] as const) {
    expect(matches(exists, columnsOfRow)).toBe(isThere);
    expect(matches(isMissing, columnsOfRow)).toBe(!isThere);
  }
});

const encodedFilter = (type: number, filter: Buffer) =>
  message({ type: required(1, int32), filter: required(2, bytes) }).encode({ type, filter });
const encodedComposite = (combinator: number, children: Buffer[]) =>
  encodedFilter(
    2,
    message({ combinator: required(1, int32), sub_filters: repeated(2, bytes) }).encode({
      combinator,
      sub_filters: children,
    }),
  );
const LEAF = Buffer.from('0801121408011201761a0900010000000000000020012801', 'hex');
const [NOT, AND, OR] = [1, 2, 3];

describe('a filter', () => {
  it('has at most 32 parts, composites counted', () => {
    const leaves = (count: number) => Array.from({ length: count }, () => LEAF);

    const leaf = parseColumnCondition(LEAF);
    expect(parseColumnCondition(encodedComposite(AND, leaves(31)))).toEqual({
      type: 'and',
      filters: Array(31).fill(leaf),
    });
    expect(() => parseColumnCondition(encodedComposite(AND, leaves(32)))).toThrow(
      'The count of filter exceeds the max: 32.',
    );
  });

  it('is judged by the number of its parts before their sense, and before the versions', () => {
    const tooMany = encodedComposite(NOT, Array(32).fill(LEAF));
    const words = 'The count of filter exceeds the max: 32.';

    expect(() => parseColumnCondition(tooMany)).toThrow(words);
    expect(() => parseSelection({ columns_to_get: [], filter: tooMany })).toThrow(words);
    expect(() => parseSelection({ columns_to_get: ['#'], filter: tooMany })).toThrow(
      "Invalid column name: '#'.",
    );
    expect(() => parseSelection({ columns_to_get: [], filter: LEAF })).toThrow(
      'No version condition is specified.',
    );
  });

  it('may be nested as deeply as that, and no deeper', () => {
    const nested = (depth: number): Buffer =>
      depth === 0 ? LEAF : encodedComposite(NOT, [nested(depth - 1)]);

    const innermost = parseColumnCondition(LEAF) as Filter;
    const parsed = (depth: number): Filter =>
      depth === 0 ? innermost : { type: 'not', filter: parsed(depth - 1) };
    expect(parseColumnCondition(nested(31))).toEqual(parsed(31));
    expect(() => parseColumnCondition(nested(5000))).toThrow(
      'The count of filter exceeds the max: 32.',
    );
  });

  it.each([
    [
      'NOT of two',
      encodedComposite(NOT, [LEAF, LEAF]),
      'Invalid NOT operator: the number of sub-filters must be 1.',
    ],
    [
      'AND of one',
      encodedComposite(AND, [LEAF]),
      'Invalid AND/OR operator: the number of sub-filters must be more than 1.',
    ],
    [
      'OR of none',
      encodedComposite(OR, []),
      'Invalid AND/OR operator: the number of sub-filters must be more than 1.',
    ],
    [
      'a page within another filter',
      encodedComposite(NOT, [encodedFilter(3, Buffer.from('08001001', 'hex'))]),
      'Invalid type of filter: FT_COLUMN_PAGINATION.',
    ],
    [
      'a comparison with nothing',
      encodedFilter(1, Buffer.from('080112017620012801', 'hex')),
      'Deserialize relation filter failed.',
    ],
    [
      'a comparison with half a value',
      encodedFilter(1, Buffer.from('08011201761a02000120012801', 'hex')),
      'Deserialize relation filter failed.',
    ],
    ['no filter at all', Buffer.from('ff', 'hex'), 'Deserialize filter failed.'],
  ])('is refused as %s', (_what, encoded, words) => {
    expect(() => parseColumnCondition(encoded)).toThrow(words);
  });

  it.each([
    [
      '08ffffffffffffffffff011001',
      'Offset in ColumnPaginationFilter must be greater than or equal to 0.',
    ],
    ['08001000', 'Limit in ColumnPaginationFilter must be greater than 0.'],
    ['0800', 'Deserialize column pagination filter failed.'],
  ])('is refused as the page %s', (hex, words) => {
    expect(() => parseReadFilter(encodedFilter(3, Buffer.from(hex, 'hex')))).toThrow(words);
  });

  it('cannot take values apart by a pattern', () => {
    const single = message({
      comparator: required(1, int32),
      column_name: required(2, string),
      column_value: optional(3, bytes),
      filter_if_missing: required(4, bool),
      latest_version_only: required(5, bool),
      value_trans_rule: required(6, bytes),
    }).encode({
      comparator: 1,
      column_name: 'v',
      filter_if_missing: true,
      latest_version_only: true,
      value_trans_rule: Buffer.alloc(0),
    });

    expect(() => parseColumnCondition(encodedFilter(1, single))).toThrow(
      'A value_trans_rule in a filter is not supported by the local Tablestore.',
    );
  });
});
