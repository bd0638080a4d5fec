import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TablestoreServer } from '../../../local/tablestore/index.ts';
import {
  columns,
  condition,
  key,
  keyOf,
  type OfficialClient,
  officialClient,
  startTestTablestore,
  TS,
  tableNamed,
  valuesOf,
} from '../../helpers/tablestore.ts';

jest.setTimeout(60_000);

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

describe('on a disk, where a write takes its time', () => {
  let server: TablestoreServer;
  let client: OfficialClient;
  beforeEach(async () => {
    server = await startTestTablestore({ data });
    client = officialClient(server);
    await client.createTable(tableNamed('t', { pk: 'STRING' }));
  });
  afterEach(() => server.close());

  const KEY = key({ pk: 'a' });

  it('exactly one of many writers has a row that must not exist', async () => {
    const insert = (by: bigint) =>
      client.putRow({
        tableName: 't',
        condition: condition('EXPECT_NOT_EXIST'),
        primaryKey: KEY,
        attributeColumns: columns({ by }),
      });

    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, by) => insert(BigInt(by))),
    );

    const winners = results.flatMap(({ status }, by) => (status === 'fulfilled' ? [by] : []));
    const { row } = await client.getRow({ tableName: 't', primaryKey: KEY });
    expect(winners).toHaveLength(1);
    expect(valuesOf(row)).toEqual({ by: BigInt(winners[0] ?? -1) });
  });

  it('a server that closes in the middle of writes finishes them without complaint', async () => {
    const warn = jest.spyOn(process, 'emitWarning');
    // Writes of one row wait for each other, so that most have not begun when the server closes.
    const row = { tableName: 't', condition: condition(), primaryKey: KEY, attributeColumns: [] };
    const writes = Array.from({ length: 50 }, () =>
      client.putRow(row).catch((error) => expect(error.code).toBe('NetworkingError')),
    );
    while ((server.usage.requests.PutRow ?? 0) < 20) await new Promise(setImmediate);

    await server.close();
    await Promise.all(writes);

    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it('no increment is lost', async () => {
    const increment = () =>
      client.updateRow({
        tableName: 't',
        condition: condition(),
        primaryKey: KEY,
        updateOfAttributeColumns: [{ INCREMENT: columns({ n: 1n }) }],
      });

    await Promise.all(Array.from({ length: 60 }, increment));

    const { row } = await client.getRow({ tableName: 't', primaryKey: KEY });
    expect(valuesOf(row)).toEqual({ n: 60n });
  });
});
