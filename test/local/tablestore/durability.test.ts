import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  columns,
  condition,
  key,
  keyOf,
  officialClient,
  startTestTablestore,
  TS,
  tableNamed,
  valuesOf,
} from '../../helpers/tablestore.ts';

let data: string;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'tablestore-'));
});

afterEach(() => rm(data, { recursive: true, force: true }));

it('has its tables and rows again after a restart', async () => {
  const before = await startTestTablestore({ data });
  const writer = officialClient(before);
  await writer.createTable(tableNamed('journal', { scope: 'STRING', seq: 'INTEGER' }));
  for (const seq of [2n, 1n]) {
    await writer.putRow({
      tableName: 'journal',
      condition: condition('EXPECT_NOT_EXIST'),
      primaryKey: key({ scope: 'main', seq }),
      attributeColumns: columns({ value: `v${seq}` }),
    });
  }
  await before.close();

  const after = await startTestTablestore({ data });
  const reader = officialClient(after);
  const { rows } = await reader.getRange({
    tableName: 'journal',
    direction: 'FORWARD',
    inclusiveStartPrimaryKey: key({ scope: TS.INF_MIN, seq: TS.INF_MIN }),
    exclusiveEndPrimaryKey: key({ scope: TS.INF_MAX, seq: TS.INF_MAX }),
  });
  await after.close();

  expect(rows.map((row: object) => ({ ...keyOf(row), ...valuesOf(row) }))).toEqual([
    { scope: 'main', seq: 1n, value: 'v1' },
    { scope: 'main', seq: 2n, value: 'v2' },
  ]);
});

it('says that a directory is in use', async () => {
  const first = await startTestTablestore({ data });

  await expect(startTestTablestore({ data })).rejects.toThrow(/in use/);

  await first.close();
});
