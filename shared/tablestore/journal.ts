import * as TableStore from 'tablestore';
import { allOf } from '../all-of.ts';
import type { Scope } from '../core/model.ts';
import {
  type Journal,
  JournalError,
  type JournalReader,
  MAX_LEASE_MS,
  type World,
} from '../ports.ts';
import type { Redact } from '../secrets.ts';
import { type Caller, createCaller } from './caller.ts';
import { decodeSnapshot, encodeSnapshot, isStale, PARTS, partName } from './checkpoint.ts';
import { type Connection, createClient } from './client.ts';
import {
  cellsOf,
  channelIn,
  commitColumns,
  commitIn,
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
  readonly world: World;
  /** Takes secrets out of what Tablestore answers. */
  readonly redact: Redact;
}

export type TablestoreOptions = Connection & JournalOptions;

/**
 *     journal  (scope, seq)    one row = one commit: at, previousAt, tickId, changes, notice
 *     state    (scope, 'head') checkpoint, checkpointSeq, health, leaseOwner, leaseUntil
 *              (scope, 'part/SEQ/WRITER/INDEX')  one part of a checkpoint
 *              ('channels', NAME)                one channel: version, state
 */
export const CHANNELS = 'channels';
export const HEAD = 'head';

/** The journal as the watch function needs it; makes its tables on first use. */
export function tablestoreJournal(options: TablestoreOptions): Journal {
  return journalOver(createClient(options), options);
}

/** The same over a client that is there already. */
export function journalOver(client: TableStore.Client, options: JournalOptions): Journal {
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

  async function range(
    scope: Scope,
    direction: 'FORWARD' | 'BACKWARD',
    start: TableStore.Long,
    end: TableStore.Infinite,
    limit: number,
  ): Promise<readonly TableStore.Row[]> {
    const rows: TableStore.Row[] = [];
    let from: TableStore.Long | undefined = start;
    // A page may be empty and still have a successor: only its absence ends the range.
    while (from !== undefined && rows.length < limit) {
      const answer: TableStore.Answer = await caller.call('getRange', 'repeatable', {
        tableName: journal,
        direction: TableStore.Direction[direction],
        inclusiveStartPrimaryKey: [{ scope: scope.key }, { seq: from }],
        exclusiveEndPrimaryKey: [{ scope: scope.key }, { seq: end }],
        limit: limit - rows.length,
      });
      rows.push(...(answer.rows ?? []));
      const next = answer.nextStartPrimaryKey?.[1]?.value;
      from = next === undefined ? undefined : TableStore.Long.fromString(String(next));
    }
    return rows;
  }

  return {
    async head(scope) {
      const row = await getRow(caller, state, stateKey(scope.key, HEAD), ['checkpoint', 'health']);
      return row && headIn(scope.key, row);
    },
    async after(scope, seq, limit) {
      const rows = await orNothing(
        range(scope, 'FORWARD', integer(seq + 1), TableStore.INF_MAX, limit),
      );
      return rows.map((row) => commitIn(scope.key, row));
    },
    async before(scope, seq, limit) {
      const rows = await orNothing(
        range(scope, 'BACKWARD', integer(seq - 1), TableStore.INF_MIN, limit),
      );
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
): Omit<Journal, keyof JournalReader> {
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

  /** Checkpoints leave at most a few parts behind, those of writers that died included. */
  async function removeParts(scope: Scope, isDue: (name: string) => boolean): Promise<void> {
    let from: string | undefined = PARTS.start;
    while (from !== undefined) {
      const answer: TableStore.Answer = await caller.call('getRange', 'repeatable', {
        tableName: state,
        direction: TableStore.Direction.FORWARD,
        inclusiveStartPrimaryKey: stateKey(scope.key, from),
        exclusiveEndPrimaryKey: stateKey(scope.key, PARTS.end),
        // The names are enough: the data of a part is not read to remove it.
        columnsToGet: ['scope'],
      });
      const names = (answer.rows ?? []).map((row) => String(row.primaryKey?.[1]?.value));
      await allOf(
        names.filter(isDue).map((name) =>
          caller.call('deleteRow', 'repeatable', {
            tableName: state,
            condition: ignoring(),
            primaryKey: stateKey(scope.key, name),
          }),
        ),
      );
      const next = answer.nextStartPrimaryKey?.[1]?.value;
      from = typeof next === 'string' ? next : undefined;
    }
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
      await removeParts(scope, (name) => isStale(name, current));
      return current;
    },
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
          attributeColumns: [{ version: integer(after.version) }, { state: JSON.stringify(after) }],
        });
      });
    },
  };
}

export async function getRow(
  caller: Caller,
  tableName: string,
  primaryKey: readonly TableStore.KeyColumn[],
  columnsToGet?: readonly string[],
): Promise<TableStore.Row | undefined> {
  const answer = await orNothing(
    caller
      .call('getRow', 'repeatable', {
        tableName,
        primaryKey,
        maxVersions: 1,
        ...(columnsToGet !== undefined && { columnsToGet }),
      })
      .then(({ row }) => [row ?? {}]),
  );
  // The SDK gives an empty object for a row that does not exist.
  return answer.find((row) => row.primaryKey !== undefined);
}

/** A table that was never made holds nothing. */
export async function orNothing<T>(rows: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await rows;
  } catch (error) {
    if (error instanceof JournalError && error.code === 'OTSObjectNotExist') return [];
    throw error;
  }
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

export function ignoring(): TableStore.Condition {
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
): TableStore.SingleColumnCondition {
  const { EQUAL } = TableStore.ComparatorType;
  // The SDK's default lets a missing column pass, which would make compare-and-set a mere set.
  return new TableStore.SingleColumnCondition(column, value, EQUAL, false, true);
}

export function stateKey(scope: string, item: string): readonly TableStore.KeyColumn[] {
  return [{ scope }, { item }];
}
