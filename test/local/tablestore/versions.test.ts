import { type ManualClock, manualClock } from '../../../local/clock.ts';
import { message, optional, required } from '../../../local/tablestore/encoding/proto/message.ts';
import { bytes, int32, int64, string } from '../../../local/tablestore/encoding/proto/types.ts';
import { openEngine } from '../../../local/tablestore/engine/engine.ts';
import { rowsOf } from '../../../local/tablestore/engine/keys.ts';
import { encodeRow } from '../../../local/tablestore/engine/stored-row.ts';
import { writeRow } from '../../../local/tablestore/engine/write-row.ts';
import type { TablestoreServer } from '../../../local/tablestore/index.ts';
import { errorMessage } from '../../../local/tablestore/protocol/messages.ts';
import { openMemoryStore } from '../../../local/tablestore/store/memory-store.ts';
import {
  columns,
  condition,
  key,
  type OfficialClient,
  officialClient,
  plain,
  rawCall,
  startTestTablestore,
  TS,
  tableNamed,
} from '../../helpers/tablestore.ts';

const NOW = Date.UTC(2026, 10, 22);
const DAY_MS = 86_400_000;

let clock: ManualClock;
let server: TablestoreServer;
let client: OfficialClient;

beforeEach(async () => {
  clock = manualClock(NOW);
  server = await startTestTablestore({ clock });
  client = officialClient(server);
});

afterEach(() => server.close());

const KEY = key({ pk: 'a' });

const create = (options: object) => client.createTable(tableNamed('t', { pk: 'STRING' }, options));

const put = (attributeColumns: object[]) =>
  client.putRow({ tableName: 't', condition: condition(), primaryKey: KEY, attributeColumns });

const update = (...updateOfAttributeColumns: object[]) =>
  client.updateRow({
    tableName: 't',
    condition: condition(),
    primaryKey: KEY,
    updateOfAttributeColumns,
  });

/** [value, age in milliseconds] of each version, in the order of the answer; undefined: there is no row. */
const versions = async (params: object = {}) => {
  const { row } = await client.getRow({
    tableName: 't',
    primaryKey: KEY,
    maxVersions: 100,
    ...params,
  });
  return row.attributes?.map(({ columnValue, timestamp }: Record<string, unknown>) => [
    plain(columnValue),
    NOW - Number(String(timestamp)),
  ]);
};

describe('versions', () => {
  it('come newest first, and one version too many removes the oldest', async () => {
    await create({ maxVersions: 3 });
    await put([
      { c: 'b', timestamp: NOW - 20 },
      { c: 'a', timestamp: NOW - 30 },
      { c: 'c', timestamp: NOW - 10 },
    ]);
    expect(await versions()).toEqual([
      ['c', 10],
      ['b', 20],
      ['a', 30],
    ]);

    await update({ PUT: [{ c: 'd', timestamp: NOW }] });

    expect(await versions()).toEqual([
      ['d', 0],
      ['c', 10],
      ['b', 20],
    ]);
    expect(await versions({ maxVersions: 1 })).toEqual([['d', 0]]);
  });

  it('get the time of the server where the client gives none', async () => {
    await create({ maxVersions: 2 });

    await put(columns({ c: 'first' }));
    clock.advance(5);
    await update({ PUT: columns({ c: 'second' }) });

    expect(await versions()).toEqual([
      ['second', -5],
      ['first', 0],
    ]);
  });

  it('of the same time replace each other, the last of a request too', async () => {
    await create({ maxVersions: 3 });

    await put([
      { c: 'first', timestamp: NOW - 1 },
      { c: 'last', timestamp: NOW - 1 },
    ]);
    expect(await versions()).toEqual([['last', 1]]);

    await update({ PUT: [{ c: 'again', timestamp: NOW - 1 }] });

    expect(await versions()).toEqual([['again', 1]]);
  });

  it('can be read by a window of time, from its start to before its end', async () => {
    await create({ maxVersions: 5 });
    await put([1, 2, 3, 4].map((age) => ({ c: `v${age}`, timestamp: NOW - age })));

    const window = { timeRange: { startTime: NOW - 3, endTime: NOW - 1 } };

    expect(await versions(window)).toEqual([
      ['v2', 2],
      ['v3', 3],
    ]);
    expect(await versions({ ...window, maxVersions: 1 })).toEqual([['v2', 2]]);
  });

  it('may all be outside a window, which leaves the row without columns', async () => {
    await create({});
    await put(columns({ c: 'v' }));

    const window = { timeRange: { startTime: 0, endTime: 1 } };

    expect(await versions(window)).toEqual([]);
    expect(await versions({ ...window, columnsToGet: ['c'] })).toBeUndefined();
  });

  it('that a table no longer keeps are gone from every read', async () => {
    await create({ maxVersions: 3 });
    await put([1, 2, 3].map((age) => ({ c: `v${age}`, timestamp: NOW - age })));

    await client.updateTable({ tableName: 't', tableOptions: { maxVersions: 1 } });

    expect(await versions()).toEqual([['v1', 1]]);
  });

  const getRow = message({
    table_name: required(1, string),
    primary_key: required(2, bytes),
    time_range: optional(
      4,
      message({
        start_time: optional(1, int64),
        end_time: optional(2, int64),
        specific_time: optional(3, int64),
      }),
    ),
    max_versions: optional(5, int32),
  });
  const rawKey = encodeRow({
    key: [{ name: 'pk', value: { type: 'STRING', value: Buffer.from('a') } }],
    cells: [],
  });
  const rawGet = (fields: object) =>
    rawCall(server, 'GetRow', getRow.encode({ table_name: 't', primary_key: rawKey, ...fields }));

  it('can be read by their exact time, by clients other than npm', async () => {
    await create({ maxVersions: 3 });
    await put([1, 2].map((age) => ({ c: `v${age}`, timestamp: NOW - age })));

    const answer = await rawGet({ time_range: { specific_time: BigInt(NOW - 2) } });

    expect(answer.status).toBe(200);
    expect(answer.body.includes('v2')).toBe(true);
    expect(answer.body.includes('v1')).toBe(false);
  });

  it.each<[string, object, string]>([
    ['nothing', {}, 'No version condition is specified.'],
    [
      'a start without an end',
      { time_range: { start_time: 1n } },
      'Start and end time must be given at the same time.',
    ],
    [
      'a time and a number',
      { time_range: { specific_time: 1n }, max_versions: 1 },
      'Specific tiemstamp and max versions cannot be given at the same time.',
    ],
    [
      'a time and a window',
      { time_range: { specific_time: 1n, start_time: 1n, end_time: 2n } },
      'Specific tiemstamp and time range cannot be given at the same time.',
    ],
    [
      'no version',
      { max_versions: 0 },
      'Invalid max versions: 0. Reason: Max versions must be positive.',
    ],
  ])('cannot be asked for by %s', async (_what, fields, message) => {
    await create({});

    const answer = await rawGet(fields);

    expect(answer.status).toBe(400);
    expect(errorMessage.decode(answer.body)).toEqual({ code: 'OTSParameterInvalid', message });
  });
});

describe('a timestamp', () => {
  it('must be near enough to now', async () => {
    await create({ maxTimeDeviation: 100 });
    const writeAt = (timestamp: number) => put([{ c: 'v', timestamp }]);
    const refused = { code: 'OTSParameterInvalid', message: 'Invalid timestamp. Cell:c.' };

    await writeAt(NOW - 100_000);
    await writeAt(NOW + 99_999);

    await expect(writeAt(NOW - 100_001)).rejects.toMatchObject(refused);
    await expect(writeAt(NOW + 100_000)).rejects.toMatchObject(refused);
  });

  it('must not be of a cell that would be expired already', async () => {
    await create({ timeToLive: 86_400, maxTimeDeviation: 1_000_000 });

    await put([{ c: 'v', timestamp: NOW - DAY_MS + 1000 }]);

    await expect(put([{ c: 'v', timestamp: NOW - DAY_MS - 1000 }])).rejects.toMatchObject({
      message: 'Invalid timestamp. Cell:c.',
    });
  });

  it('may be as large as INT64_MAX/1000 - 1 where the table allows it', async () => {
    await create({ maxTimeDeviation: 9_223_372_036_854 });
    const largest = 2n ** 63n / 1000n - 1n;

    const writeAt = (timestamp: bigint) =>
      put([{ c: 'v', timestamp: TS.Long.fromString(String(timestamp)) }]);
    await writeAt(largest);

    const { row } = await client.getRow({ tableName: 't', primaryKey: KEY });
    expect(plain(row.attributes[0].timestamp)).toBe(largest);
    await expect(writeAt(largest + 1n)).rejects.toMatchObject({
      code: 'OTSParameterInvalid',
      message: 'Timestamp must be in range [0, INT64_MAX/1000).',
    });
    await expect(writeAt(-1n)).rejects.toMatchObject({
      message: 'Timestamp must be in range [0, INT64_MAX/1000).',
    });
  });
});

describe('time to live', () => {
  it('hides a cell as soon as it expires, and the row with its last cell', async () => {
    await create({ timeToLive: 86_400 });
    await put(columns({ c: 'v' }));
    clock.advance(1000);
    await update({ PUT: columns({ d: 'w' }) });

    clock.advance(DAY_MS - 1001);
    expect(await versions()).toHaveLength(2);
    clock.advance(1);
    expect(await versions()).toHaveLength(1);
    clock.advance(1000);
    expect(await versions()).toBeUndefined();
  });

  it('lets an expired row be inserted again', async () => {
    await create({ timeToLive: 86_400 });
    const insert = () =>
      client.putRow({
        tableName: 't',
        condition: condition('EXPECT_NOT_EXIST'),
        primaryKey: KEY,
        attributeColumns: columns({ c: 'v' }),
      });
    await insert();
    await expect(insert()).rejects.toMatchObject({ code: 'OTSConditionCheckFail' });

    clock.advance(DAY_MS);

    await insert();
  });

  it('shows a hidden cell again when it is raised', async () => {
    await create({ timeToLive: 86_400 });
    await put(columns({ c: 'v' }));
    clock.advance(DAY_MS);
    expect(await versions()).toBeUndefined();

    await client.updateTable({ tableName: 't', tableOptions: { timeToLive: -1 } });

    expect(await versions()).toHaveLength(1);
  });

  it('erases expired rows from the store in the end', async () => {
    const store = await openMemoryStore();
    const engine = await openEngine(store, clock);
    await engine.tables.create({
      name: 't',
      keySchema: [{ name: 'pk', type: 'STRING', autoIncrement: false }],
      definedColumns: [],
      options: {
        timeToLiveSeconds: 86_400,
        maxVersions: 1,
        deviationSeconds: 86_400n,
        allowUpdate: true,
        updateFullRow: false,
      },
      throughput: { read: 0, write: 0, lastIncreaseSeconds: 0 },
      createdMs: clock.now(),
    });
    const table = engine.tables.get('t');
    const write = (pk: string) =>
      writeRow(engine, {
        table,
        key: [{ name: 'pk', value: { type: 'STRING', value: Buffer.from(pk) } }],
        change: {
          type: 'put',
          cells: [{ name: 'c', value: { type: 'BOOLEAN', value: true }, timestampMs: undefined }],
        },
        condition: { existence: 'IGNORE', columns: undefined },
        returns: { type: 'nothing' },
        sizeBytes: 4,
      });
    const stored = async () => {
      let rows = 0;
      for await (const entries of store.walk(rowsOf(table.id), { chunkEntries: 10 })) {
        rows += entries.length;
      }
      return rows;
    };
    for (let row = 0; row < 20; row += 1) await write(`old${row}`);
    expect(await stored()).toBe(20);

    clock.advance(2 * DAY_MS);
    await write('new');
    await engine.sweeper.settled();

    expect(await stored()).toBe(1);
  });
});
