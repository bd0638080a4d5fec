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
  server.setFaults([{ kind: 'error', code: 'OTSServerBusy', probability: 0.4 }]);
  const first = await outcomes(30);
  await server.close();
  await start();
  server.setFaults([{ kind: 'error', code: 'OTSServerBusy', probability: 0.4 }]);
  const second = await outcomes(30);
  await server.close();
  await start(SEED + 1);
  server.setFaults([{ kind: 'error', code: 'OTSServerBusy', probability: 0.4 }]);
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
    server.setFaults([{ kind: 'error', code }]);

    await expect(put(1n)).rejects.toMatchObject({ code, status, message });
    server.setFaults([]);
    expect(await exists(1n)).toBe(false);
  },
);

it('hits as many requests as asked, of the operations that are named', async () => {
  server.setFaults([{ kind: 'error', code: 'OTSServerBusy', operations: ['PutRow'], times: 2 }]);

  expect(await exists(1n)).toBe(false);
  expect(await outcomes(4)).toEqual(['OTSServerBusy', 'OTSServerBusy', 'ok', 'ok']);
});

it('loses a request that has not been performed', async () => {
  server.setFaults([{ kind: 'reset', times: 1 }]);

  expect(await outcome(put(1n))).toBe('NetworkingError');
  expect(await exists(1n)).toBe(false);
});

it('loses the answer to a request that has been performed', async () => {
  server.setFaults([{ kind: 'lost-answer', times: 1 }]);

  expect(await outcome(put(1n))).toBe('NetworkingError');
  expect(await exists(1n)).toBe(true);
});

it('makes one table not ready, and leaves the others ready', async () => {
  server.setFaults([{ kind: 'table-not-ready', table: 't' }]);

  await expect(put(1n)).rejects.toMatchObject({
    code: 'OTSTableNotReady',
    status: 404,
    message: 'The table is not ready.',
  });
  await put(1n, 'a', 'u');
});

it('throttles one partition, in a batch too', async () => {
  server.setFaults([{ kind: 'busy-partition', partition: 'hot' }]);

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

it('counts a request once, however many of its rows a fault concerns', async () => {
  server.setFaults([{ kind: 'busy-partition', partition: 'hot', times: 2 }]);
  const batch = () =>
    client.batchWriteRow({
      tables: [
        {
          tableName: 't',
          rows: [1n, 2n, 3n].map((seq) => ({
            type: 'PUT',
            condition: condition(),
            primaryKey: key({ pk: 'hot', seq }),
            attributeColumns: [],
          })),
        },
      ],
    });
  const okOf = async () => (await batch()).tables.map(({ isOk }: { isOk: boolean }) => isOk);

  expect(await okOf()).toEqual([false, false, false]);
  expect(await outcome(put(1n, 'cold'))).toBe('ok');
  expect(await okOf()).toEqual([false, false, false]);
  expect(await okOf()).toEqual([true, true, true]);
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
    server.setFaults([{ kind: 'short-range', maxRows: 7 }]);

    expect(await readAll()).toEqual([7, 7, 6]);
  });

  it('comes in pages of any length, even of none, and is whole nevertheless', async () => {
    server.setFaults([{ kind: 'short-range' }]);

    const sizes = await readAll();

    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(20);
    expect(new Set(sizes).size).toBeGreaterThan(1);
  });
});

it('makes requests wait, but no longer than the server lives', async () => {
  server.setFaults([{ kind: 'latency', latencyMs: 3_600_000 }]);
  const waiting = outcome(put(1n));
  const rejected = expect(waiting).resolves.toBe('NetworkingError');

  // The request has arrived when it has been counted.
  while (server.usage.requests.PutRow === undefined) await new Promise(setImmediate);
  await server.close();

  await rejected;
});

it('names every bad field, and keeps the faults it had', async () => {
  server.setFaults([{ kind: 'error', code: 'OTSServerBusy' }]);
  const bad = [
    { kind: 'error', code: 'EBUSY', operations: ['PutRow', 'MakeCoffee'], times: -1 },
    { kind: 'latency', latencyMs: 'long', probability: 1.5 },
    { kind: 'table-not-ready', table: 1 },
    { kind: 'busy-partition', partition: true },
    { kind: 'short-range', maxRows: 0, gremlins: true },
    { kind: 'gremlins' },
  ] as unknown as TablestoreFaults;

  let message = '';
  try {
    server.setFaults(bad);
  } catch (error) {
    if (error instanceof RangeError) message = error.message;
  }

  expect(message.split('\n- ')).toEqual([
    'Invalid faults:',
    expect.stringMatching(/^faults\[0\]\.operations must be a list, each one of .*, PutRow, /u),
    'faults[0].times must be a whole number, 1 or more',
    'faults[0].code must be an error code of the service',
    'faults[1].probability must be a number from 0 to 1',
    'faults[1].latencyMs must be a number of milliseconds, 0 or more',
    'faults[2].table must be a text',
    'faults[3].partition must be a string or a whole number',
    'faults[4].gremlins is not a field of short-range',
    'faults[4].maxRows must be a whole number, 1 or more',
    expect.stringMatching(
      /^faults\[5\]\.kind must be one of latency, reset, lost-answer, error, /u,
    ),
  ]);
  expect(await outcome(put(1n))).toBe('OTSServerBusy');
});
