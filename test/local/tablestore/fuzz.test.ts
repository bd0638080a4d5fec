import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { type Random, seededRandom } from '../../../local/random.ts';
import {
  newOutput,
  putByte,
  putBytes,
  putInt64,
  putUint32,
  writtenBytes,
} from '../../../local/tablestore/encoding/bytes.ts';
import { crc8, crc8OfByte } from '../../../local/tablestore/encoding/plain-buffer/crc8.ts';
import {
  message,
  optional,
  repeated,
  required,
} from '../../../local/tablestore/encoding/proto/message.ts';
import { bytes, int32, string } from '../../../local/tablestore/encoding/proto/types.ts';
import type { TablestoreServer } from '../../../local/tablestore/index.ts';
import { propertyRuns, roundsOf } from '../../helpers/rounds.ts';
import {
  columns,
  condition,
  key,
  officialClient,
  type RawAnswer,
  rawCall,
  startTestTablestore,
  TS,
  tableNamed,
} from '../../helpers/tablestore.ts';

const SEED = 11;
const ROUNDS = roundsOf('FUZZ_ROUNDS', 1_000);
/** A soak has many more rounds than an ordinary run. */
const SOAK_TIMEOUT_MS = 30 * 60_000;

interface Recorded {
  readonly operation: string;
  readonly body: Buffer;
}

/** What the official client sends for each operation. */
async function recordRequests(): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  const recorder = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      recorded.push({ operation: String(request.url).slice(1), body: Buffer.concat(chunks) });
      response.writeHead(400).end();
    });
  });
  await new Promise<void>((resolve) => recorder.listen(0, '127.0.0.1', resolve));
  const { port } = recorder.address() as AddressInfo;
  const client = officialClient({ url: `http://127.0.0.1:${port}` } as TablestoreServer);

  const filter = new TS.CompositeCondition(TS.LogicalOperator.AND);
  filter.addSubCondition(new TS.SingleColumnCondition('a', 'x', TS.ComparatorType.EQUAL, true));
  filter.addSubCondition(new TS.SingleColumnCondition('b', 1.5, TS.ComparatorType.EQUAL, false));
  const primaryKey = key({ pk: 'a', seq: 1n });
  const row = { tableName: 't', primaryKey, condition: condition('IGNORE', filter) };
  const values = columns({ a: 'x', b: 1n, c: true, d: 1.5, e: Buffer.from([1, 2]) });
  const steps = [{ PUT: values }, { DELETE_ALL: ['f'] }, { INCREMENT: columns({ g: 1n }) }];
  await Promise.allSettled([
    client.createTable(tableNamed('u', { pk: 'STRING', seq: 'INTEGER' })),
    client.describeTable({ tableName: 't' }),
    client.listTable({}),
    client.updateTable({ tableName: 't', tableOptions: { maxVersions: 3 } }),
    client.deleteTable({ tableName: 'missing' }),
    client.getRow({ ...row, columnFilter: filter, columnsToGet: ['a', 'b'] }),
    client.putRow({ ...row, attributeColumns: values }),
    client.updateRow({ ...row, updateOfAttributeColumns: steps }),
    client.deleteRow(row),
    client.getRange({
      tableName: 't',
      direction: 'FORWARD',
      inclusiveStartPrimaryKey: key({ pk: TS.INF_MIN, seq: TS.INF_MIN }),
      exclusiveEndPrimaryKey: key({ pk: TS.INF_MAX, seq: TS.INF_MAX }),
      limit: 3,
      columnFilter: filter,
    }),
    client.batchGetRow({ tables: [{ tableName: 't', primaryKey: [primaryKey, primaryKey] }] }),
    client.batchWriteRow({
      tables: [{ tableName: 't', rows: [{ type: 'PUT', ...row, attributeColumns: values }] }],
    }),
    client.startLocalTransaction({ tableName: 't', primaryKey: key({ pk: 'a' }) }),
  ]);
  await new Promise((resolve) => {
    recorder.close(resolve);
    recorder.closeAllConnections();
  });
  return recorded;
}

/** The body with one to four things wrong with it. */
function spoiled(body: Buffer, random: Random): Buffer {
  let result: Buffer = Buffer.from(body);
  for (let times = 1 + random.below(4); times > 0; times -= 1) {
    const at = random.below(result.length + 1);
    const end = at + random.below(result.length + 1 - at);
    result = random.pick<() => Buffer>([
      () => result.fill(random.below(256), at, Math.min(at + 1, result.length)),
      () => result.subarray(0, at),
      () => Buffer.concat([result.subarray(0, at), result.subarray(end)]),
      () => Buffer.concat([result.subarray(0, end), result.subarray(at)]),
      () =>
        Buffer.concat([result.subarray(0, at), Buffer.of(random.below(256)), result.subarray(at)]),
      () => result.fill(0xff, at, Math.min(at + 8, result.length)),
    ])();
  }
  return result;
}

let server: TablestoreServer;

beforeEach(async () => {
  server = await startTestTablestore();
  await officialClient(server).createTable(tableNamed('t', { pk: 'STRING', seq: 'INTEGER' }));
});

afterEach(() => server.close());

/** A refusal names an error of the client: no request may lead to an internal error. */
function expectAnswered({ status }: RawAnswer, detail: object): void {
  expect({ ...detail, isAnswered: status === 200 || (status >= 400 && status < 500) }).toEqual({
    ...detail,
    isAnswered: true,
  });
}

it(
  `answers ${ROUNDS} spoiled requests and is as well as before (seed ${SEED})`,
  async () => {
    const random = seededRandom(SEED);
    const recorded = await recordRequests();
    const client = officialClient(server);
    expect(new Set(recorded.map(({ operation }) => operation)).size).toBe(13);

    const requests = Array.from({ length: ROUNDS }, (): Recorded => {
      const { operation, body } = random.pick(recorded);
      return { operation, body: spoiled(body, random) };
    });
    const sendAll = async (): Promise<void> => {
      for (let next = requests.pop(); next !== undefined; next = requests.pop()) {
        const { operation, body } = next;
        const answer = await rawCall(server, operation, body);
        expectAnswered(answer, { operation, body: body.toString('hex') });
      }
    };
    await Promise.all(Array.from({ length: 8 }, sendAll));

    await client.createTable(tableNamed('afterwards', { pk: 'STRING' }));
  },
  SOAK_TIMEOUT_MS,
);

describe('rows that are whole but not valid', () => {
  const NAME = fc.oneof(
    fc.constantFrom('pk', 'seq', 'a', 'b', '', '#', '表', 'x'.repeat(300)),
    fc.string({ maxLength: 5 }),
  );
  /** Any type byte with any payload, among them those that no type has. */
  const VARIANT = fc.oneof(
    fc.constantFrom(
      '00ffffffffffffff7f',
      '0300000000',
      '030100000061',
      '0900',
      '09',
      '0a',
      '0b',
      '06',
    ),
    fc.uint8Array({ minLength: 1, maxLength: 12 }).map((raw) => Buffer.from(raw).toString('hex')),
  );
  const CELL = fc.record({
    name: NAME,
    variant: fc.option(VARIANT),
    operation: fc.option(fc.integer({ min: 0, max: 5 }), { freq: 2 }),
    timestamp: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { freq: 2 }),
  });
  interface Cell {
    readonly name: string;
    readonly variant: string | null;
    readonly operation: number | null;
    readonly timestamp: bigint | null;
  }

  const SOUND_KEY: Cell[] = [
    { name: 'pk', variant: '030100000061', operation: null, timestamp: null },
    { name: 'seq', variant: '000100000000000000', operation: null, timestamp: null },
  ];
  const KEY_CELLS: fc.Arbitrary<Cell[]> = fc.oneof(
    fc.constant(SOUND_KEY),
    fc.array(CELL, { maxLength: 5 }),
  );

  function encodedRow(keyCells: Cell[], attributes: Cell[], hasDeleteMarker: boolean): Buffer {
    const output = newOutput();
    let checksum = 0;
    putUint32(output, 0x75);
    for (const [tag, cells] of [
      [0x01, keyCells],
      [0x02, attributes],
    ] as const) {
      if (cells.length > 0) putByte(output, tag);
      for (const { name, variant, operation, timestamp } of cells) {
        const nameBytes = Buffer.from(name);
        let cellChecksum = crc8(0, nameBytes, 0, nameBytes.length);
        putBytes(output, Buffer.of(0x03, 0x04));
        putUint32(output, nameBytes.length);
        putBytes(output, nameBytes);
        if (variant !== null) {
          const raw = Buffer.from(variant, 'hex');
          cellChecksum = crc8(cellChecksum, raw, 0, raw.length);
          putByte(output, 0x05);
          putUint32(output, raw.length);
          putBytes(output, raw);
        }
        if (operation !== null) putBytes(output, Buffer.of(0x06, operation));
        if (timestamp !== null) {
          putByte(output, 0x07);
          putInt64(output, timestamp);
          cellChecksum = crc8(cellChecksum, output.bytes, output.length - 8, output.length);
        }
        if (operation !== null) cellChecksum = crc8OfByte(cellChecksum, operation);
        putBytes(output, Buffer.of(0x0a, cellChecksum));
        checksum = crc8OfByte(checksum, cellChecksum);
      }
    }
    if (hasDeleteMarker) putByte(output, 0x08);
    putBytes(output, Buffer.of(0x09, crc8OfByte(checksum, hasDeleteMarker ? 1 : 0)));
    return writtenBytes(output);
  }

  const existence = message({ row_existence: required(1, int32) });
  const writeRequest = message({
    table_name: required(1, string),
    row: required(2, bytes),
    condition: required(3, existence),
  });
  const readRequest = message({
    table_name: required(1, string),
    primary_key: required(2, bytes),
    max_versions: optional(5, int32),
  });
  const rowRequest = message({
    type: required(1, int32),
    row_change: required(2, bytes),
    condition: required(3, existence),
  });
  const batchRequest = message({
    tables: repeated(
      1,
      message({ table_name: required(1, string), rows: repeated(2, rowRequest) }),
    ),
  });

  it('are refused, or written and read again', async () => {
    await fc.assert(
      fc.asyncProperty(
        KEY_CELLS,
        fc.array(CELL, { maxLength: 4 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 3 }),
        async (keyCells, attributes, hasDeleteMarker, row_existence) => {
          const row = encodedRow(keyCells, attributes, hasDeleteMarker);
          const single = writeRequest.encode({
            table_name: 't',
            row,
            condition: { row_existence },
          });
          const batch = batchRequest.encode({
            tables: [
              {
                table_name: 't',
                rows: [1, 2, 3].map((type) => ({
                  type,
                  row_change: row,
                  condition: { row_existence },
                })),
              },
            ],
          });
          const read = readRequest.encode({ table_name: 't', primary_key: row, max_versions: 9 });

          for (const [operation, body] of [
            ['PutRow', single],
            ['UpdateRow', single],
            ['GetRow', read],
            ['DeleteRow', single],
            ['BatchWriteRow', batch],
          ] as const) {
            expectAnswered(await rawCall(server, operation, body), { operation });
          }
        },
      ),
      { numRuns: propertyRuns(300) },
    );
  }, 60_000);
});
