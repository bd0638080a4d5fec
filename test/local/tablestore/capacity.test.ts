import type { TablestoreServer } from '../../../local/tablestore/index.ts';
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
} from '../../helpers/tablestore.ts';

let server: TablestoreServer;
let client: OfficialClient;

beforeEach(async () => {
  server = await startTestTablestore();
  client = officialClient(server);
  await client.createTable(tableNamed('t', { pk: 'INTEGER' }));
});

afterEach(() => server.close());

type Consumed = { consumed: { capacityUnit: { read: number; write: number } } };

const units = async (answer: Promise<Consumed>) => {
  const { read, write } = (await answer).consumed.capacityUnit;
  return [read, write];
};

const keyAt = (pk: bigint) => key({ pk });

const put = (pk: bigint, values: Record<string, Plain>, expected = condition()) =>
  client.putRow({
    tableName: 't',
    condition: expected,
    primaryKey: keyAt(pk),
    attributeColumns: columns(values),
  });

const get = (pk: bigint, params: object = {}) =>
  client.getRow({ tableName: 't', primaryKey: keyAt(pk), ...params });

const range = (params: object = {}) =>
  client.getRange({
    tableName: 't',
    direction: 'FORWARD',
    inclusiveStartPrimaryKey: key({ pk: TS.INF_MIN }),
    exclusiveEndPrimaryKey: key({ pk: TS.INF_MAX }),
    ...params,
  });

const text = (bytes: number) => 'x'.repeat(bytes);

describe('the price', () => {
  it('of a read is one unit for every 4 KB begun, and one for a missing row', async () => {
    await put(1n, { c: text(5000) });

    expect(await units(get(1n))).toEqual([2, 0]);
    expect(await units(get(2n))).toEqual([1, 0]);
  });

  it('of a read is that of the columns that were asked for', async () => {
    await put(1n, Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((c) => [c, text(2048)])));

    expect(await units(get(1n, { columnsToGet: ['a', 'b'] }))).toEqual([2, 0]);
    expect(await units(get(1n, { columnsToGet: ['missing'] }))).toEqual([1, 0]);
    const { tables } = await client.batchGetRow({
      tables: [{ tableName: 't', primaryKey: [keyAt(1n), keyAt(1n)] }],
    });
    expect(
      tables[0].map(({ capacityUnit }: Consumed['consumed']) => [
        capacityUnit.read,
        capacityUnit.write,
      ]),
    ).toEqual([
      [3, 0],
      [3, 0],
    ]);
  });

  it('of a range is that of all its rows together', async () => {
    for (const pk of [1n, 2n]) await put(pk, { a: text(4096), b: text(4096), c: text(4096) });

    expect(await units(range({ limit: 1 }))).toEqual([4, 0]);
    expect(await units(range())).toEqual([7, 0]);
    expect(await units(range({ columnsToGet: ['a', 'b'] }))).toEqual([5, 0]);
  });

  it('of a range is the same with a filter, and one unit without any row', async () => {
    for (const pk of [1n, 2n]) await put(pk, { a: text(4096), b: text(4096), c: text(4096) });
    const columnFilter = new TS.SingleColumnCondition('a', 'y', TS.ComparatorType.EQUAL, false);

    expect(await units(range({ columnFilter }))).toEqual([7, 0]);
    expect(await units(range({ inclusiveStartPrimaryKey: keyAt(9n) }))).toEqual([1, 0]);
  });

  it('of a put is that of its data, and of its key if it expects something', async () => {
    const values = { a: text(4096), b: text(4096) };

    expect(await units(put(1n, values))).toEqual([0, 3]);
    expect(await units(put(1n, values, condition('EXPECT_EXIST')))).toEqual([1, 3]);
  });

  it('of a deletion is that of the key', async () => {
    const remove = (expected: object) =>
      client.deleteRow({ tableName: 't', condition: expected, primaryKey: keyAt(1n) });
    await put(1n, { a: text(10_000) });

    expect(await units(remove(condition('EXPECT_EXIST')))).toEqual([1, 1]);
    expect(await units(remove(condition()))).toEqual([0, 1]);
  });

  it('of an update is that of what was sent, names of deleted columns included', async () => {
    await put(1n, { a: text(10_000) });
    const update = (...steps: object[]) =>
      client.updateRow({
        tableName: 't',
        condition: condition(),
        primaryKey: keyAt(1n),
        updateOfAttributeColumns: steps,
      });
    const names = Array.from({ length: 40 }, (_, at) => `c${at}`.padEnd(110, '_'));

    expect(await units(update({ PUT: columns({ b: text(5000) }) }))).toEqual([0, 2]);
    expect(await units(update({ DELETE_ALL: names }))).toEqual([0, 2]);
  });

  it('of an increment is one unit more, for the read of what it adds to', async () => {
    const increment = { INCREMENT: columns({ n: 1n }) };
    const row = { tableName: 't', condition: condition(), primaryKey: keyAt(1n) };

    expect(
      await units(client.updateRow({ ...row, updateOfAttributeColumns: [increment] })),
    ).toEqual([1, 1]);
    const { tables } = await client.batchWriteRow({
      tables: [
        { tableName: 't', rows: [{ type: 'UPDATE', ...row, attributeColumns: [increment] }] },
      ],
    });
    expect(tables[0].capacityUnit).toMatchObject({ read: 1, write: 1 });
  });
});

it('is summed up by table, and requests by operation', async () => {
  await put(1n, { a: text(5000) });
  await get(1n);
  await get(2n);
  await expect(put(1n, {}, condition('EXPECT_NOT_EXIST'))).rejects.toMatchObject({
    code: 'OTSConditionCheckFail',
  });
  await client.batchWriteRow({
    tables: [
      {
        tableName: 't',
        rows: [2n, 3n].map((pk) => ({
          type: 'PUT',
          condition: condition(),
          primaryKey: keyAt(pk),
          attributeColumns: [],
        })),
      },
    ],
  });
  await range();

  expect(server.usage).toEqual({
    tables: {
      // A put of 2, reads of 2 and 1, a failed condition of 1 and 1, two puts of 1, a range of 2.
      t: { read: 2 + 1 + 1 + 2, write: 2 + 1 + 2, rowsRead: 1 + 3, rowsWritten: 1 + 2 },
    },
    requests: { CreateTable: 1, PutRow: 2, GetRow: 2, BatchWriteRow: 1, GetRange: 1 },
  });
});

it('is not charged for a batch that fails as a whole', async () => {
  const { tables } = server.usage;

  await expect(
    client.batchWriteRow({
      tables: [
        {
          tableName: 't',
          rows: [
            {
              type: 'PUT',
              condition: condition(),
              primaryKey: keyAt(1n),
              attributeColumns: columns({ '#': 1n }),
            },
          ],
        },
      ],
    }),
  ).rejects.toMatchObject({ code: 'OTSParameterInvalid' });

  expect(server.usage.tables).toEqual(tables);
});
