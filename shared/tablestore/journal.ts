import * as TableStore from 'tablestore';
import type { Starts } from '../core/channel-state.ts';
import type { Commit, Scope } from '../core/model.ts';
import { allOf } from '../lib/all-of.ts';
import type { Runtime } from '../lib/runtime.ts';
import type { Redact } from '../lib/secrets.ts';
import {
  type CheckpointRef,
  type Journal,
  JournalError,
  type JournalReader,
  type JournalRepair,
  type Lease,
  MAX_LEASE_MS,
} from '../ports/journal.ts';
import { type Caller, createCaller } from './caller.ts';
import { decodePart, encodeSnapshot, isStale, joinParts, partName } from './checkpoint.ts';
import { type Connection, createClient } from './client.ts';
import {
  channelName,
  checkpointPartName,
  commitName,
  headName,
  headOf,
  orThrow,
} from './corrupt.ts';
import {
  CHANNELS_KEY,
  channelColumns,
  commitColumns,
  commitKey,
  HEAD,
  integer,
  stateKey,
} from './rows.ts';
import { type CommitRange, storedRows } from './stored-rows.ts';
import { createTables, type Tables, tablesOf } from './tables.ts';

/** The tables of an installation, and how long they may be worked with. */
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

/** The same over a client that exists already. */
export function journalOver(
  client: TableStore.Client,
  options: JournalOptions,
): Journal & JournalRepair {
  const tables = tablesOf(options.tablePrefix);
  const caller = createCaller(client, {
    ...options,
    createTables: () => createTables(client, tables, options),
  });
  const read = readerOver(caller, tables);
  return { ...read, ...writerOver(caller, tables, read) };
}

/** The journal as the view needs it; tables that do not exist yet hold nothing. */
export function tablestoreReader(options: TablestoreOptions): JournalReader {
  const caller = createCaller(createClient(options), options);
  return readerOver(caller, tablesOf(options.tablePrefix));
}

function readerOver(caller: Caller, tables: Tables): JournalReader {
  const rows = storedRows(caller, tables);
  const commits = async (scope: Scope, range: CommitRange): Promise<readonly Commit[]> =>
    (await rows.commits(scope, range)).map(({ seq, commit }) =>
      orThrow(commit, commitName(tables, scope, seq)),
    );

  return {
    async head(scope) {
      const cells = await rows.head(scope);
      return cells && headOf(cells, headName(tables, scope));
    },
    after: (scope, seq, limit) => commits(scope, { side: 'after', seq, limit }),
    before: (scope, seq, limit) => commits(scope, { side: 'before', seq, limit }),
    async checkpoint(scope, ref) {
      const data = await allOf(
        Array.from({ length: ref.parts }, (_, index) => rows.partData(scope, ref, index)),
      );
      return joinParts(
        ref.seq,
        // One part at a time is decoded, so that only one is in memory as text.
        lazily(data, (part, index) =>
          orThrow(decodePart(ref, index, part), checkpointPartName(tables, scope, ref, index)),
        ),
      );
    },
    async channel(name) {
      const state = await rows.channel(name);
      return state && orThrow(state, channelName(tables, name));
    },
    channels: rows.channels,
    units: caller.units,
  };
}

function* lazily<T, R>(
  items: readonly T[],
  make: (item: T, index: number) => R,
): Generator<R, void> {
  for (const [index, item] of items.entries()) yield make(item, index);
}

function writerOver(
  caller: Caller,
  tables: Tables,
  read: JournalReader,
): Omit<Journal & JournalRepair, keyof JournalReader> {
  const { journal, state } = tables;
  const rows = storedRows(caller, tables);

  async function holderOf(scope: Scope): Promise<Lease> {
    const lease = await rows.lease(scope);
    // The row was removed meanwhile: the lease is free.
    return lease === undefined
      ? { owner: '', untilMs: 0 }
      : orThrow(lease, headName(tables, scope));
  }

  async function currentOf(scope: Scope, own: CheckpointRef): Promise<CheckpointRef> {
    const head = await read.head(scope);
    // Without the reference, nothing says which parts are older ones.
    if (head?.unreadable?.checkpoint !== undefined) throw head.unreadable.checkpoint.error;
    return head?.checkpoint ?? own;
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
          primaryKey: commitKey(commit.scope, commit.seq),
          attributeColumns: commitColumns(commit),
        });
      });
    },
    async commitAt(scope, seq) {
      const commit = await rows.commitAt(scope, seq);
      return commit && orThrow(commit, commitName(tables, scope, seq));
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
      return taken === 'mine' ? 'mine' : holderOf(scope);
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
      const isUnchanged = isEqual('starts', JSON.stringify(before), isEmpty(before));
      // Done twice, it returns `taken`, and the row then holds what this run wanted.
      return expecting('saved', async () => {
        await caller.call('updateRow', 'repeatable', {
          tableName: state,
          condition: new TableStore.Condition(
            TableStore.RowExistenceExpectation.IGNORE,
            isUnchanged,
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
      const current = made === 'current' ? ref : await currentOf(scope, ref);
      // Checkpoints leave at most a few parts behind, those of writers that died included.
      const names = await rows.partNames(scope);
      await removeParts(
        scope,
        names.filter((name) => isStale(name, current)),
      );
      return current;
    },
    removeParts,
    async moveChannel(name, before, after) {
      const row = { tableName: state, primaryKey: stateKey(CHANNELS_KEY, name) };
      const put = channelColumns(after);
      return expecting('moved', async () => {
        await (before === undefined
          ? caller.call('putRow', 'once', {
              ...row,
              condition: new TableStore.Condition(
                TableStore.RowExistenceExpectation.EXPECT_NOT_EXIST,
                null,
              ),
              attributeColumns: put,
            })
          : // An update leaves the columns of a newer version as they are.
            caller.call('updateRow', 'once', {
              ...row,
              condition: new TableStore.Condition(
                TableStore.RowExistenceExpectation.EXPECT_EXIST,
                isEqual('version', integer(before.version)),
              ),
              updateOfAttributeColumns: [{ PUT: put }],
            }));
      });
    },
  };
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
