import { serviceError, TablestoreError } from '../errors.ts';
import { MAX_TABLES } from '../limits.ts';
import type { Store } from '../store/store.ts';
import { keyedLock } from './keyed-lock.ts';
import { dataOfTables, NEXT_TABLE_ID_KEY, TABLES, tableKey } from './keys.ts';
import type { Table } from './table.ts';

/** The tables of the instance. A change is durable when its promise resolves. */
export interface Tables {
  /** @throws {TablestoreError} OTSObjectNotExist */
  get(name: string): Table;
  names(): readonly string[];
  /** @throws {TablestoreError} OTSObjectAlreadyExist, OTSQuotaExhausted */
  create(table: Omit<Table, 'id'>): Promise<void>;
  /** Replaces the table with the result of `change`. @throws {TablestoreError} OTSObjectNotExist */
  update(name: string, change: (table: Table) => Table): Promise<Table>;
  /** With all rows. @throws {TablestoreError} OTSObjectNotExist */
  delete(name: string): Promise<void>;
}

export async function loadTables(store: Store): Promise<Tables> {
  const tables = await readDescriptors(store);
  await clearLeftovers(store, [...tables.values()]);
  const lock = keyedLock();
  const oneAtATime = <T>(task: () => Promise<T>): Promise<T> => lock.run('tables', task);

  const get = (name: string): Table => {
    const table = tables.get(name);
    if (table === undefined) throw serviceError('OTSObjectNotExist');
    return table;
  };

  return {
    get,
    names: () => [...tables.keys()].sort(),
    create: (described) =>
      oneAtATime(async () => {
        if (tables.has(described.name)) {
          throw serviceError('OTSObjectAlreadyExist');
        }
        if (tables.size >= MAX_TABLES) {
          throw new TablestoreError(
            'OTSQuotaExhausted',
            `Number of tables exceeds the quota:${MAX_TABLES}.`,
          );
        }
        const table: Table = { ...described, id: nextTableId(store) };
        await store.write([
          { type: 'put', key: NEXT_TABLE_ID_KEY, value: Buffer.from(String(table.id + 1)) },
          { type: 'put', key: tableKey(table.name), value: encodeDescriptor(table) },
        ]);
        tables.set(table.name, table);
      }),
    update: (name, change) =>
      oneAtATime(async () => {
        const table = change(get(name));
        await store.write([{ type: 'put', key: tableKey(name), value: encodeDescriptor(table) }]);
        tables.set(name, table);
        return table;
      }),
    delete: (name) =>
      oneAtATime(async () => {
        const { id } = get(name);
        await store.write([{ type: 'del', key: tableKey(name) }]);
        tables.delete(name);
        for (const range of dataOfTables(id, id + 1)) await store.clear(range);
      }),
  };
}

async function readDescriptors(store: Store): Promise<Map<string, Table>> {
  const tables = new Map<string, Table>();
  for await (const entries of store.walk(TABLES, { chunkEntries: MAX_TABLES })) {
    for (const [, value] of entries) {
      const table = decodeDescriptor(value);
      tables.set(table.name, table);
    }
  }
  return tables;
}

/** A server that dies between the deletion of a table and that of its rows leaves the rows behind. */
async function clearLeftovers(store: Store, tables: readonly Table[]): Promise<void> {
  const ids = tables.map(({ id }) => id).sort((left, right) => left - right);
  let unused = 0;
  for (const id of [...ids, nextTableId(store)]) {
    if (unused < id) for (const range of dataOfTables(unused, id)) await store.clear(range);
    unused = id + 1;
  }
}

function nextTableId(store: Store): number {
  return Number(store.get(NEXT_TABLE_ID_KEY)?.toString() ?? '1');
}

function encodeDescriptor(table: Table): Buffer {
  const { deviationSeconds, ...options } = table.options;
  return Buffer.from(
    JSON.stringify({
      ...table,
      options: { ...options, deviationSeconds: String(deviationSeconds) },
    }),
  );
}

function decodeDescriptor(value: Buffer): Table {
  const table = JSON.parse(value.toString());
  return {
    ...table,
    options: { ...table.options, deviationSeconds: BigInt(table.options.deviationSeconds) },
  };
}
