import { Client, Condition, Long, RowExistenceExpectation } from 'tablestore';
import { timed } from './load.ts';
import { KEY_NAME, keyText, TABLE, textOf } from './requests.ts';
import type { TablestoreAddresses } from './server-process.ts';

const RUNS = 3;
const ROWS = 2000;
const IN_FLIGHT = 32;
const TIMEOUT_MS = 10_000;

/** Rows a second that the unmodified official client puts and gets, with 32 calls under way. */
export async function measureOfficialClient(
  addresses: TablestoreAddresses,
): Promise<Readonly<Record<'puts' | 'gets', readonly number[]>>> {
  const client = new Client({
    endpoint: addresses.tablestore,
    instancename: addresses.instance,
    accessKeyId: addresses.accessKeyId,
    secretAccessKey: addresses.accessKeySecret,
    maxRetries: 0,
    httpOptions: { timeout: TIMEOUT_MS },
  });
  await client.createTable({
    tableMeta: { tableName: TABLE, primaryKey: [{ name: KEY_NAME, type: 'STRING' }] },
    reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
    tableOptions: { timeToLive: -1, maxVersions: 1 },
  });
  const condition = new Condition(RowExistenceExpectation.IGNORE, null);
  const put = (number: number): Promise<unknown> =>
    client.putRow({
      tableName: TABLE,
      condition,
      primaryKey: [{ [KEY_NAME]: keyText(number) }],
      attributeColumns: [{ number: Long.fromString(String(number)) }, { text: textOf(number) }],
    });
  const get = async (number: number): Promise<void> => {
    const { row } = await client.getRow({
      tableName: TABLE,
      primaryKey: [{ [KEY_NAME]: keyText(number) }],
    });
    if (row?.attributes?.length !== 2) throw new Error(`row ${number} is missing`);
  };
  const puts: number[] = [];
  const gets: number[] = [];
  for (let index = 0; index < RUNS; index += 1) {
    puts.push(await rate(put));
    gets.push(await rate(get));
  }
  return { puts, gets };
}

async function rate(call: (number: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const callInTurn = async (): Promise<void> => {
    while (next < ROWS) {
      next += 1;
      await call(next);
    }
  };
  const callers = Array.from({ length: IN_FLIGHT }, callInTurn);
  const { seconds } = await timed(() => Promise.all(callers));
  return ROWS / seconds;
}
