import { LOCAL_INSTANCE, LOCAL_KEYS } from '../../local/index.ts';
import type { TablestoreServer } from '../../local/tablestore/index.ts';
import type { Product } from './product.ts';
import {
  columns,
  condition,
  key,
  officialClient,
  type PlainRow,
  TS,
  valuesOf,
} from './tablestore.ts';
import { TABLE_PREFIX } from './tablestore-journal.ts';

type Cells = Parameters<typeof columns>[0];

interface Row {
  readonly primaryKey: readonly { readonly value: unknown }[];
}

/** A row of the state, and the last column of its key. */
interface StateRow extends Row {
  readonly item: string;
}

/** Which tables, with options of the official client. */
export interface Installation {
  readonly prefix: string;
  readonly client: object;
}

/** The rows of a journal behind the product's back, to damage them and to see all that is there. */
export interface StoredRows {
  putCommit(scope: string, seq: number, cells: Cells): Promise<void>;
  removeCommit(scope: string, seq: number): Promise<void>;
  /** The columns of one row of the journal; undefined: it is not there. */
  commitCells(scope: string, seq: number): Promise<PlainRow | undefined>;
  putState(scope: string, item: string, cells: Cells): Promise<void>;
  removeState(scope: string, item: string): Promise<void>;
  /** Writes some columns of the head and leaves the others. */
  setHead(scope: string, cells: Cells): Promise<void>;
  /** The columns of one row of the state; undefined: it is not there. */
  stateCells(scope: string, item: string): Promise<PlainRow | undefined>;
  /** Everything that is stored, by what it is. */
  all(): Promise<{
    readonly journal: readonly Row[];
    readonly head: readonly StateRow[];
    readonly parts: readonly StateRow[];
    readonly channels: readonly StateRow[];
  }>;
}

export function storedRows(
  server: TablestoreServer,
  { prefix, client }: Installation = { prefix: TABLE_PREFIX, client: {} },
): StoredRows {
  const journalTable = `${prefix}journal`;
  const stateTable = `${prefix}state`;
  const put = async (tableName: string, primaryKey: object[], cells: Cells): Promise<void> => {
    const row = { primaryKey, attributeColumns: columns(cells) };
    await officialClient(server, client).putRow({ tableName, condition: condition(), ...row });
  };
  const remove = async (tableName: string, primaryKey: object[]): Promise<void> => {
    await officialClient(server, client).deleteRow({
      tableName,
      condition: condition(),
      primaryKey,
    });
  };
  const cellsOf = async (tableName: string, primaryKey: object[]) => {
    const { row } = await officialClient(server, client).getRow({ tableName, primaryKey });
    return row.primaryKey === undefined ? undefined : valuesOf(row);
  };
  const rowsOf = async (tableName: string, item: string): Promise<readonly Row[]> => {
    const { rows } = await officialClient(server, client).getRange({
      tableName,
      direction: 'FORWARD',
      inclusiveStartPrimaryKey: key({ scope: TS.INF_MIN, [item]: TS.INF_MIN }),
      exclusiveEndPrimaryKey: key({ scope: TS.INF_MAX, [item]: TS.INF_MAX }),
    });
    return rows;
  };

  return {
    putCommit: (scope, seq, cells) => put(journalTable, key({ scope, seq: BigInt(seq) }), cells),
    removeCommit: (scope, seq) => remove(journalTable, key({ scope, seq: BigInt(seq) })),
    commitCells: (scope, seq) => cellsOf(journalTable, key({ scope, seq: BigInt(seq) })),
    putState: (scope, item, cells) => put(stateTable, key({ scope, item }), cells),
    removeState: (scope, item) => remove(stateTable, key({ scope, item })),
    async setHead(scope, cells) {
      await officialClient(server, client).updateRow({
        tableName: stateTable,
        condition: condition(),
        primaryKey: key({ scope, item: 'head' }),
        updateOfAttributeColumns: [{ PUT: columns(cells) }],
      });
    },
    stateCells: (scope, item) => cellsOf(stateTable, key({ scope, item })),
    async all() {
      const [journal, state] = await Promise.all([
        rowsOf(journalTable, 'seq'),
        rowsOf(stateTable, 'item'),
      ]);
      const items = state.map((row) => ({ ...row, item: String(row.primaryKey[1]?.value) }));
      return {
        journal,
        head: items.filter(({ item }) => item === 'head'),
        parts: items.filter(({ item }) => item.startsWith('part/')),
        channels: items.filter(({ primaryKey }) => primaryKey[0]?.value === 'channels'),
      };
    },
  };
}

/** The rows of a product on its local cloud. */
export function rowsOfProduct({ cloud }: Pick<Product, 'cloud'>): StoredRows {
  const client = { ...LOCAL_KEYS, instancename: LOCAL_INSTANCE };
  return storedRows(cloud.tablestore, { prefix: 'ecs_watch_', client });
}
