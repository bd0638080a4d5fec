import type { TablestoreServer } from '../../../local/tablestore/index.ts';
import {
  columns,
  condition,
  key,
  keyAgain,
  keyOf,
  type OfficialClient,
  officialClient,
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
  await client.createTable(tableNamed('journal', { scope: 'STRING', seq: 'INTEGER' }));
});

afterEach(() => server.close());

const put = (seq: bigint, value: string, expected: 'IGNORE' | 'EXPECT_NOT_EXIST' = 'IGNORE') =>
  client.putRow({
    tableName: 'journal',
    condition: condition(expected),
    primaryKey: key({ scope: 'main', seq }),
    attributeColumns: columns({ value }),
  });

const get = async (seq: bigint) => {
  const { row } = await client.getRow({
    tableName: 'journal',
    primaryKey: key({ scope: 'main', seq }),
  });
  return row.primaryKey === undefined ? undefined : valuesOf(row);
};

it('gives a row back as it was put', async () => {
  await put(1n, 'hello');

  expect(await get(1n)).toEqual({ value: 'hello' });
  expect(await get(2n)).toBeUndefined();
});

it('lets exactly one of two writers have a row that must not exist', async () => {
  const results = await Promise.allSettled([
    put(1n, 'left', 'EXPECT_NOT_EXIST'),
    put(1n, 'right', 'EXPECT_NOT_EXIST'),
  ]);

  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const [loser] = results.filter((result) => result.status === 'rejected');
  expect(loser?.reason).toMatchObject({
    code: 'OTSConditionCheckFail',
    status: 403,
    message: 'Condition check failed.',
  });
});

it('pages through a range in both directions', async () => {
  for (let seq = 0n; seq < 7n; seq += 1n) await put(seq, `v${seq}`);

  for (const direction of ['FORWARD', 'BACKWARD']) {
    const [first, last] =
      direction === 'FORWARD' ? [TS.INF_MIN, TS.INF_MAX] : [TS.INF_MAX, TS.INF_MIN];
    let start: object[] | undefined = key({ scope: 'main', seq: first });
    const seen: unknown[] = [];
    const pages: number[] = [];
    while (start !== undefined) {
      const page: { rows: object[]; nextStartPrimaryKey: object[] | null } = await client.getRange({
        tableName: 'journal',
        direction,
        inclusiveStartPrimaryKey: start,
        exclusiveEndPrimaryKey: key({ scope: 'main', seq: last }),
        limit: 3,
      });
      seen.push(...page.rows.map((row) => keyOf(row).seq));
      pages.push(page.rows.length);
      start = page.nextStartPrimaryKey ? keyAgain(page.nextStartPrimaryKey) : undefined;
    }

    const ascending = [0n, 1n, 2n, 3n, 4n, 5n, 6n];
    expect(seen).toEqual(direction === 'FORWARD' ? ascending : ascending.toReversed());
    expect(pages).toEqual([3, 3, 1]);
  }
});
