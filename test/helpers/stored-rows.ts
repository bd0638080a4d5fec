import type { TablestoreServer } from '../../local/tablestore/index.ts';
import { columns, condition, key, officialClient, TS } from './tablestore.ts';
import { TABLE_PREFIX } from './tablestore-journal.ts';

const JOURNAL_TABLE = `${TABLE_PREFIX}journal`;
const STATE_TABLE = `${TABLE_PREFIX}state`;

type Cells = Parameters<typeof columns>[0];

interface Row {
  readonly primaryKey: readonly { readonly value: unknown }[];
}

/** A row of the state, and the last column of its key. */
interface StateRow extends Row {
  readonly item: string;
}

/** The rows of a journal behind the product's back, to damage them and to see all that is there. */
export interface StoredRows {
  putCommit(scope: string, seq: number, cells: Cells): Promise<void>;
  removeCommit(scope: string, seq: number): Promise<void>;
  putState(scope: string, item: string, cells: Cells): Promise<void>;
  removeState(scope: string, item: string): Promise<void>;
  /** Writes some columns of the head and leaves the others. */
  setHead(scope: string, cells: Cells): Promise<void>;
  /** Everything that is stored, by what it is. */
  all(): Promise<{
    readonly journal: readonly Row[];
    readonly head: readonly StateRow[];
    readonly parts: readonly StateRow[];
    readonly channels: readonly StateRow[];
  }>;
}

export function storedRows(server: TablestoreServer): StoredRows {
  const put = async (tableName: string, primaryKey: object[], cells: Cells): Promise<void> => {
    const row = { primaryKey, attributeColumns: columns(cells) };
    await officialClient(server).putRow({ tableName, condition: condition(), ...row });
  };
  const remove = async (tableName: string, primaryKey: object[]): Promise<void> => {
    await officialClient(server).deleteRow({ tableName, condition: condition(), primaryKey });
  };
  const rowsOf = async (tableName: string, item: string): Promise<readonly Row[]> => {
    const { rows } = await officialClient(server).getRange({
      tableName,
      direction: 'FORWARD',
      inclusiveStartPrimaryKey: key({ scope: TS.INF_MIN, [item]: TS.INF_MIN }),
      exclusiveEndPrimaryKey: key({ scope: TS.INF_MAX, [item]: TS.INF_MAX }),
    });
    return rows;
  };

  return {
    putCommit: (scope, seq, cells) => put(JOURNAL_TABLE, key({ scope, seq: BigInt(seq) }), cells),
    removeCommit: (scope, seq) => remove(JOURNAL_TABLE, key({ scope, seq: BigInt(seq) })),
    putState: (scope, item, cells) => put(STATE_TABLE, key({ scope, item }), cells),
    removeState: (scope, item) => remove(STATE_TABLE, key({ scope, item })),
    async setHead(scope, cells) {
      await officialClient(server).updateRow({
        tableName: STATE_TABLE,
        condition: condition(),
        primaryKey: key({ scope, item: 'head' }),
        updateOfAttributeColumns: [{ PUT: columns(cells) }],
      });
    },
    async all() {
      const [journal, state] = await Promise.all([
        rowsOf(JOURNAL_TABLE, 'seq'),
        rowsOf(STATE_TABLE, 'item'),
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
