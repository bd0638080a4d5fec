import type { TablestoreServer } from '../../../local/tablestore/index.ts';
import {
  columns,
  condition,
  key,
  keyAgain,
  keyOf,
  type OfficialClient,
  officialClient,
  type Plain,
  startTestTablestore,
  TS,
  tableNamed,
  valuesOf,
} from '../../helpers/tablestore.ts';

jest.setTimeout(60_000);

let server: TablestoreServer;
let client: OfficialClient;

beforeAll(async () => {
  server = await startTestTablestore();
  client = officialClient(server);
});

afterAll(() => server.close());

type KeyPart = Plain | object;

async function fill(
  tableName: string,
  keys: readonly Record<string, KeyPart>[],
  valuesAt: (index: number) => Record<string, Plain> = () => ({}),
): Promise<void> {
  for (let start = 0; start < keys.length; start += 200) {
    await client.batchWriteRow({
      tables: [
        {
          tableName,
          rows: keys.slice(start, start + 200).map((primaryKey, index) => ({
            type: 'PUT',
            condition: condition(),
            primaryKey: key(primaryKey),
            attributeColumns: columns(valuesAt(start + index)),
          })),
        },
      ],
    });
  }
}

const page = async (params: object) => {
  const { rows, nextStartPrimaryKey, consumed } = await client.getRange({
    direction: 'FORWARD',
    ...params,
  });
  return { rows, next: nextStartPrimaryKey as object[] | null, consumed };
};

/** Every page from one end to the other. */
async function pages(params: Record<string, unknown>): Promise<object[][]> {
  const all: object[][] = [];
  let start = params.inclusiveStartPrimaryKey;
  while (start !== null) {
    const { rows, next } = await page({ ...params, inclusiveStartPrimaryKey: start });
    all.push(rows);
    start = next === null ? null : keyAgain(next);
  }
  return all;
}

describe('a range of three key columns', () => {
  const ends = (start: [KeyPart, KeyPart, KeyPart], end: [KeyPart, KeyPart, KeyPart]) => ({
    tableName: 'three',
    inclusiveStartPrimaryKey: key({ a: start[0], b: start[1], c: start[2] }),
    exclusiveEndPrimaryKey: key({ a: end[0], b: end[1], c: end[2] }),
  });
  const { INF_MIN: MIN, INF_MAX: MAX } = TS;

  beforeAll(async () => {
    await client.createTable(tableNamed('three', { a: 'STRING', b: 'STRING', c: 'INTEGER' }));
    await fill(
      'three',
      [9n, 10n, 11n].map((c) => ({ a: 'A', b: 'A', c })),
    );
  });

  it('must begin before it ends', async () => {
    const refused = {
      code: 'OTSParameterInvalid',
      status: 400,
      message: 'Begin key must less than end key in FORWARD',
    };

    await expect(page(ends(['A', 'A', 10n], ['A', 'A', 10n]))).rejects.toMatchObject(refused);
    await expect(page(ends(['A', 'A', 10n], ['A', 'A', 9n]))).rejects.toMatchObject(refused);
  });

  it('must begin after it ends when read backward', async () => {
    const refused = { message: 'Begin key must more than end key in BACKWARD' };
    const backward = { direction: 'BACKWARD' };

    await expect(
      page({ ...ends(['A', 'A', 10n], ['A', 'A', 10n]), ...backward }),
    ).rejects.toMatchObject(refused);
    await expect(
      page({ ...ends(['A', 'A', 9n], ['A', 'A', 10n]), ...backward }),
    ).rejects.toMatchObject(refused);
  });

  it('holds its start and not its end', async () => {
    const { rows } = await page(ends(['A', 'A', 10n], ['A', 'A', 11n]));

    expect(rows.map(keyOf)).toEqual([{ a: 'A', b: 'A', c: 10n }]);
  });

  it('has INF_MIN below and INF_MAX above everything, in any key column', async () => {
    const past = await page(ends(['A', 'A', MAX], ['A', 'B', MIN]));
    const around = await page(ends(['A', MIN, 10n], ['B', MAX, 2n]));

    expect(past).toMatchObject({ rows: [], next: null });
    expect(around.rows).toHaveLength(3);
  });
});

it('reads a range backward from its start, which belongs to it, to its end, which does not', async () => {
  await client.createTable(tableNamed('two', { a: 'STRING', b: 'STRING' }));
  await fill('two', [
    { a: 'a', b: 'x' },
    { a: 'a', b: 'y' },
  ]);
  const forward = await page({
    tableName: 'two',
    inclusiveStartPrimaryKey: key({ a: 'a', b: TS.INF_MIN }),
    exclusiveEndPrimaryKey: key({ a: 'a', b: 'y' }),
  });
  const backward = await page({
    tableName: 'two',
    direction: 'BACKWARD',
    inclusiveStartPrimaryKey: key({ a: 'a', b: 'y' }),
    exclusiveEndPrimaryKey: key({ a: 'a', b: TS.INF_MIN }),
  });

  expect(forward.rows.map((row: object) => keyOf(row).b)).toEqual(['x']);
  expect(backward.rows.map((row: object) => keyOf(row).b)).toEqual(['y', 'x']);
});

it('orders integers by number, and strings and binaries by their bytes', async () => {
  const integers = [-(2n ** 63n), -256n, -1n, 0n, 1n, 255n, 256n, 2n ** 63n - 1n];
  const strings = ['', '\u0000', '\u0000a', 'a', 'a\u0000', 'a\u0001', 'aa', 'b', 'é', '你'];
  const binaries = ['', '00', '0000', '0001', '00ff', '01', 'ff', 'ff00'].map((hex) =>
    Buffer.from(hex, 'hex'),
  );
  const shuffled = <T>(items: readonly T[]) => items.toReversed();
  const columnsOfKey = { a: 'INTEGER', b: 'STRING', c: 'BINARY' } as const;
  for (const [tableName, values] of Object.entries({ a: integers, b: strings, c: binaries })) {
    const name = tableName as keyof typeof columnsOfKey;
    await client.createTable(tableNamed(tableName, { [name]: columnsOfKey[name] }));
    await fill(
      tableName,
      shuffled(values as readonly Plain[]).map((value) => ({ [name]: value })),
    );

    const { rows } = await page({
      tableName,
      inclusiveStartPrimaryKey: key({ [name]: TS.INF_MIN }),
      exclusiveEndPrimaryKey: key({ [name]: TS.INF_MAX }),
    });

    expect(rows.map((row: object) => keyOf(row)[name])).toEqual(values);
  }
});

describe('a page', () => {
  const ALL = {
    inclusiveStartPrimaryKey: key({ n: TS.INF_MIN }),
    exclusiveEndPrimaryKey: key({ n: TS.INF_MAX }),
  };
  const BACK = {
    direction: 'BACKWARD',
    inclusiveStartPrimaryKey: key({ n: TS.INF_MAX }),
    exclusiveEndPrimaryKey: key({ n: TS.INF_MIN }),
  };
  const numbers = (count: number) => Array.from({ length: count }, (_, n) => ({ n: BigInt(n) }));

  beforeAll(async () => {
    await client.createTable(tableNamed('many', { n: 'INTEGER' }));
    await fill('many', numbers(10_000));
  }, 60_000);

  it.each([
    [50, undefined],
    [51, 50n],
  ])('of at most 50 rows out of %d has the next key %p', async (count, next) => {
    const answer = await page({
      tableName: 'many',
      ...ALL,
      exclusiveEndPrimaryKey: key({ n: BigInt(count) }),
      limit: 50,
    });

    expect(answer.rows).toHaveLength(50);
    expect(answer.next === null ? undefined : keyOf({ primaryKey: answer.next }).n).toBe(next);
  });

  it.each([
    [5000, undefined],
    [5001, 5000n],
  ])('of %d rows has the next key %p, for it ends at 5,000', async (count, next) => {
    const answer = await page({
      tableName: 'many',
      ...ALL,
      exclusiveEndPrimaryKey: key({ n: BigInt(count) }),
    });

    expect(answer.rows).toHaveLength(5000);
    expect(answer.next === null ? undefined : keyOf({ primaryKey: answer.next }).n).toBe(next);
  });

  it.each([0n, 1n, 4999n, 5001n, 10_000n])(
    'counts the rows it looked at, so that 10,000 rows take two pages whether %d match or not',
    async (matching) => {
      for (const direction of [ALL, BACK]) {
        const columnFilter = new TS.SingleColumnCondition(
          'n',
          TS.Long.fromString(String(matching)),
          TS.ComparatorType.LESS_THAN,
          false,
        );

        const answer = await pages({ tableName: 'many', ...direction, columnFilter });

        expect(answer).toHaveLength(2);
        const keys = answer.flat().map((row: object) => keyOf(row));
        expect(direction === ALL ? keys : keys.toReversed()).toEqual(numbers(Number(matching)));
      }
    },
  );

  it('ends at 4 MB', async () => {
    await client.createTable(tableNamed('large', { n: 'INTEGER' }));
    const megabyte = Buffer.alloc(1024 * 1024);
    for (const primaryKey of numbers(6)) await fill('large', [primaryKey], () => ({ v: megabyte }));

    const answer = await pages({ tableName: 'large', ...ALL });

    expect(answer.map((rows) => rows.length)).toEqual([3, 3]);
  });

  it('holds a row however large it is', async () => {
    await client.createTable(tableNamed('larger', { n: 'INTEGER' }));
    await fill('larger', numbers(2));
    for (const name of ['a', 'b', 'c']) {
      await client.updateRow({
        tableName: 'larger',
        condition: condition(),
        primaryKey: key({ n: 0n }),
        updateOfAttributeColumns: [{ PUT: columns({ [name]: Buffer.alloc(2 * 1024 * 1024) }) }],
      });
    }

    const answer = await pages({ tableName: 'larger', ...ALL });

    expect(answer.map((rows) => rows.length)).toEqual([1, 1]);
  });

  it('selects columns as a read of one row does', async () => {
    await client.createTable(tableNamed('some', { n: 'INTEGER' }));
    await fill('some', numbers(3), (n): Record<string, Plain> => (n === 1 ? { b: 1n } : { a: 1n }));
    const read = async (columnsToGet: string[]) => {
      const { rows } = await page({ tableName: 'some', ...ALL, columnsToGet });
      return rows.map((row: object) => ({ ...keyOf(row), ...valuesOf(row) }));
    };

    expect(await read([])).toEqual([
      { n: 0n, a: 1n },
      { n: 1n, b: 1n },
      { n: 2n, a: 1n },
    ]);
    expect(await read(['a'])).toEqual([
      { n: 0n, a: 1n },
      { n: 2n, a: 1n },
    ]);
    expect(await read(['missing'])).toEqual([]);
    expect(await read(['n'])).toEqual([{ n: 0n }, { n: 1n }, { n: 2n }]);
  });

  it('must be allowed at least one row', async () => {
    await expect(page({ tableName: 'many', ...ALL, limit: -1 })).rejects.toMatchObject({
      code: 'OTSParameterInvalid',
      message: 'The limit must be greater than 0.',
    });
  });
});
