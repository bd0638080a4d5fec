import { systemClock } from '../../local/clock.ts';
import { openAccess } from '../../local/tablestore/access.ts';
import { openEngine } from '../../local/tablestore/engine/engine.ts';
import { rowKey } from '../../local/tablestore/engine/keys.ts';
import { readRow } from '../../local/tablestore/engine/read-row.ts';
import { encodeRow } from '../../local/tablestore/engine/stored-row.ts';
import type { Table } from '../../local/tablestore/engine/table.ts';
import { type RowWrite, writeRow } from '../../local/tablestore/engine/write-row.ts';
import { NO_FAULTS } from '../../local/tablestore/faults/request-faults.ts';
import { createTable } from '../../local/tablestore/operations/create-table.ts';
import { getRow } from '../../local/tablestore/operations/get-row.ts';
import type { Call, Operation } from '../../local/tablestore/operations/operation.ts';
import { putRow } from '../../local/tablestore/operations/write-row.ts';
import { answerHeaders } from '../../local/tablestore/protocol/answer-headers.ts';
import { checkRequest } from '../../local/tablestore/protocol/request-checks.ts';
import { signerOf } from '../../local/tablestore/protocol/signature.ts';
import { parseRowWrite, writeTo } from '../../local/tablestore/requests/row-write.ts';
import { parseSelection } from '../../local/tablestore/requests/selection.ts';
import { openMemoryStore } from '../../local/tablestore/store/memory-store.ts';
import type { Change } from '../../local/tablestore/store/store.ts';
import {
  createTableBody,
  getRowBody,
  keyOf,
  putRowBody,
  rowOf,
  signedHeaders,
  TABLE,
} from './requests.ts';
import { spreadOf } from './spread.ts';

/** Where the time of a request goes, in microseconds: the smallest of the rounds, for calls one at a time. */
export interface Layers {
  /** Digests and signatures of the request and of its answer, and their headers. */
  readonly signatures: number;
  /** Messages and PlainBuffer, from bytes to checked values and back. */
  readonly codec: number;
  /** What happens to the row: lock, condition, versions, prices, and its encoding for the store. */
  readonly engine: number;
  readonly store: number;
}

const ROUNDS = 7;
const ROWS_PER_ROUND = 4000;

const ADDRESSES = {
  tablestore: '',
  instance: 'bench',
  accessKeyId: 'id-of-the-benchmark',
  accessKeySecret: 'secret-of-the-benchmark',
};

const ACCESS = openAccess(ADDRESSES.instance, [ADDRESSES]);

/** The layers of the server in this process, each with the same rows; each time is without the layers below. */
export async function measureLayers(): Promise<Readonly<Record<'PutRow' | 'GetRow', Layers>>> {
  const store = await openMemoryStore();
  const engine = await openEngine(store, systemClock);
  const call: Call = { engine, faults: NO_FAULTS, checkAccess() {} };
  await createTable.perform(call, createTableBody());
  const table = engine.tables.get(TABLE);
  const selection = parseSelection({ columns_to_get: [], max_versions: 1 });

  const puts: Times[] = [];
  const gets: Times[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // Each layer puts rows of its own: a put of an existing row is faster.
    const ofStore = block(3 * round);
    const ofEngine = block(3 * round + 1);
    const ofOperation = block(3 * round + 2);
    const changes = ofStore.map((number): Change[] => [
      { type: 'put', key: rowKey(table.id, keyOf(number)), value: encodeRow(rowOf(number)) },
    ]);
    const storePut = await perCall(changes, (change) => store.write(change));
    const writes = ofEngine.map((number) => writeOf(number, table));
    const enginePut = await perCall(writes, (write) => writeRow(engine, write));
    const put = await measureOperation(call, 'PutRow', putRow, ofOperation.map(putRowBody));
    puts.push({ ...put, engine: enginePut, store: storePut });

    const keys = ofOperation.map(keyOf);
    const storeKeys = keys.map((key) => rowKey(table.id, key));
    const storeGet = await perCall(storeKeys, (key) => store.get(key));
    const engineGet = await perCall(keys, (key) => readRow(engine, table, key, selection));
    const get = await measureOperation(call, 'GetRow', getRow, ofOperation.map(getRowBody));
    gets.push({ ...get, engine: engineGet, store: storeGet });
  }
  await store.close();
  return { PutRow: layersOf(puts), GetRow: layersOf(gets) };
}

/** The numbers of rows that no other block holds. */
function block(index: number): readonly number[] {
  return Array.from({ length: ROWS_PER_ROUND }, (_, at) => index * ROWS_PER_ROUND + at);
}

function writeOf(number: number, table: Table): RowWrite {
  const request = {
    row: encodeRow(rowOf(number)),
    condition: { row_existence: 'IGNORE' },
  } as const;
  return writeTo(table, parseRowWrite('PUT', request), systemClock.now());
}

/** Microseconds of one round; a time includes those of the layers below. */
interface Times {
  readonly signatures: number;
  readonly perform: number;
  readonly engine: number;
  readonly store: number;
}

async function measureOperation(
  call: Call,
  name: string,
  operation: Operation,
  bodies: readonly Buffer[],
): Promise<Pick<Times, 'perform' | 'signatures'>> {
  const requests = bodies.map((body) => ({
    method: 'POST',
    operation: name,
    headers: signedHeaders(ADDRESSES, name, body),
    body,
  }));
  const answers: Buffer[] = [];
  const perform = await perCall(bodies, async (body) => {
    answers.push(await operation.perform(call, body));
  });
  const signatures = await perCall(requests, (request, at) => {
    const signer = signerOf(ACCESS, request.headers);
    checkRequest(request, signer, ACCESS, systemClock.now());
    return answerHeaders(signer, name, answers[at] as Buffer);
  });
  return { perform, signatures };
}

/** Microseconds that each call takes. */
async function perCall<T>(
  items: readonly T[],
  task: (item: T, at: number) => unknown,
): Promise<number> {
  const startMs = performance.now();
  for (const [at, item] of items.entries()) {
    const result = task(item, at);
    if (result instanceof Promise) await result;
  }
  return ((performance.now() - startMs) * 1000) / items.length;
}

/** The time of each layer without the layer that it calls. */
function layersOf(rounds: readonly Times[]): Layers {
  const leastOf = (time: keyof Times): number => spreadOf(rounds.map((round) => round[time])).least;
  return {
    signatures: leastOf('signatures'),
    codec: leastOf('perform') - leastOf('engine'),
    engine: leastOf('engine') - leastOf('store'),
    store: leastOf('store'),
  };
}
