import type { TablestoreFaults, TablestoreServer } from '../../../local/tablestore/index.ts';
import {
  columns,
  condition,
  key,
  keyAgain,
  type OfficialClient,
  officialClient,
  startTestTablestore,
  TS,
  tableNamed,
} from '../../helpers/tablestore.ts';

const SEED = 42;

let server: TablestoreServer;
let client: OfficialClient;

const start = async (seed = SEED) => {
  server = await startTestTablestore({ seed });
  client = officialClient(server);
  await client.createTable(tableNamed('t', { pk: 'STRING', seq: 'INTEGER' }));
  await client.createTable(tableNamed('u', { pk: 'STRING', seq: 'INTEGER' }));
};

beforeEach(() => start());
afterEach(() => server.close());

const put = (seq: bigint, pk = 'a', tableName = 't') =>
  client.putRow({
    tableName,
    condition: condition(),
    primaryKey: key({ pk, seq }),
    attributeColumns: columns({ v: 1n }),
  });

const exists = async (seq: bigint) => {
  const { row } = await client.getRow({ tableName: 't', primaryKey: key({ pk: 'a', seq }) });
  return row.primaryKey !== undefined;
};

/** The code of the failure, or `ok`. */
const outcome = (answer: Promise<unknown>): Promise<string> =>
  answer.then(
    () => 'ok',
    (error) => error.code,
  );

const outcomes = async (count: number) => {
  const all: string[] = [];
  for (let seq = 0; seq < count; seq += 1) all.push(await outcome(put(BigInt(seq))));
  return all;
};

it('answers errors as often as asked, and the same ones with the same seed', async () => {
  server.setFaults({ errorProbability: 0.4 });
  const first = await outcomes(30);
  await server.close();
  await start();
  server.setFaults({ errorProbability: 0.4 });
  const second = await outcomes(30);
  await server.close();
  await start(SEED + 1);
  server.setFaults({ errorProbability: 0.4 });
  const other = await outcomes(30);

  expect(new Set(first)).toEqual(new Set(['ok', 'OTSServerBusy']));
  expect(second).toEqual(first);
  expect(other).not.toEqual(first);
});

it.each([
  ['OTSTimeout', 503, 'Operation timeout.'],
  ['OTSFlowControl', 429, 'The requests have been throttled.'],
  ['OTSInvalidPK', 400, 'Primary key schema mismatch.'],
  ['OTSAuthFailed', 403, 'The AccessKeyID is disabled.'],
])(
  'answers %s when asked, with the status and words of the service',
  async (code, status, message) => {
    server.setFaults({ errorProbability: 1, errorCode: code });

    await expect(put(1n)).rejects.toMatchObject({ code, status, message });
    server.setFaults({});
    expect(await exists(1n)).toBe(false);
  },
);

it('befalls as many requests as asked, of the operations that are named', async () => {
  server.setFaults({ errorProbability: 1, operations: ['PutRow'], count: 2 });

  expect(await exists(1n)).toBe(false);
  expect(await outcomes(4)).toEqual(['OTSServerBusy', 'OTSServerBusy', 'ok', 'ok']);
});

it('loses a request that has not been performed', async () => {
  server.setFaults({ resetBeforeApplyProbability: 1, count: 1 });

  expect(await outcome(put(1n))).toBe('NetworkingError');
  expect(await exists(1n)).toBe(false);
});

it('loses the answer to a request that has been performed', async () => {
  server.setFaults({ resetAfterApplyProbability: 1, count: 1 });

  expect(await outcome(put(1n))).toBe('NetworkingError');
  expect(await exists(1n)).toBe(true);
});

it('has a table not ready, and the others ready', async () => {
  server.setFaults({ tableNotReady: 't' });

  await expect(put(1n)).rejects.toMatchObject({
    code: 'OTSTableNotReady',
    status: 404,
    message: 'The table is not ready.',
  });
  await put(1n, 'a', 'u');
});

it('throttles one partition, in a batch too', async () => {
  server.setFaults({ throttledPartition: 'hot' });

  await expect(put(1n, 'hot')).rejects.toMatchObject({
    code: 'OTSNotEnoughCapacityUnit',
    status: 403,
  });
  const { tables } = await client.batchWriteRow({
    tables: [
      {
        tableName: 't',
        rows: ['hot', 'cold'].map((pk) => ({
          type: 'PUT',
          condition: condition(),
          primaryKey: key({ pk, seq: 1n }),
          attributeColumns: [],
        })),
      },
    ],
  });
  expect(tables.map(({ isOk }: { isOk: boolean }) => isOk)).toEqual([false, true]);
});

describe('a range', () => {
  const readAll = async () => {
    const sizes: number[] = [];
    let start: object[] | null = key({ pk: 'a', seq: TS.INF_MIN });
    while (start !== null) {
      const answer: { rows: object[]; nextStartPrimaryKey: object[] | null } =
        await client.getRange({
          tableName: 't',
          direction: 'FORWARD',
          inclusiveStartPrimaryKey: start,
          exclusiveEndPrimaryKey: key({ pk: 'a', seq: TS.INF_MAX }),
        });
      sizes.push(answer.rows.length);
      start = answer.nextStartPrimaryKey && keyAgain(answer.nextStartPrimaryKey);
    }
    return sizes;
  };
  beforeEach(async () => {
    for (let seq = 0n; seq < 20n; seq += 1n) await put(seq);
  });

  it('comes in pages as short as asked', async () => {
    server.setFaults({ maxRangeRows: 7 });

    expect(await readAll()).toEqual([7, 7, 6]);
  });

  it('comes in pages of any length, even of none, and is whole nevertheless', async () => {
    server.setFaults({ shortRangeProbability: 1 });

    const sizes = await readAll();

    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(20);
    expect(new Set(sizes).size).toBeGreaterThan(1);
  });
});

it('makes requests wait, but no longer than the server lives', async () => {
  server.setFaults({ latencyMs: 3_600_000 });
  const waiting = outcome(put(1n));
  const rejected = expect(waiting).resolves.toBe('NetworkingError');

  // The request has arrived when it has been counted.
  while (server.usage.requests.PutRow === undefined) await new Promise(setImmediate);
  await server.close();

  await rejected;
});

it('names every field that cannot be, and keeps the former faults', () => {
  const wrong = {
    operations: ['PutRow', 'MakeCoffee'],
    count: -1,
    latencyMs: 'long',
    errorProbability: 1.5,
    errorCode: 'EBUSY',
    tableNotReady: 1,
    throttledPartition: true,
    maxRangeRows: 0,
    gremlins: true,
  } as unknown as TablestoreFaults;

  expect(() => server.setFaults(wrong)).toThrow(
    new RangeError(
      [
        'Invalid faults:',
        '- count is not a whole number from 0',
        '- latencyMs is not a whole number from 0',
        '- errorProbability is not a number from 0 to 1',
        '- errorCode is not an error code of the service',
        '- tableNotReady is not the name of a table',
        '- throttledPartition is not a string or a whole number',
        '- maxRangeRows is not a whole number from 1',
        '- gremlins is no fault',
        '- operations names MakeCoffee, which is none',
      ].join('\n'),
    ),
  );
});
