import { systemClock } from '../../../local/clock.ts';
import { type Engine, openEngine } from '../../../local/tablestore/engine/engine.ts';
import { rowsOf, tableKey } from '../../../local/tablestore/engine/keys.ts';
import { writeRow } from '../../../local/tablestore/engine/write-row.ts';
import { openMemoryStore } from '../../../local/tablestore/store/memory-store.ts';
import type { Store } from '../../../local/tablestore/store/store.ts';

let store: Store;
let engine: Engine;

beforeEach(async () => {
  store = await openMemoryStore();
  engine = await openEngine(store, systemClock);
  for (const name of ['kept', 'deleted', 'last']) {
    await engine.tables.create({
      name,
      keySchema: [{ name: 'pk', type: 'INTEGER', autoIncrement: false }],
      definedColumns: [],
      options: {
        timeToLiveSeconds: -1,
        maxVersions: 1,
        deviationSeconds: 86_400n,
        allowUpdate: true,
        updateFullRow: false,
      },
      throughput: { read: 0, write: 0, lastIncreaseSeconds: 0 },
      createdMs: 0,
    });
    for (let pk = 0n; pk < 3n; pk += 1n) {
      await writeRow(engine, {
        table: engine.tables.get(name),
        key: [{ name: 'pk', value: { type: 'INTEGER', value: pk } }],
        change: { type: 'put', cells: [] },
        condition: { existence: 'IGNORE', columns: undefined },
        returns: { type: 'nothing' },
        sizeBytes: 10,
      });
    }
  }
});

afterEach(() => store.close());

async function rowsStored(tableId: number): Promise<number> {
  let rows = 0;
  for await (const entries of store.walk(rowsOf(tableId), { chunkEntries: 10 })) {
    rows += entries.length;
  }
  return rows;
}

it('erases the rows of a deleted table, and no others', async () => {
  const ids = ['kept', 'deleted', 'last'].map((name) => engine.tables.get(name).id);

  await engine.tables.delete('deleted');

  expect(await Promise.all(ids.map(rowsStored))).toEqual([3, 0, 3]);
});

it.each(['deleted', 'last'])(
  'erases the rows that an interrupted deletion left behind, of the table named %s',
  async (name) => {
    const { id } = engine.tables.get(name);
    await store.write([{ type: 'del', key: tableKey(name) }]);
    expect(await rowsStored(id)).toBe(3);

    const reopened = await openEngine(store, systemClock);

    expect(await rowsStored(id)).toBe(0);
    expect(await rowsStored(reopened.tables.get('kept').id)).toBe(3);
  },
);
