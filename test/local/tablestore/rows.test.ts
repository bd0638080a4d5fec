import { message, required } from '../../../local/tablestore/encoding/proto/message.ts';
import { bytes, int32, string } from '../../../local/tablestore/encoding/proto/types.ts';
import { encodeRow } from '../../../local/tablestore/engine/stored-row.ts';
import type { TablestoreServer } from '../../../local/tablestore/index.ts';
import { consumedCapacity, errorMessage } from '../../../local/tablestore/protocol/messages.ts';
import {
  columns,
  condition,
  key,
  type OfficialClient,
  officialClient,
  type Plain,
  rawCall,
  startTestTablestore,
  TS,
  tableNamed,
  valuesOf,
} from '../../helpers/tablestore.ts';

let server: TablestoreServer;
let client: OfficialClient;

beforeEach(async () => {
  server = await startTestTablestore();
  client = officialClient(server);
  await client.createTable(tableNamed('t', { pk: 'STRING', seq: 'INTEGER' }, { maxVersions: 3 }));
});

afterEach(() => server.close());

const KEY = key({ pk: 'a', seq: 1n });

const put = (values: Record<string, Plain>, primaryKey = KEY) =>
  client.putRow({
    tableName: 't',
    condition: condition(),
    primaryKey,
    attributeColumns: columns(values),
  });

const update = (...updateOfAttributeColumns: object[]) =>
  client.updateRow({
    tableName: 't',
    condition: condition(),
    primaryKey: KEY,
    updateOfAttributeColumns,
  });

const get = async (params: object = {}) => {
  const { row } = await client.getRow({ tableName: 't', primaryKey: KEY, ...params });
  return row.primaryKey === undefined ? undefined : valuesOf(row);
};

describe('a row', () => {
  it('comes back with all five types of values, empty ones included', async () => {
    const values = {
      integer: -(2n ** 63n),
      double: 0.1,
      boolean: false,
      string: 'grüezi 你好 \u{1F44B}',
      binary: Buffer.from([0, 255, 7]),
      emptyString: '',
      emptyBinary: Buffer.alloc(0),
    };

    await put(values);

    expect(await get()).toEqual(values);
  });

  it('is missing until it is put, and may have no column at all', async () => {
    expect(await get()).toBeUndefined();

    await put({});

    expect(await get()).toEqual({});
  });

  it('is replaced by a put and merged by an update', async () => {
    await put({ a: 1n, b: 2n });
    await update({ PUT: columns({ b: 3n, c: 4n }) });
    expect(await get()).toEqual({ a: 1n, b: 3n, c: 4n });

    await put({ d: 5n });

    expect(await get()).toEqual({ d: 5n });
  });

  it('may change the type of a column', async () => {
    await put({ c: 1n });
    await update({ PUT: columns({ c: 'text' }) });

    expect(await get()).toEqual({ c: 'text' });
  });

  it('loses one version, one column, and all, exactly as asked, and has them again when written', async () => {
    const now = Date.now();
    const write = async () => {
      await client.putRow({
        tableName: 't',
        condition: condition(),
        primaryKey: KEY,
        attributeColumns: [
          { c: 'old', timestamp: now - 2 },
          { c: 'new', timestamp: now - 1 },
          { d: 'other' },
        ],
      });
    };

    await write();
    await update({ DELETE: [{ c: TS.Long.fromNumber(now - 1) }] });
    expect(await get()).toEqual({ c: 'old', d: 'other' });

    await update({ DELETE_ALL: ['c'] });
    expect(await get()).toEqual({ d: 'other' });

    await update({ DELETE_ALL: ['d'] });
    expect(await get()).toEqual({});

    await client.deleteRow({ tableName: 't', condition: condition(), primaryKey: KEY });
    expect(await get()).toBeUndefined();

    await write();
    expect(await get()).toEqual({ c: 'new', d: 'other' });
  });

  it('is not made by deletions of columns that it does not have', async () => {
    await update({ DELETE_ALL: ['c'] });

    expect(await get()).toBeUndefined();
  });

  it('grows beyond 1,024 columns, though not in one request', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 1024 }, (_, index) => [`c${index}`, BigInt(index)]),
    );

    await put(many);
    await update({ PUT: columns({ one: 1n }) });

    expect(Object.keys((await get()) ?? {})).toHaveLength(1025);
    await expect(put({ ...many, one: 1n })).rejects.toMatchObject({
      code: 'OTSParameterInvalid',
      message:
        'The number of attribute columns exceeds the limit, limit count: 1024, column count: 1025.',
    });
  });
});

describe('a write', () => {
  it.each(['', '#', '#abc', '# ', 'a'.repeat(256)])(
    'is refused with a column named %j',
    async (name) => {
      const invalid = {
        code: 'OTSParameterInvalid',
        status: 400,
        message: `Invalid column name: '${name}'.`,
      };

      await expect(put({ [name]: 1n })).rejects.toMatchObject(invalid);
      await expect(update({ PUT: columns({ [name]: 1n }) })).rejects.toMatchObject(invalid);
      await expect(get({ columnsToGet: [name] })).rejects.toMatchObject(invalid);
      await expect(
        get({
          columnFilter: new TS.SingleColumnCondition(name, 'x', TS.ComparatorType.EQUAL, false),
        }),
      ).rejects.toMatchObject(invalid);
    },
  );

  it('is refused with an attribute that is named like a key column', async () => {
    await expect(put({ seq: 1n })).rejects.toMatchObject({
      message: "Duplicated attribute column name with primary key column: 'seq'.",
    });
  });

  it('is refused with an empty update', async () => {
    await expect(
      client.updateRow({
        tableName: 't',
        condition: condition(),
        primaryKey: KEY,
        updateOfAttributeColumns: [],
      }),
    ).rejects.toMatchObject({
      code: 'OTSParameterInvalid',
      message: 'Attribute column is missing.',
    });
  });

  it('takes values up to their limits and not a byte more', async () => {
    const twoMegabytes = Buffer.alloc(2 * 1024 * 1024);
    await put({ a: twoMegabytes }, key({ pk: 'k'.repeat(1024), seq: 1n }));

    await expect(put({ a: Buffer.alloc(twoMegabytes.length + 1) })).rejects.toMatchObject({
      code: 'OTSParameterInvalid',
      message:
        "The length of attribute column: 'a' exceeds the MaxLength:2097152 with CurrentLength:2097153.",
    });
    await expect(put({}, key({ pk: 'k'.repeat(1025), seq: 1n }))).rejects.toMatchObject({
      code: 'OTSParameterInvalid',
      message:
        "The length of primary key column: 'pk' exceeds the MaxLength:1024 with CurrentLength:1025.",
    });
    await expect(put({ a: twoMegabytes, b: twoMegabytes.subarray(15) })).rejects.toMatchObject({
      code: 'OTSParameterInvalid',
      message:
        'The total data size of PutRow request exceeds the limit, limit size: 4194304, data size: 4194305.',
    });
  });

  it.each([
    [Number.NaN, "NaN can't be set to double value."],
    [Number.NEGATIVE_INFINITY, "Infinity can't be set to double value."],
  ])('is refused with the number %d', async (number, message) => {
    await expect(put({ c: number })).rejects.toMatchObject({
      code: 'OTSParameterInvalid',
      message,
    });
  });

  it.each<[string, object[], string]>([
    [
      'another name',
      key({ pk: 'a', other: 1n }),
      'Validate PK name fail. Input: other, Meta: seq.',
    ],
    ['another order', key({ seq: 1n, pk: 'a' }), 'Validate PK name fail. Input: seq, Meta: pk.'],
    ['too few columns', key({ pk: 'a' }), 'Validate PK size fail. Input: 1, Meta: 2.'],
    [
      'too many columns',
      key({ pk: 'a', seq: 1n, more: 1n }),
      'Validate PK size fail. Input: 3, Meta: 2.',
    ],
    [
      'another type',
      key({ pk: 'a', seq: 'one' }),
      'Validate PK type fail. Input: VT_STRING, Meta: VT_INTEGER.',
    ],
  ])('and a read are refused with a key of %s', async (_what, primaryKey, message) => {
    const invalid = { code: 'OTSInvalidPK', status: 400, message };

    await expect(put({}, primaryKey)).rejects.toMatchObject(invalid);
    await expect(get({ primaryKey })).rejects.toMatchObject(invalid);
    await expect(
      client.deleteRow({ tableName: 't', condition: condition(), primaryKey }),
    ).rejects.toMatchObject(invalid);
  });

  it('is refused with what is no key at all', async () => {
    const five = key({ a: 1n, b: 1n, c: 1n, d: 1n, e: 1n });

    await expect(put({}, five)).rejects.toMatchObject({
      code: 'OTSParameterInvalid',
      message: 'The number of primary key columns must be in range: [1, 4].',
    });
    await expect(put({}, key({ pk: 'a', seq: TS.INF_MIN }))).rejects.toMatchObject({
      code: 'OTSParameterInvalid',
      message: 'VT_INF_MIN is an invalid type for the primary key.',
    });
  });

  it('returns the key when that is asked', async () => {
    const { row } = await client.putRow({
      tableName: 't',
      condition: condition(),
      primaryKey: KEY,
      attributeColumns: columns({ c: 1n }),
      returnContent: { returnType: TS.ReturnType.Primarykey },
    });

    expect(row.primaryKey).toHaveLength(2);
    expect(row.attributes).toEqual([]);
  });
});

describe('a column', () => {
  const names = ['price-2', 'a b', '.abc', '9lives', "'", '"', '\n', '$', 'a:b', 'a'.repeat(255)];

  it('may have any name of up to 255 bytes that does not begin with #', async () => {
    const values = Object.fromEntries(names.map((name, index) => [name, BigInt(index)]));
    const longest = '公'.repeat(85);

    await put(values);
    await update({ PUT: columns(values) });

    expect(await get()).toEqual(values);
    expect(await get({ columnsToGet: names })).toEqual(values);
    expect(await get({ columnsToGet: [...names, longest] })).toEqual(values);
    await expect(get({ columnsToGet: [`${longest}a`] })).rejects.toMatchObject({
      message: `Invalid column name: '${longest}a'.`,
    });
  });

  const existence = message({ row_existence: required(1, int32) });
  const putRequest = message({
    table_name: required(1, string),
    row: required(2, bytes),
    condition: required(3, existence),
  });
  const getRequest = message({
    table_name: required(1, string),
    primary_key: required(2, bytes),
    max_versions: required(5, int32),
  });

  /** A put by hand: the npm client sends the length of a name in characters, where bytes are meant. */
  const rawPut = async (tableName: string, row: Buffer) => {
    const put = putRequest.encode({ table_name: tableName, row, condition: { row_existence: 0 } });
    const answer = await rawCall(server, 'PutRow', put);
    if (answer.status !== 200) throw new Error(errorMessage.decode(answer.body).message);
    return message({ consumed: required(1, consumedCapacity) }).decode(answer.body).consumed;
  };
  const text = (value: string) => ({ type: 'STRING' as const, value: Buffer.from(value) });
  const encodedKey = [
    { name: 'pk', value: text('a') },
    { name: 'seq', value: { type: 'INTEGER' as const, value: 1n } },
  ];
  const cellsNamed = (names: readonly string[]) =>
    names.map((name) => ({ name, value: text(name), timestampMs: BigInt(Date.now()) }));

  it('comes back under its name in UTF-8, in the order of the bytes', async () => {
    const inOrder = ['a', 'a公', '公司', '\ufffd', '\u{1f44b}'];

    await rawPut('t', encodeRow({ key: encodedKey, cells: cellsNamed(inOrder.toReversed()) }));

    expect(Object.entries((await get()) ?? {})).toEqual(inOrder.map((name) => [name, name]));
    expect(await get({ columnsToGet: ['a公'] })).toEqual({ a公: 'a公' });
    expect(await get({ startColumn: '\ufffd' })).toEqual({ '\ufffd': '\ufffd', '👋': '👋' });
    expect(await get({ endColumn: '公司' })).toEqual({ a: 'a', a公: 'a公' });
  });

  it('may be in the key under such a name', async () => {
    await client.createTable(tableNamed('u', { 公司: 'STRING' }));
    const row = encodeRow({ key: [{ name: '公司', value: text('x') }], cells: [] });
    // The cell of the key, byte by byte: its name is six bytes long.
    const onTheWire = Buffer.from('030406000000e585ace58fb80506000000030100000078', 'hex');

    await rawPut('u', row);
    const answer = await rawCall(
      server,
      'GetRow',
      getRequest.encode({ table_name: 'u', primary_key: row, max_versions: 1 }),
    );

    expect([row.includes(onTheWire), answer.body.includes(onTheWire)]).toEqual([true, true]);
  });

  it('is charged for its name by bytes', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `${'公'.repeat(70)}${index}`);

    const { capacity_unit } = await rawPut(
      't',
      encodeRow({
        key: encodedKey,
        cells: cellsNamed(names).map((cell) => ({
          ...cell,
          value: { type: 'BOOLEAN', value: true },
        })),
      }),
    );

    // 30 names of 211 or 212 bytes, where 30 of 71 or 72 would be one unit.
    expect(capacity_unit.write).toBe(2);
  });

  it('has no name that is not UTF-8', async () => {
    const named = encodeRow({ key: encodedKey, cells: cellsNamed(['\ufffdb']) });
    const spoiled = Buffer.from(named);
    const at = spoiled.indexOf(Buffer.from('\ufffdb'));
    spoiled[at] = 0xff;

    await expect(rawPut('t', spoiled)).rejects.toThrow(
      "Invalid column name: '\ufffd\ufffd\ufffdb'.",
    );
  });
});

describe('columns to get', () => {
  beforeEach(() => put({ a: 1n, b: 2n, c: 3n }));

  it('are all when none is named', async () => {
    expect(await get({ columnsToGet: [] })).toEqual({ a: 1n, b: 2n, c: 3n });
  });

  it('are those that are named, once each', async () => {
    expect(await get({ columnsToGet: ['a', 'c', 'a', 'missing'] })).toEqual({ a: 1n, c: 3n });
  });

  it('make the row absent when none of them is there', async () => {
    expect(await get({ columnsToGet: ['missing'] })).toBeUndefined();
  });

  it('leave the key when one of them is in the key', async () => {
    expect(await get({ columnsToGet: ['pk', 'missing'] })).toEqual({});
  });

  it('are at most 1,024', async () => {
    const names = Array.from({ length: 1025 }, (_, index) => `c${index}`);

    expect(await get({ columnsToGet: ['a', ...names.slice(2)] })).toEqual({ a: 1n });
    await expect(get({ columnsToGet: names })).rejects.toMatchObject({
      message:
        'The number of columns from the request exceeds the limit, limit count: 1024, column count: 1025.',
    });
  });

  it('may be a window of names: from the first, to before the last', async () => {
    expect(await get({ startColumn: 'b' })).toEqual({ b: 2n, c: 3n });
    expect(await get({ endColumn: 'b' })).toEqual({ a: 1n });
    expect(await get({ startColumn: 'b', endColumn: 'c' })).toEqual({ b: 2n });
  });
});
