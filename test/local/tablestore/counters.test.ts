import type { TablestoreServer } from '../../../local/tablestore/index.ts';
import {
  columns,
  condition,
  key,
  type OfficialClient,
  officialClient,
  plain,
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
});

afterEach(() => server.close());

describe('an increment', () => {
  const KEY = key({ pk: 'a' });

  beforeEach(() => client.createTable(tableNamed('t', { pk: 'STRING' }, { maxVersions: 5 })));

  const update = (steps: object[], params: object = {}) =>
    client.updateRow({
      tableName: 't',
      condition: condition(),
      primaryKey: KEY,
      updateOfAttributeColumns: steps,
      ...params,
    });
  const by = (value: bigint) => ({ INCREMENT: columns({ n: value }) });
  const get = async (params: object = {}) => {
    const { row } = await client.getRow({ tableName: 't', primaryKey: KEY, ...params });
    return row.primaryKey === undefined ? undefined : valuesOf(row);
  };

  it('counts from zero where there is nothing', async () => {
    await update([by(5n)]);
    await update([by(-7n)]);

    expect(await get()).toEqual({ n: -2n });
  });

  it('is never lost, however many come at once', async () => {
    await Promise.all(Array.from({ length: 60 }, (_, at) => update([by(BigInt(at % 3))])));

    expect(await get()).toEqual({ n: 60n });
  });

  it('adds nothing when its condition fails', async () => {
    await update([by(1n)]);

    await expect(
      update([by(1n)], { condition: condition('EXPECT_NOT_EXIST') }),
    ).rejects.toMatchObject({ code: 'OTSConditionCheckFail' });
    expect(await get()).toEqual({ n: 1n });
  });

  it('adds to the newest version, even one from the future', async () => {
    await update([{ PUT: [{ n: TS.Long.fromString('10'), timestamp: Date.now() + 60_000 }] }]);

    await update([by(1n)]);

    expect(await get()).toEqual({ n: 11n });
  });

  it('may be of doubles', async () => {
    await update([{ INCREMENT: [{ n: 0.5 }] }]);
    await update([{ INCREMENT: [{ n: 0.25 }] }]);

    expect(await get()).toEqual({ n: 0.75 });
  });

  it.each<[string, object[], object, string]>([
    [
      'a text',
      [{ PUT: columns({ n: 'x' }) }],
      by(1n),
      'Type mismatch while incrementing column: n.',
    ],
    [
      'too large a sum',
      [by(2n ** 63n - 1n)],
      by(1n),
      'Integer overflow while incrementing column: n.',
    ],
    [
      'too small a sum',
      [by(-(2n ** 63n))],
      by(-1n),
      'Integer overflow while incrementing column: n.',
    ],
    [
      'too large a double',
      [{ INCREMENT: [{ n: 1.7e308 }] }],
      { INCREMENT: [{ n: 1.7e308 }] },
      'Double overflow while incrementing column: n.',
    ],
  ])('is refused with %s', async (_what, before, step, message) => {
    await update(before);
    const values = await get();

    await expect(update([step])).rejects.toMatchObject({ code: 'OTSParameterInvalid', message });
    expect(await get()).toEqual(values);
  });

  it('is the only operation on its column, and is of a number', async () => {
    await expect(update([by(1n), { DELETE_ALL: ['n'] }])).rejects.toMatchObject({
      message: 'Column n cannot take another operation beside its increment.',
    });
    await expect(update([{ INCREMENT: [{ n: 'one' }] }])).rejects.toMatchObject({
      message: 'Column n can only be incremented by an INTEGER or a DOUBLE.',
    });
    expect(await get()).toBeUndefined();
  });

  it('gives the new values of the columns that are named', async () => {
    const returned = async (returnColumns: string[]) => {
      const { row } = await update(
        [{ INCREMENT: columns({ n: 1n }) }, { INCREMENT: columns({ m: 2n }) }],
        { returnContent: { returnType: TS.ReturnType.AfterModify, returnColumns } },
      );
      return valuesOf(row);
    };

    expect(await returned(['n'])).toEqual({ n: 1n });
    expect(await returned(['n', 'm'])).toEqual({ n: 2n, m: 4n });
  });

  it('writes nothing when a column is named that is not incremented', async () => {
    await expect(
      update([by(1n)], {
        returnContent: { returnType: TS.ReturnType.AfterModify, returnColumns: ['other'] },
      }),
    ).rejects.toMatchObject({ code: 'OTSParameterInvalid' });
    await expect(
      update([by(1n)], {
        returnContent: { returnType: TS.ReturnType.Primarykey, returnColumns: ['n'] },
      }),
    ).rejects.toMatchObject({ code: 'OTSParameterInvalid' });

    expect(await get()).toBeUndefined();
  });
});

describe('an AUTO_INCREMENT key column', () => {
  beforeEach(() =>
    client.createTable({
      ...tableNamed('t', {}),
      tableMeta: {
        tableName: 't',
        primaryKey: [
          { name: 'pk', type: 'STRING' },
          { name: 'id', type: 'INTEGER', option: 'AUTO_INCREMENT' },
        ],
      },
    }),
  );

  const put = async (pk: string, params: object = {}) => {
    const { row } = await client.putRow({
      tableName: 't',
      condition: condition(),
      primaryKey: key({ pk, id: TS.PK_AUTO_INCR }),
      attributeColumns: columns({ c: 'v' }),
      returnContent: { returnType: TS.ReturnType.Primarykey },
      ...params,
    });
    return plain(row.primaryKey[1].value) as bigint;
  };

  it('numbers the rows of a partition upward, each number once', async () => {
    const ids = await Promise.all(Array.from({ length: 30 }, () => put('a')));

    expect(new Set(ids).size).toBe(30);
    expect(ids.every((id) => id > 0n)).toBe(true);
    const last = await put('a');
    expect(ids.every((id) => id < last)).toBe(true);
  });

  it('leaves out a number that a writer has chosen', async () => {
    const first = await put('a');
    await client.putRow({
      tableName: 't',
      condition: condition(),
      primaryKey: key({ pk: 'a', id: first + 1n }),
      attributeColumns: columns({ c: 'mine' }),
    });

    expect(await put('a')).toBe(first + 2n);
  });

  it('works in batches', async () => {
    const row = {
      type: 'PUT',
      condition: condition(),
      primaryKey: key({ pk: 'a', id: TS.PK_AUTO_INCR }),
      attributeColumns: columns({ c: 'v' }),
      returnContent: { returnType: TS.ReturnType.Primarykey },
    };

    const { tables } = await client.batchWriteRow({
      tables: [{ tableName: 't', rows: [row, row] }],
    });

    const ids = tables.map(({ primaryKey }: { primaryKey: { value: unknown }[] }) =>
      String(primaryKey[1]?.value),
    );
    expect(new Set(ids).size).toBe(2);
  });

  it('goes with no expectation and no condition, and is not for reading or deleting', async () => {
    const numbered = key({ pk: 'a', id: TS.PK_AUTO_INCR });

    await expect(put('a', { condition: condition('EXPECT_NOT_EXIST') })).rejects.toMatchObject({
      message: 'Invalid expect:EXPECT_NOT_EXIST when modify row with pk auto increment.',
    });
    await expect(
      put('a', {
        condition: condition(
          'IGNORE',
          new TS.SingleColumnCondition('c', 'v', TS.ComparatorType.EQUAL, true),
        ),
      }),
    ).rejects.toMatchObject({
      message: "Can't set condition when modify row with pk auto increment.",
    });
    await expect(
      client.deleteRow({ tableName: 't', condition: condition(), primaryKey: numbered }),
    ).rejects.toMatchObject({
      message: 'Invalid row to delete which with pk auto increment.',
    });
    await expect(client.getRow({ tableName: 't', primaryKey: numbered })).rejects.toMatchObject({
      message: 'VT_AUTO_INCREMENT is an invalid type for the primary key.',
    });
  });
});
