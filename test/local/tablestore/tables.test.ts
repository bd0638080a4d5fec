import {
  message,
  optional,
  repeated,
  required,
} from '../../../local/tablestore/encoding/proto/message.ts';
import {
  bool,
  int32,
  int64,
  sint64,
  string,
} from '../../../local/tablestore/encoding/proto/types.ts';
import type { TablestoreServer } from '../../../local/tablestore/index.ts';
import { errorMessage } from '../../../local/tablestore/protocol/messages.ts';
import {
  columns,
  condition,
  key,
  type OfficialClient,
  officialClient,
  rawCall,
  startTestTablestore,
  TS,
  tableNamed,
} from '../../helpers/tablestore.ts';

jest.setTimeout(60_000);

let server: TablestoreServer;
let client: OfficialClient;

beforeEach(async () => {
  server = await startTestTablestore();
  client = officialClient(server);
});

afterEach(() => server.close());

const NOT_NAMES = ['', '0', '#', '3t', '-', '表', 'a'.repeat(256)];
const NAMES = ['_0', '_T', 'A0', 'a'.repeat(255)];

it.each(NOT_NAMES)('refuses the table name %j in every call', async (tableName) => {
  const invalid = {
    code: 'OTSParameterInvalid',
    status: 400,
    message: `Invalid table name: '${tableName}'.`,
  };
  const row = {
    tableName,
    condition: condition(),
    primaryKey: key({ pk: 'a' }),
    attributeColumns: columns({ c: 'x' }),
  };

  await expect(client.createTable(tableNamed(tableName, { pk: 'STRING' }))).rejects.toMatchObject(
    invalid,
  );
  await expect(client.describeTable({ tableName })).rejects.toMatchObject(invalid);
  await expect(client.deleteTable({ tableName })).rejects.toMatchObject(invalid);
  await expect(
    client.updateTable({ tableName, tableOptions: { maxVersions: 2 } }),
  ).rejects.toMatchObject(invalid);
  await expect(client.putRow(row)).rejects.toMatchObject(invalid);
  await expect(client.getRow(row)).rejects.toMatchObject(invalid);
  await expect(client.deleteRow(row)).rejects.toMatchObject(invalid);
  await expect(
    client.updateRow({ ...row, updateOfAttributeColumns: [{ PUT: columns({ c: 'x' }) }] }),
  ).rejects.toMatchObject(invalid);
  await expect(
    client.getRange({
      tableName,
      direction: 'FORWARD',
      inclusiveStartPrimaryKey: key({ pk: TS.INF_MIN }),
      exclusiveEndPrimaryKey: key({ pk: TS.INF_MAX }),
    }),
  ).rejects.toMatchObject(invalid);
  await expect(
    client.batchGetRow({ tables: [{ tableName, primaryKey: [key({ pk: 'a' })] }] }),
  ).rejects.toMatchObject(invalid);
  await expect(
    client.batchWriteRow({ tables: [{ tableName, rows: [{ type: 'PUT', ...row }] }] }),
  ).rejects.toMatchObject(invalid);
});

it.each(NAMES)('lets a table be named %s', async (tableName) => {
  await client.createTable(tableNamed(tableName, { pk: 'STRING' }));

  expect(await client.listTable({})).toMatchObject({ tableNames: [tableName] });
});

it('describes a table as it was created', async () => {
  await client.createTable({
    tableMeta: {
      tableName: 't',
      primaryKey: [
        { name: 'a', type: 'STRING' },
        { name: 'b', type: 'INTEGER' },
        { name: 'c', type: 'BINARY' },
        { name: 'd', type: 'INTEGER', option: 'AUTO_INCREMENT' },
      ],
      definedColumn: [
        { name: 'x', type: TS.DefinedColumnType.DCT_STRING },
        { name: 'y', type: 7 },
      ],
    },
    reservedThroughput: { capacityUnit: { read: 3, write: 4 } },
    tableOptions: { timeToLive: 86_400, maxVersions: 5, maxTimeDeviation: 1000 },
  });

  const described = await client.describeTable({ tableName: 't' });

  expect(JSON.parse(JSON.stringify(described))).toMatchObject({
    tableMeta: {
      tableName: 't',
      primaryKey: [
        { name: 'a', type: 'STRING' },
        { name: 'b', type: 'INTEGER' },
        { name: 'c', type: 'BINARY' },
        { name: 'd', type: 'INTEGER', option: 'AUTO_INCREMENT' },
      ],
      definedColumn: [
        { name: 'x', type: 'DCT_STRING' },
        { name: 'y', type: 'DCT_BLOB' },
      ],
    },
    reservedThroughputDetails: { capacityUnit: { read: 3, write: 4 } },
    tableOptions: { timeToLive: 86_400, maxVersions: 5, allowUpdate: true },
    tableStatus: 'ACTIVE',
    streamDetails: { enableStream: false },
  });
});

it('by default, keeps one version for ever, with timestamps within a day of now', async () => {
  const { tableMeta, reservedThroughput } = tableNamed('t', { pk: 'STRING' }) as {
    tableMeta: object;
    reservedThroughput: object;
  };
  await client.createTable({ tableMeta, reservedThroughput, tableOptions: {} });

  const { tableOptions } = await client.describeTable({ tableName: 't' });

  expect(JSON.parse(JSON.stringify(tableOptions))).toMatchObject({
    timeToLive: -1,
    maxVersions: 1,
    deviationCellVersionInSec: '86400',
  });
});

it('refuses to create a table twice', async () => {
  await client.createTable(tableNamed('t', { pk: 'STRING' }));

  await expect(client.createTable(tableNamed('t', { pk: 'STRING' }))).rejects.toMatchObject({
    code: 'OTSObjectAlreadyExist',
    status: 409,
    message: 'Requested table already exists.',
  });
});

it('has nothing of a deleted table left, not even when its name is used again', async () => {
  const missing = {
    code: 'OTSObjectNotExist',
    status: 404,
    message: 'Requested table does not exist.',
  };
  await client.createTable(tableNamed('t', { pk: 'STRING' }));
  await client.putRow({
    tableName: 't',
    condition: condition(),
    primaryKey: key({ pk: 'a' }),
    attributeColumns: columns({ c: 'x' }),
  });
  await client.deleteTable({ tableName: 't' });
  await expect(client.describeTable({ tableName: 't' })).rejects.toMatchObject(missing);
  await expect(client.deleteTable({ tableName: 't' })).rejects.toMatchObject(missing);

  await client.createTable(tableNamed('t', { other: 'STRING' }));
  const { row } = await client.getRow({ tableName: 't', primaryKey: key({ other: 'a' }) });

  expect(row).toEqual({});
});

it('keeps 64 tables and not one more', async () => {
  for (let table = 0; table < 64; table += 1) {
    await client.createTable(tableNamed(`t${table}`, { pk: 'STRING' }));
  }

  await expect(client.createTable(tableNamed('t64', { pk: 'STRING' }))).rejects.toMatchObject({
    code: 'OTSQuotaExhausted',
    status: 403,
    message: 'Number of tables exceeds the quota:64.',
  });
});

it.each<[string, object, string]>([
  ['no key', { primaryKey: [] }, 'The number of primary key columns must be in range: [1, 4].'],
  [
    'five key columns',
    { primaryKey: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, type: 'STRING' })) },
    'The number of primary key columns must be in range: [1, 4].',
  ],
  [
    'a key column twice',
    { primaryKey: ['PK0', 'PK0'].map((name) => ({ name, type: 'STRING' })) },
    "Duplicated primary key name: 'PK0'.",
  ],
  [
    'a key column that is badly named',
    { primaryKey: [{ name: '#abc', type: 'STRING' }] },
    "Invalid column name: '#abc'.",
  ],
  [
    'an AUTO_INCREMENT column in front',
    { primaryKey: [{ name: 'a', type: 'INTEGER', option: 'AUTO_INCREMENT' }] },
    "First primary key can't be auto increment, table: t.",
  ],
  [
    'an AUTO_INCREMENT column of strings',
    {
      primaryKey: [
        { name: 'a', type: 'INTEGER' },
        { name: 'b', type: 'STRING', option: 'AUTO_INCREMENT' },
      ],
    },
    'AUTO_INCREMENT primary key must be integer.',
  ],
  [
    'two AUTO_INCREMENT columns',
    {
      primaryKey: [
        { name: 'a', type: 'INTEGER' },
        { name: 'b', type: 'INTEGER', option: 'AUTO_INCREMENT' },
        { name: 'c', type: 'INTEGER', option: 'AUTO_INCREMENT' },
      ],
    },
    'AUTO_INCREMENT primary key count must <= 1.',
  ],
  [
    '33 defined columns',
    {
      primaryKey: [{ name: 'a', type: 'STRING' }],
      definedColumn: Array.from({ length: 33 }, (_, index) => ({ name: `c${index}`, type: 1 })),
    },
    'The number of defined columns must be in range: [0, 32].',
  ],
])('refuses a table with %s', async (_what, tableMeta, message) => {
  const table = { ...tableNamed('t', {}), tableMeta: { tableName: 't', ...tableMeta } };

  await expect(client.createTable(table)).rejects.toMatchObject({
    code: 'OTSParameterInvalid',
    status: 400,
    message,
  });
});

it('refuses key columns of DOUBLE or BOOLEAN', async () => {
  for (const type of [4, 5]) {
    const primaryKey = message({
      name: required(1, string),
      type: required(2, int32),
    });
    const create = message({
      table_meta: required(
        1,
        message({ table_name: required(1, string), primary_key: repeated(2, primaryKey) }),
      ),
      reserved_throughput: required(2, message({ capacity_unit: required(1, message({})) })),
    });

    const answer = await rawCall(
      server,
      'CreateTable',
      create.encode({
        table_meta: { table_name: 't', primary_key: [{ name: 'pk', type }] },
        reserved_throughput: { capacity_unit: {} },
      }),
    );

    expect(answer.status).toBe(400);
    expect(errorMessage.decode(answer.body).code).toBe('OTSParameterInvalid');
  }
});

it.each([
  [{ timeToLive: 0 }, 'TimeToLive cannot be 0 or less than -1.'],
  [{ timeToLive: -2 }, 'TimeToLive cannot be 0 or less than -1.'],
  [{ timeToLive: 86_399 }, 'TimeToLive must be -1 or at least 86400.'],
  [{ maxVersions: 0 }, 'The maximum versions cannot be less than or equal to 0.'],
  [{ maxTimeDeviation: -1 }, 'The maximum deviation must be in range [0, INT64_MAX/1000000].'],
])('refuses the table options %j', async (options, message) => {
  await client.createTable(tableNamed('t', { pk: 'STRING' }));
  const invalid = { code: 'OTSParameterInvalid', status: 400, message };

  // Even where the table is there already.
  await expect(
    client.createTable(tableNamed('t', { pk: 'STRING' }, options)),
  ).rejects.toMatchObject(invalid);
  await expect(client.updateTable({ tableName: 't', tableOptions: options })).rejects.toMatchObject(
    invalid,
  );
});

it('reserves up to 100,000 capacity units, and no more', async () => {
  const reserving = (tableName: string, read: number) => ({
    ...tableNamed(tableName, { pk: 'STRING' }),
    reservedThroughput: { capacityUnit: { read, write: 0 } },
  });

  await client.createTable(reserving('t', 100_000));

  await expect(client.createTable(reserving('u', 100_001))).rejects.toMatchObject({
    code: 'OTSParameterInvalid',
    message: 'Invalid Capacity Unit:100001. Capacity Unit must be at most 100000.',
  });
});

it('changes the options that an update names, and no others', async () => {
  await client.createTable(tableNamed('t', { pk: 'STRING' }, { maxVersions: 3 }));

  await client.updateTable({ tableName: 't', tableOptions: { timeToLive: 100_000 } });
  const { tableOptions } = await client.describeTable({ tableName: 't' });

  expect(JSON.parse(JSON.stringify(tableOptions))).toMatchObject({
    timeToLive: 100_000,
    maxVersions: 3,
    deviationCellVersionInSec: '86400',
  });
});

it('lets a table forbid updates of its rows', async () => {
  await client.createTable(tableNamed('t', { pk: 'STRING' }, { allowUpdate: false }));

  await expect(
    client.updateRow({
      tableName: 't',
      condition: condition(),
      primaryKey: key({ pk: 'a' }),
      updateOfAttributeColumns: [{ PUT: columns({ c: 'x' }) }],
    }),
  ).rejects.toMatchObject({
    code: 'OTSParameterInvalid',
    message: 'Update operation is not allowed in this table',
  });
});

it('adds and deletes defined columns, for the clients that can', async () => {
  await client.createTable(tableNamed('t', { pk: 'STRING' }));
  const column = message({ name: required(1, string), type: required(2, int32) });
  const add = message({ table_name: required(1, string), columns: repeated(2, column) });
  const remove = message({ table_name: required(1, string), columns: repeated(2, string) });

  await rawCall(
    server,
    'AddDefinedColumn',
    add.encode({
      table_name: 't',
      columns: [
        { name: 'x', type: 1 },
        { name: 'y', type: 4 },
      ],
    }),
  );
  await rawCall(server, 'DeleteDefinedColumn', remove.encode({ table_name: 't', columns: ['x'] }));
  const again = await rawCall(
    server,
    'DeleteDefinedColumn',
    remove.encode({ table_name: 't', columns: ['x'] }),
  );

  const { tableMeta } = await client.describeTable({ tableName: 't' });
  expect(JSON.parse(JSON.stringify(tableMeta.definedColumn))).toEqual([
    { name: 'y', type: 'DCT_STRING' },
  ]);
  expect(errorMessage.decode(again.body).message).toBe('Column does not exist:x.');
});

it('finds no points to split a table at', async () => {
  await client.createTable(tableNamed('t', { pk: 'STRING' }));
  const split = message({
    table_name: required(1, string),
    split_size: required(2, int64),
    split_size_unit_in_byte: optional(3, int64),
  });
  const location = message({ location: required(1, string), repeat: required(2, sint64) });
  const points = message({
    schema: repeated(2, message({ name: required(1, string) })),
    split_points: repeated(3, string),
    locations: repeated(4, location),
  });
  const compute = (size: bigint, unitBytes?: bigint) =>
    rawCall(
      server,
      'ComputeSplitPointsBySize',
      split.encode({ table_name: 't', split_size: size, split_size_unit_in_byte: unitBytes }),
    );
  const words = async (size: bigint, unitBytes?: bigint) =>
    errorMessage.decode((await compute(size, unitBytes)).body).message;

  const answer = await compute(1n, 1_048_576n);

  // One place for the one part that no point divides: a client counts one more of them than of points.
  expect(points.decode(answer.body)).toEqual({
    schema: [{ name: 'pk' }],
    split_points: [],
    locations: [{ location: expect.stringMatching(/^.{32}$/), repeat: 1n }],
  });
  expect((await compute(1n)).body).toEqual(answer.body);
  expect(await words(0n)).toBe('The split_size should be greater than 0.');
  expect(await words(1n, 1_048_575n)).toBe(
    'The split_size_unit_in_byte should be greater equal than: 1048576',
  );
});

describe('what a request says by itself is judged before its table is looked up', () => {
  const ROW = { tableName: 'missing', condition: condition(), primaryKey: key({ pk: 'a' }) };
  const ENDLESS = key({ pk: TS.INF_MAX });
  const NAMED = { ...ROW, attributeColumns: columns({ '#': 1n }) };
  const EXPECTING = {
    type: 'PUT',
    ...ROW,
    attributeColumns: [],
    condition: condition('EXPECT_EXIST'),
  };
  const RANGE = {
    tableName: 'missing',
    direction: 'FORWARD',
    inclusiveStartPrimaryKey: key({ pk: 'a' }),
    exclusiveEndPrimaryKey: key({ pk: 'b' }),
  };
  const INVALID_NAME = "Invalid column name: '#'.";
  const INVALID_KEY = 'VT_INF_MAX is an invalid type for the primary key.';
  const batch = (rows: object[]) => ({ tables: [{ tableName: 'missing', rows }] });
  const reads = (params: object) => ({ tables: [{ tableName: 'missing', ...params }] });

  it.each<[keyof OfficialClient, string, object]>([
    ['putRow', INVALID_NAME, NAMED],
    ['putRow', INVALID_KEY, { ...NAMED, primaryKey: ENDLESS }],
    ['updateRow', 'Attribute column is missing.', { ...ROW, updateOfAttributeColumns: [] }],
    ['deleteRow', INVALID_KEY, { ...ROW, primaryKey: ENDLESS }],
    ['getRow', INVALID_NAME, { ...ROW, columnsToGet: ['#'] }],
    ['getRow', INVALID_KEY, { ...ROW, primaryKey: ENDLESS }],
    ['getRange', INVALID_NAME, { ...RANGE, columnsToGet: ['#'] }],
    ['getRange', 'The limit must be greater than 0.', { ...RANGE, limit: -1 }],
    [
      'getRange',
      'Begin key must more than end key in BACKWARD',
      { ...RANGE, direction: 'BACKWARD' },
    ],
    ['batchGetRow', INVALID_NAME, reads({ primaryKey: [key({ pk: 'a' })], columnsToGet: ['#'] })],
    ['batchGetRow', INVALID_KEY, reads({ primaryKey: [ENDLESS] })],
    ['batchWriteRow', INVALID_NAME, batch([{ type: 'PUT', ...NAMED }])],
    [
      'batchWriteRow',
      'Repeated rows do not support row exist expectation check in BatchModify.',
      batch([EXPECTING, EXPECTING]),
    ],
    [
      'updateTable',
      'TimeToLive cannot be 0 or less than -1.',
      { tableName: 'missing', tableOptions: { timeToLive: 0 } },
    ],
    [
      'updateTable',
      'Invalid Capacity Unit:100001. Capacity Unit must be at most 100000.',
      {
        tableName: 'missing',
        tableOptions: {},
        reservedThroughput: { capacityUnit: { read: 100_001, write: 0 } },
      },
    ],
    [
      'startLocalTransaction',
      'StartLocalTransaction support only one primary key.',
      { tableName: 'missing', primaryKey: key({ a: 'a', b: 'b' }) },
    ],
  ])('by %s: %s', async (method, message, params) => {
    await expect(client[method](params)).rejects.toMatchObject({
      code: 'OTSParameterInvalid',
      message,
    });
  });

  const DEFINED = message({ name: required(1, string), type: required(2, int32) });
  const ADD = message({ table_name: required(1, string), columns: repeated(2, DEFINED) });
  const SPLIT = message({ table_name: required(1, string), split_size: required(2, int64) });
  const twice = { name: 'c', type: 1 };

  it.each([
    [
      'AddDefinedColumn',
      "Duplicated column name: 'c'.",
      ADD.encode({ table_name: 'missing', columns: [twice, twice] }),
    ],
    [
      'ComputeSplitPointsBySize',
      'The split_size should be greater than 0.',
      SPLIT.encode({ table_name: 'missing', split_size: 0n }),
    ],
  ])('by %s: %s', async (operation, words, body) => {
    const answer = await rawCall(server, operation, body);

    expect(errorMessage.decode(answer.body)).toEqual({
      code: 'OTSParameterInvalid',
      message: words,
    });
  });

  it('and before its key is compared with that of the table', async () => {
    await client.createTable(tableNamed('t', { other: 'STRING' }));
    const mismatch = {
      code: 'OTSInvalidPK',
      message: 'Validate PK name fail. Input: pk, Meta: other.',
    };

    await expect(client.putRow({ ...NAMED, tableName: 't' })).rejects.toMatchObject({
      message: INVALID_NAME,
    });
    await expect(client.getRange({ ...RANGE, tableName: 't' })).rejects.toMatchObject(mismatch);
    await expect(
      client.getRange({ ...RANGE, tableName: 't', exclusiveEndPrimaryKey: key({ pk: 1n }) }),
    ).rejects.toMatchObject(mismatch);
  });
});

it('says when a table was made, in microseconds', async () => {
  const before = Date.now();
  await client.createTable(tableNamed('t', { pk: 'STRING' }));

  const answer = await rawCall(
    server,
    'DescribeTable',
    message({ table_name: required(1, string) }).encode({ table_name: 't' }),
  );

  const { creation_time } = message({ creation_time: required(9, int64) }).decode(answer.body);
  expect(Number(creation_time / 1000n)).toBeGreaterThanOrEqual(before);
  expect(Number(creation_time / 1000n)).toBeLessThanOrEqual(Date.now());
});

describe('what is left out', () => {
  it.each(['CreateIndex', 'GetStreamRecord', 'Search', 'SQLQuery', 'CreateTunnel'])(
    'is refused by name: %s',
    async (operation) => {
      const answer = await rawCall(server, operation, Buffer.alloc(0));

      expect(answer.status).toBe(400);
      expect(errorMessage.decode(answer.body)).toEqual({
        code: 'OTSParameterInvalid',
        message: `${operation} is not supported by the local Tablestore.`,
      });
    },
  );

  it('is refused at the creation of a table', async () => {
    const stream = {
      ...tableNamed('t', { pk: 'STRING' }),
      streamSpecification: { enableStream: true, expirationTime: 24 },
    };
    const transactions = message({
      table_meta: required(
        1,
        message({
          table_name: required(1, string),
          primary_key: repeated(
            2,
            message({ name: required(1, string), type: required(2, int32) }),
          ),
        }),
      ),
      reserved_throughput: required(2, message({ capacity_unit: required(1, message({})) })),
      enable_local_txn: optional(8, bool),
    });

    const answer = await rawCall(
      server,
      'CreateTable',
      transactions.encode({
        table_meta: { table_name: 't', primary_key: [{ name: 'pk', type: 2 }] },
        reserved_throughput: { capacity_unit: {} },
        enable_local_txn: true,
      }),
    );

    expect(errorMessage.decode(answer.body).message).toBe(
      'A table with local transactions is not supported by the local Tablestore.',
    );
    await expect(client.createTable(stream)).rejects.toMatchObject({
      message: 'A stream is not supported by the local Tablestore.',
    });
  });

  it('includes transactions, as on every table of the service not made for them', async () => {
    await client.createTable(tableNamed('t', { pk: 'STRING' }));

    await expect(
      client.startLocalTransaction({ tableName: 't', primaryKey: key({ pk: 'a' }) }),
    ).rejects.toMatchObject({
      code: 'OTSParameterInvalid',
      message:
        'Try to call method using explicit transaction on explicit-transaction-disabled table.',
    });
    await expect(client.commitTransaction({ transactionId: 'none' })).rejects.toMatchObject({
      code: 'OTSSessionNotExist',
      message: 'Session not exist or may be timeout.',
    });
  });

  it.each(['ListSearchIndex', 'ListTimeseriesTable'])(
    'does not include the question of the official suites for what there is: %s',
    async (operation) => {
      const answer = await rawCall(server, operation, Buffer.alloc(0));

      expect(answer).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    },
  );
});
