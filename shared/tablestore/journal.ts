import * as TableStore from 'tablestore';
import type { Starts } from '../core/channel-state.ts';
import type { Scope } from '../core/model.ts';
import { allOf } from '../lib/all-of.ts';
import type { Runtime } from '../lib/runtime.ts';
import type { Redact } from '../lib/secrets.ts';
import {
  type Journal,
  JournalError,
  type JournalReader,
  type JournalRepair,
  MAX_LEASE_MS,
} from '../ports/journal.ts';
import { type Caller, createCaller } from './caller.ts';
import { decodeSnapshot, encodeSnapshot, isStale, PARTS, partName } from './checkpoint.ts';
import { type Connection, createClient } from './client.ts';
import { CHANNELS, getRow, getRows, HEAD, lastKeyOf, type Range, stateKey } from './reads.ts';
import {
  cellsOf,
  channelIn,
  channelJson,
  commitColumns,
  commitIn,
  HEAD_COLUMNS,
  headIn,
  integer,
  numberIn,
  textIn,
} from './rows.ts';
import { createTables, tablesOf } from './tables.ts';

/** Which tables, and how long and as whom they are worked with. */
export interface JournalOptions {
  readonly tablePrefix: string;
  /** Of the tick or the request that this journal serves. */
  readonly deadlineMs: number;
  readonly runtime: Runtime;
  /** Takes secrets out of what Tablestore answers. */
  readonly redact: Redact;
}

export type TablestoreOptions = Connection & JournalOptions;

/** The journal as the watch function and the doctor need it; makes its tables on first use. */
export function tablestoreJournal(options: TablestoreOptions): Journal & JournalRepair {
  return journalOver(createClient(options), options);
}

/** The same over a client that is there already. */
export function journalOver(
  client: TableStore.Client,
  options: JournalOptions,
): Journal & JournalRepair {
  const tables = tablesOf(options.tablePrefix);
  const caller = createCaller(client, {
    ...options,
    createTables: () => createTables(client, tables, options),
  });
  const read = reader(caller, options);
  return { ...read, ...writer(caller, read, options) };
}

/** The journal as the view needs it; tables that are not there yet hold nothing. */
export function tablestoreReader(options: TablestoreOptions): JournalReader {
  return reader(createCaller(createClient(options), options), options);
}

function reader(caller: Caller, { tablePrefix }: JournalOptions): JournalReader {
  const { journal, state } = tablesOf(tablePrefix);
  const between = (scope: Scope, start: TableStore.Long, end: TableStore.Infinite): Range => ({
    tableName: journal,
    start: [{ scope: scope.key }, { seq: start }],
    end: [{ scope: scope.key }, { seq: end }],
  });

  return {
    async head(scope) {
      const row = await getRow(caller, state, stateKey(scope.key, HEAD), HEAD_COLUMNS);
      return row && headIn(scope.key, row);
    },
    async after(scope, seq, limit) {
      const [start, end] = [integer(seq + 1), TableStore.INF_MAX];
      const rows = await getRows(caller, { ...between(scope, start, end), limit });
      return rows.map((row) => commitIn(scope.key, row));
    },
    async before(scope, seq, limit) {
      const [start, end] = [integer(seq - 1), TableStore.INF_MIN];
      const rows = await getRows(caller, {
        ...between(scope, start, end),
        direction: 'BACKWARD',
        limit,
      });
      return rows.map((row) => commitIn(scope.key, row));
    },
    async checkpoint(scope, ref) {
      const parts = await allOf(
        Array.from({ length: ref.parts }, async (_, index) => {
          const row = await getRow(caller, state, stateKey(scope.key, partName(ref, index)));
          const data = row && cellsOf(row).get('data');
          return Buffer.isBuffer(data) ? data : undefined;
        }),
      );
      return decodeSnapshot(scope.key, ref, parts);
    },
    async channel(name) {
      const row = await getRow(caller, state, stateKey(CHANNELS, name));
      return row && channelIn(name, row);
    },
    units: caller.units,
  };
}

function writer(
  caller: Caller,
  read: JournalReader,
  { tablePrefix }: JournalOptions,
): Omit<Journal & JournalRepair, keyof JournalReader> {
  const { journal, state } = tablesOf(tablePrefix);

  async function leaseOf(scope: Scope): Promise<{ owner: string; untilMs: number }> {
    const row = await getRow(caller, state, stateKey(scope.key, HEAD), [
      'leaseOwner',
      'leaseUntil',
    ]);
    const cells = cellsOf(row ?? {});
    const what = `lease of ${scope.key}`;
    return {
      owner: textIn(cells, 'leaseOwner', what),
      untilMs: numberIn(cells, 'leaseUntil', what),
    };
  }

  async function removeParts(scope: Scope, names: readonly string[]): Promise<void> {
    await allOf(
      names.map((name) =>
        caller.call('deleteRow', 'repeatable', {
          tableName: state,
          condition: ignoring(),
          primaryKey: stateKey(scope.key, name),
        }),
      ),
    );
  }

  return {
    async append(commit) {
      return expecting('appended', async () => {
        await caller.call('putRow', 'once', {
          tableName: journal,
          condition: new TableStore.Condition(
            TableStore.RowExistenceExpectation.EXPECT_NOT_EXIST,
            null,
          ),
          primaryKey: [{ scope: commit.scope }, { seq: integer(commit.seq) }],
          attributeColumns: commitColumns(commit),
        });
      });
    },
    async commitAt(scope, seq) {
      const row = await getRow(caller, journal, [{ scope: scope.key }, { seq: integer(seq) }]);
      return row && commitIn(scope.key, row);
    },
    async lease(scope, { owner, untilMs }, nowMs) {
      const isFree = anyOf(
        isBelow('leaseUntil', nowMs),
        isAbove('leaseUntil', nowMs + MAX_LEASE_MS),
        isEqual('leaseOwner', owner),
      );
      const taken = await expecting('mine', async () => {
        await caller.call('updateRow', 'repeatable', {
          tableName: state,
          condition: new TableStore.Condition(TableStore.RowExistenceExpectation.IGNORE, isFree),
          primaryKey: stateKey(scope.key, HEAD),
          updateOfAttributeColumns: [
            { PUT: [{ leaseOwner: owner }, { leaseUntil: integer(untilMs) }] },
          ],
        });
      });
      return taken === 'mine' ? 'mine' : leaseOf(scope);
    },
    async saveHealth(scope, health) {
      await caller.call('updateRow', 'repeatable', {
        tableName: state,
        condition: ignoring(),
        primaryKey: stateKey(scope.key, HEAD),
        updateOfAttributeColumns: [
          { PUT: [{ health: JSON.stringify(health) }, { leaseUntil: integer(0) }] },
        ],
      });
    },
    async saveStarts(scope, before, after) {
      // Done twice, it answers `taken`, and the row then holds what this run wanted.
      return expecting('saved', async () => {
        await caller.call('updateRow', 'repeatable', {
          tableName: state,
          condition: new TableStore.Condition(
            TableStore.RowExistenceExpectation.IGNORE,
            isEqual('starts', JSON.stringify(before), isEmpty(before)),
          ),
          primaryKey: stateKey(scope.key, HEAD),
          updateOfAttributeColumns: [{ PUT: [{ starts: JSON.stringify(after) }] }],
        });
      });
    },
    async saveCheckpoint(scope, snapshot, writerId, damaged) {
      const parts = encodeSnapshot(snapshot);
      const ref = { seq: snapshot.seq, parts: parts.length, writer: writerId };
      await allOf(
        parts.map((data, index) =>
          caller.call('putRow', 'repeatable', {
            tableName: state,
            condition: ignoring(),
            primaryKey: stateKey(scope.key, partName(ref, index)),
            attributeColumns: [{ data }],
          }),
        ),
      );
      const isOlder = isBelow('checkpointSeq', ref.seq);
      const isDue =
        damaged === undefined
          ? isOlder
          : anyOf(
              isOlder,
              isEqual(
                'checkpoint',
                typeof damaged === 'string' ? damaged : JSON.stringify(damaged),
              ),
            );
      const made = await expecting('current', async () => {
        await caller.call('updateRow', 'repeatable', {
          tableName: state,
          condition: new TableStore.Condition(TableStore.RowExistenceExpectation.IGNORE, isDue),
          primaryKey: stateKey(scope.key, HEAD),
          updateOfAttributeColumns: [
            { PUT: [{ checkpoint: JSON.stringify(ref) }, { checkpointSeq: integer(ref.seq) }] },
          ],
        });
      });
      // A repeated write fails its own condition, so the row says which checkpoint is current.
      const current = made === 'current' ? ref : ((await read.head(scope))?.checkpoint ?? ref);
      // Checkpoints leave at most a few parts behind, those of writers that died included.
      const names = await partNames(caller, state, scope);
      await removeParts(
        scope,
        names.filter((name) => isStale(name, current)),
      );
      return current;
    },
    removeParts,
    async moveChannel(name, before, after) {
      return expecting('moved', async () => {
        await caller.call('putRow', 'once', {
          tableName: state,
          condition:
            before === undefined
              ? new TableStore.Condition(TableStore.RowExistenceExpectation.EXPECT_NOT_EXIST, null)
              : new TableStore.Condition(
                  TableStore.RowExistenceExpectation.EXPECT_EXIST,
                  isEqual('version', integer(before.version)),
                ),
          primaryKey: stateKey(CHANNELS, name),
          attributeColumns: [{ version: integer(after.version) }, { state: channelJson(after) }],
        });
      });
    },
  };
}

/** The parts of all checkpoints that a scope has. The names do: no part is read for its own. */
export async function partNames(
  caller: Caller,
  tableName: string,
  { key }: Scope,
): Promise<readonly string[]> {
  const rows = await getRows(caller, {
    tableName,
    start: stateKey(key, PARTS.start),
    end: stateKey(key, PARTS.end),
    columnsToGet: ['scope'],
  });
  return rows.map(lastKeyOf);
}

/** `success`, or `taken` when the row was not in the expected state. */
async function expecting<T>(success: T, write: () => Promise<void>): Promise<T | 'taken'> {
  try {
    await write();
    return success;
  } catch (error) {
    if (error instanceof JournalError && error.code === 'OTSConditionCheckFail') return 'taken';
    throw error;
  }
}

function ignoring(): TableStore.Condition {
  return new TableStore.Condition(TableStore.RowExistenceExpectation.IGNORE, null);
}

function anyOf(...conditions: readonly TableStore.ColumnCondition[]): TableStore.ColumnCondition {
  const any = new TableStore.CompositeCondition(TableStore.LogicalOperator.OR);
  for (const condition of conditions) any.addSubCondition(condition);
  return any;
}

function isBelow(column: string, value: number): TableStore.SingleColumnCondition {
  const { LESS_THAN } = TableStore.ComparatorType;
  return new TableStore.SingleColumnCondition(column, integer(value), LESS_THAN, true, true);
}

function isAbove(column: string, value: number): TableStore.SingleColumnCondition {
  const { GREATER_THAN } = TableStore.ComparatorType;
  return new TableStore.SingleColumnCondition(column, integer(value), GREATER_THAN, false, true);
}

function isEqual(
  column: string,
  value: string | TableStore.Long,
  // The SDK's default lets a missing column pass, which would make compare-and-set a mere set.
  passIfMissing = false,
): TableStore.SingleColumnCondition {
  const { EQUAL } = TableStore.ComparatorType;
  return new TableStore.SingleColumnCondition(column, value, EQUAL, passIfMissing, true);
}

function isEmpty(starts: Starts): boolean {
  return Object.keys(starts).length === 0;
}
