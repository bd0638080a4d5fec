import {
  message,
  optional,
  repeated,
  required,
} from '../../../local/tablestore/encoding/proto/message.ts';
import { bool, bytes, string } from '../../../local/tablestore/encoding/proto/types.ts';
import { encodeRow } from '../../../local/tablestore/engine/stored-row.ts';
import type { TablestoreServer } from '../../../local/tablestore/index.ts';
import { errorMessage } from '../../../local/tablestore/protocol/messages.ts';
import {
  columns,
  condition,
  key,
  type OfficialClient,
  officialClient,
  type Plain,
  plain,
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
  await client.createTable(tableNamed('t', { pk: 'STRING', seq: 'INTEGER' }));
  await client.createTable(tableNamed('u', { pk: 'STRING' }));
});

afterEach(() => server.close());

const keyAt = (seq: bigint) => key({ pk: 'a', seq });

const putRow = (primaryKey: object[], values: Record<string, Plain> = { v: 1n }) => ({
  type: 'PUT',
  condition: condition(),
  primaryKey,
  attributeColumns: columns(values),
});

const write = async (rows: object[], tableName = 't') => {
  const { tables } = await client.batchWriteRow({ tables: [{ tableName, rows }] });
  return tables.map(outcome);
};

const outcome = (row: { isOk: boolean; errorCode: string; errorMessage: string }) =>
  row.isOk ? 'ok' : `${row.errorCode}: ${row.errorMessage}`;

const get = async (seq: bigint) => {
  const { row } = await client.getRow({ tableName: 't', primaryKey: keyAt(seq) });
  return row.primaryKey === undefined ? undefined : valuesOf(row);
};

describe('BatchWriteRow', () => {
  it('writes rows of several tables, and answers in the order of the request', async () => {
    await client.batchWriteRow({
      tables: [
        { tableName: 'u', rows: [putRow(key({ pk: 'x' }), { v: 'u' })] },
        { tableName: 't', rows: [putRow(keyAt(2n)), putRow(keyAt(1n))] },
      ],
    });

    const { tables } = await client.batchGetRow({
      tables: [
        { tableName: 't', primaryKey: [keyAt(1n), keyAt(3n), keyAt(2n)] },
        { tableName: 'u', primaryKey: [key({ pk: 'x' })] },
      ],
    });

    expect(tables.map((rows: object[]) => rows.map((row) => valuesOf(row)))).toEqual([
      [{ v: 1n }, {}, { v: 1n }],
      [{ v: 'u' }],
    ]);
  });

  it('answers 200 with three failed conditions when three rows are missing', async () => {
    const expected = condition('EXPECT_EXIST');

    const rows = await write([
      { ...putRow(keyAt(1n)), condition: expected },
      {
        type: 'UPDATE',
        condition: expected,
        primaryKey: keyAt(2n),
        attributeColumns: [{ PUT: columns({ v: 1n }) }],
      },
      { type: 'DELETE', condition: expected, primaryKey: keyAt(3n) },
    ]);

    expect(rows).toEqual(Array(3).fill('OTSConditionCheckFail: Condition check failed.'));
  });

  it('leaves the last of ten puts of one row', async () => {
    const rows = await write(
      Array.from({ length: 10 }, (_, at) => putRow(keyAt(1n), { [`c${at}`]: BigInt(at) })),
    );

    expect(rows).toEqual(Array(10).fill('ok'));
    expect(await get(1n)).toEqual({ c9: 9n });
  });

  it('leaves all columns of ten updates of one row', async () => {
    await write(
      Array.from({ length: 10 }, (_, at) => ({
        type: 'UPDATE',
        condition: condition(),
        primaryKey: keyAt(1n),
        attributeColumns: [{ PUT: columns({ [`c${at}`]: BigInt(at) }) }],
      })),
    );

    expect(Object.keys((await get(1n)) ?? {})).toHaveLength(10);
  });

  it.each<[string, object, string]>([
    [
      'an expectation',
      { condition: condition('EXPECT_NOT_EXIST') },
      'Repeated rows do not support row exist expectation check in BatchModify.',
    ],
    [
      'a condition',
      {
        condition: condition(
          'IGNORE',
          new TS.SingleColumnCondition('v', 'x', TS.ComparatorType.EQUAL, true),
        ),
      },
      'Repeated rows do not support row condition check in BatchModify.',
    ],
    [
      'an increment',
      {
        type: 'UPDATE',
        attributeColumns: [{ INCREMENT: [{ v: TS.Long.fromString('1') }] }],
      },
      'Repeated rows do not support increment in BatchModify.',
    ],
  ])('refuses to write a row twice with %s', async (_what, difference, message) => {
    const rows = [putRow(keyAt(1n)), { ...putRow(keyAt(1n)), ...difference }];

    await expect(write(rows)).rejects.toMatchObject({ code: 'OTSParameterInvalid', message });
    expect(await get(1n)).toBeUndefined();
  });

  it('fails a row with a wrong key alone', async () => {
    const rows = await write([
      putRow(keyAt(1n)),
      putRow(key({ pk: 'a', other: 1n })),
      putRow(key({ pk: 'a', seq: 'x' })),
      putRow(key({ pk: 'a' })),
      putRow(key({ seq: 1n, pk: 'a' })),
      putRow(keyAt(2n)),
    ]);

    expect(rows).toEqual([
      'ok',
      'OTSInvalidPK: Validate PK name fail. Input: other, Meta: seq.',
      'OTSInvalidPK: Validate PK type fail. Input: VT_STRING, Meta: VT_INTEGER.',
      'OTSInvalidPK: Validate PK size fail. Input: 1, Meta: 2.',
      'OTSInvalidPK: Validate PK name fail. Input: seq, Meta: pk.',
      'ok',
    ]);
    expect([await get(1n), await get(2n)]).toEqual([{ v: 1n }, { v: 1n }]);
  });

  it('fails the rows of a missing table alone', async () => {
    const { tables } = await client.batchWriteRow({
      tables: [
        { tableName: 't', rows: [putRow(keyAt(1n))] },
        { tableName: 'missing', rows: [putRow(keyAt(1n))] },
      ],
    });

    expect(tables.map(outcome)).toEqual([
      'ok',
      'OTSObjectNotExist: Requested table does not exist.',
    ]);
  });

  it('fails as a whole with a column that cannot be, and writes nothing', async () => {
    await expect(write([putRow(keyAt(1n)), putRow(keyAt(2n), { '#': 1n })])).rejects.toMatchObject({
      code: 'OTSParameterInvalid',
      message: "Invalid column name: '#'.",
    });
    expect(await get(1n)).toBeUndefined();
  });

  it('returns the keys of the rows that asked for them', async () => {
    const { tables } = await client.batchWriteRow({
      tables: [
        {
          tableName: 't',
          rows: [
            putRow(keyAt(1n)),
            { ...putRow(keyAt(2n)), returnContent: { returnType: TS.ReturnType.Primarykey } },
          ],
        },
      ],
    });

    const keys = tables.map(({ primaryKey }: { primaryKey?: { value: unknown }[] }) =>
      primaryKey?.map(({ value }) => plain(value)),
    );
    expect(keys).toEqual([undefined, ['a', 2n]]);
  });

  it('takes 200 rows and no more', async () => {
    const rows = (count: number) =>
      Array.from({ length: count }, (_, seq) => putRow(keyAt(BigInt(seq))));

    expect(await write(rows(200))).toHaveLength(200);
    await expect(write(rows(201))).rejects.toMatchObject({
      code: 'OTSParameterInvalid',
      message: 'Rows count exceeds the upper limit: 200.',
    });
  });

  it('takes 4 MB and not a byte more, timestamps counted', async () => {
    const now = Date.now();
    // Each row: pk + a + seq + 8 = 14 bytes of key, v + 8 = 9 of column and timestamp.
    const rowOf = (bytes: number, seq: bigint) => ({
      ...putRow(keyAt(seq)),
      attributeColumns: [{ v: Buffer.alloc(bytes), timestamp: now }],
    });
    const half = 2 * 1024 * 1024 - 23;

    await write([rowOf(half, 1n), rowOf(half, 2n)]);

    await expect(write([rowOf(half, 1n), rowOf(half + 1, 2n)])).rejects.toMatchObject({
      code: 'OTSParameterInvalid',
      message:
        'The total data size of BatchWriteRow request exceeds the limit, limit size: 4194304, data size: 4194305.',
    });
  });

  it('must have tables, and rows in each', async () => {
    const empty = await rawCall(server, 'BatchWriteRow', Buffer.alloc(0));

    expect(errorMessage.decode(empty.body).message).toBe('No row is specified in BatchWriteRow.');
    await expect(write([])).rejects.toMatchObject({
      message: "No operation is specified for table: 't'.",
    });
  });

  it('cannot be atomic', async () => {
    const batch = message({
      tables: repeated(1, message({ table_name: required(1, string) })),
      is_atomic: optional(3, bool),
    });

    const answer = await rawCall(
      server,
      'BatchWriteRow',
      batch.encode({ tables: [], is_atomic: true }),
    );

    expect(errorMessage.decode(answer.body).message).toBe(
      'An atomic BatchWriteRow is not supported by the local Tablestore.',
    );
  });
});

describe('BatchGetRow', () => {
  const read = async (primaryKey: object[][], tableName = 't') => {
    const { tables } = await client.batchGetRow({ tables: [{ tableName, primaryKey }] });
    return tables[0].map(outcome);
  };

  it('may read a row twice', async () => {
    expect(await read([keyAt(1n), keyAt(1n)])).toEqual(['ok', 'ok']);
  });

  it('selects columns as a read of one row does', async () => {
    await write([putRow(keyAt(1n), { a: 1n }), putRow(keyAt(2n), { b: 2n })]);
    const select = async (columnsToGet: string[]) => {
      const { tables } = await client.batchGetRow({
        tables: [{ tableName: 't', primaryKey: [keyAt(1n), keyAt(2n)], columnsToGet }],
      });
      return tables[0].map((row: { primaryKey?: unknown }) => row.primaryKey && valuesOf(row));
    };

    expect(await select([])).toEqual([{ a: 1n }, { b: 2n }]);
    expect(await select(['a'])).toEqual([{ a: 1n }, null]);
    expect(await select(['seq'])).toEqual([{}, {}]);
  });

  it('fails a row with a wrong key alone', async () => {
    expect(await read([keyAt(1n), key({ pk: 'a' })])).toEqual([
      'ok',
      'OTSInvalidPK: Validate PK size fail. Input: 1, Meta: 2.',
    ]);
  });

  it('fails the rows of a missing table alone', async () => {
    expect(await read([keyAt(1n)], 'missing')).toEqual([
      'OTSObjectNotExist: Requested table does not exist.',
    ]);
  });

  it('answers nothing for a table without keys', async () => {
    const { tables } = await client.batchGetRow({ tables: [{ tableName: 't', primaryKey: [] }] });

    expect(tables).toEqual([[]]);
  });

  it('wants versions of the rows of a table, and of a table without rows not even that it exists', async () => {
    const reads = message({ table_name: required(1, string), primary_key: repeated(2, bytes) });
    const batch = message({ tables: repeated(1, reads) });
    const call = (tables: Parameters<typeof batch.encode>[0]['tables']) =>
      rawCall(server, 'BatchGetRow', batch.encode({ tables }));
    const encodedKey = encodeRow({
      key: [{ name: 'pk', value: { type: 'STRING', value: Buffer.from('x') } }],
      cells: [],
    });

    const empty = await call([
      { table_name: 'missing', primary_key: [] },
      { table_name: 'u', primary_key: [] },
    ]);
    const refused = await call([{ table_name: 'u', primary_key: [encodedKey] }]);

    expect(empty.status).toBe(200);
    expect(batch.decode(empty.body).tables).toEqual([
      { table_name: 'missing', primary_key: [] },
      { table_name: 'u', primary_key: [] },
    ]);
    expect(errorMessage.decode(refused.body).message).toBe(
      'No version condition is specified while querying row.',
    );
  });

  it('must have tables', async () => {
    await expect(client.batchGetRow({ tables: [] })).rejects.toMatchObject({
      code: 'OTSParameterInvalid',
      message: 'No row specified in the request of BatchGetRow.',
    });
  });

  it('takes 100 rows and no more', async () => {
    const keys = (count: number) => Array.from({ length: count }, (_, seq) => keyAt(BigInt(seq)));

    expect(await read(keys(100))).toHaveLength(100);
    await expect(read(keys(101))).rejects.toMatchObject({
      code: 'OTSParameterInvalid',
      message: 'Rows count exceeds the upper limit: 100.',
    });
  });
});
