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
  valuesOf,
} from '../../helpers/tablestore.ts';

jest.setTimeout(60_000);

let server: TablestoreServer;
let client: OfficialClient;

beforeEach(async () => {
  server = await startTestTablestore();
  client = officialClient(server);
  await client.createTable(tableNamed('t', { pk: 'STRING' }, { maxVersions: 3 }));
});

afterEach(() => server.close());

const KEY = key({ pk: 'a' });
const FAILED = {
  code: 'OTSConditionCheckFail',
  status: 403,
  message: 'Condition check failed.',
};

const put = (values: Record<string, Plain>, expected: object = condition()) =>
  client.putRow({
    tableName: 't',
    condition: expected,
    primaryKey: KEY,
    attributeColumns: columns(values),
  });

const update = (values: Record<string, Plain>, expected: object) =>
  client.updateRow({
    tableName: 't',
    condition: expected,
    primaryKey: KEY,
    updateOfAttributeColumns: [{ PUT: columns(values) }],
  });

const remove = (expected: object) =>
  client.deleteRow({ tableName: 't', condition: expected, primaryKey: KEY });

const get = async () => {
  const { row } = await client.getRow({ tableName: 't', primaryKey: KEY });
  return row.primaryKey === undefined ? undefined : valuesOf(row);
};

const integer = (value: bigint) => TS.Long.fromString(String(value));
const is = (column: string, value: unknown, passIfMissing = false) =>
  new TS.SingleColumnCondition(column, value, TS.ComparatorType.EQUAL, passIfMissing);

describe('a write that expects a row', () => {
  it('fails without one, whatever it writes', async () => {
    const expected = condition('EXPECT_EXIST');

    await expect(put({}, expected)).rejects.toMatchObject(FAILED);
    await expect(update({ c: 1n }, expected)).rejects.toMatchObject(FAILED);
    await expect(remove(expected)).rejects.toMatchObject(FAILED);
    expect(await get()).toBeUndefined();
  });

  it('succeeds with one', async () => {
    await put({ c: 1n });

    await update({ c: 2n }, condition('EXPECT_EXIST'));
    await put({ c: 3n }, condition('EXPECT_EXIST'));
    expect(await get()).toEqual({ c: 3n });

    await remove(condition('EXPECT_EXIST'));
    expect(await get()).toBeUndefined();
  });
});

describe('a write that expects no row', () => {
  it('fails with one, whatever it writes', async () => {
    const expected = condition('EXPECT_NOT_EXIST');
    await put({ c: 1n });

    await expect(put({}, expected)).rejects.toMatchObject(FAILED);
    await expect(update({ c: 1n }, expected)).rejects.toMatchObject(FAILED);
    await expect(remove(expected)).rejects.toMatchObject(FAILED);
    expect(await get()).toEqual({ c: 1n });
  });

  it('succeeds without one, even a deletion', async () => {
    await remove(condition('EXPECT_NOT_EXIST'));
    await put({ c: 1n }, condition('EXPECT_NOT_EXIST'));

    expect(await get()).toEqual({ c: 1n });
  });

  it('wins once, of two at the same time', async () => {
    const results = await Promise.allSettled([
      put({ by: 'left' }, condition('EXPECT_NOT_EXIST')),
      put({ by: 'right' }, condition('EXPECT_NOT_EXIST')),
    ]);

    const losers = results.filter((result) => result.status === 'rejected');
    expect(losers).toHaveLength(1);
    expect(losers[0]?.reason).toMatchObject(FAILED);
  });
});

describe('a condition on a column', () => {
  it('lets a write through that finds what it expects', async () => {
    await put({ c: 1n, d: 'x' });

    await update({ c: 2n }, condition('EXPECT_EXIST', is('c', integer(1n))));
    await expect(
      update({ c: 3n }, condition('EXPECT_EXIST', is('c', integer(1n)))),
    ).rejects.toMatchObject(FAILED);

    expect(await get()).toEqual({ c: 2n, d: 'x' });
  });

  it('never equals a value of another type', async () => {
    await put({ c: 1n });

    await expect(update({ c: 2n }, condition('IGNORE', is('c', 1)))).rejects.toMatchObject(FAILED);
    await expect(update({ c: 2n }, condition('IGNORE', is('c', '1')))).rejects.toMatchObject(
      FAILED,
    );
  });

  it('accepts a missing column only when asked to, and a missing row likewise', async () => {
    await expect(put({ c: 1n }, condition('IGNORE', is('c', integer(1n))))).rejects.toMatchObject(
      FAILED,
    );
    await put({ c: 1n }, condition('IGNORE', is('c', integer(7n), true)));
    await put({ c: 2n }, condition('IGNORE', is('missing', integer(7n), true)));
    await expect(
      put({ c: 3n }, condition('IGNORE', is('missing', integer(7n)))),
    ).rejects.toMatchObject(FAILED);

    expect(await get()).toEqual({ c: 2n });
  });

  it('may be on a column of the key, which a missing row lacks like every other', async () => {
    await expect(put({ c: 1n }, condition('IGNORE', is('pk', 'a')))).rejects.toMatchObject(FAILED);
    await put({ c: 1n }, condition('IGNORE', is('pk', 'b', true)));

    await put({ c: 2n }, condition('IGNORE', is('pk', 'a')));
    await expect(put({ c: 3n }, condition('IGNORE', is('pk', 'b', true)))).rejects.toMatchObject(
      FAILED,
    );

    expect(await get()).toEqual({ c: 2n });
  });

  it('looks at the newest version, or at any version when asked to', async () => {
    const now = Date.now();
    await client.putRow({
      tableName: 't',
      condition: condition(),
      primaryKey: KEY,
      attributeColumns: [
        { c: 'old', timestamp: now - 2 },
        { c: 'new', timestamp: now - 1 },
      ],
    });
    const wasOld = (latestOnly: boolean) =>
      new TS.SingleColumnCondition('c', 'old', TS.ComparatorType.EQUAL, false, latestOnly);

    await expect(update({ d: 1n }, condition('IGNORE', wasOld(true)))).rejects.toMatchObject(
      FAILED,
    );
    await update({ d: 2n }, condition('IGNORE', wasOld(false)));

    expect(await get()).toEqual({ c: 'new', d: 2n });
  });

  it('may be made of others', async () => {
    await put({ a: 1n, b: 2n });
    const composite = (operator: string, ...parts: object[]) => {
      const composed = new TS.CompositeCondition(TS.LogicalOperator[operator]);
      for (const part of parts) composed.addSubCondition(part);
      return composed;
    };
    const yes = is('a', integer(1n));
    const no = is('b', integer(1n));
    const passes = async (columnCondition: object) =>
      update({ c: 1n }, condition('IGNORE', columnCondition)).then(
        () => true,
        () => false,
      );

    expect(await passes(composite('AND', yes, yes))).toBe(true);
    expect(await passes(composite('AND', yes, no))).toBe(false);
    expect(await passes(composite('OR', no, yes))).toBe(true);
    expect(await passes(composite('OR', no, no))).toBe(false);
    expect(await passes(composite('NOT', no))).toBe(true);
    expect(await passes(composite('NOT', composite('AND', yes, composite('NOT', no))))).toBe(false);
  });
});

it('lets one hundred writers compare and set without losing a single step', async () => {
  await put({ counter: 0n });
  let won = 0n;
  const step = async () => {
    const values = await get();
    const counter = values?.counter as bigint;
    try {
      await update(
        { counter: counter + 1n },
        condition('EXPECT_EXIST', is('counter', integer(counter))),
      );
      won += 1n;
    } catch (error) {
      expect(error).toMatchObject(FAILED);
    }
  };

  await Promise.all(Array.from({ length: 100 }, step));

  expect(won).toBeGreaterThan(0n);
  expect(await get()).toEqual({ counter: won });
});
