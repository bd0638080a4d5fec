import type { Condition, SingleColumnCondition } from 'tablestore';
import type { Starts } from '../core/channel-state.ts';
import type { CallTotals } from '../core/health.ts';
import type { Scope, Snapshot } from '../core/model.ts';
import { WATCHER } from '../core/watcher-journal.ts';
import { allOf } from '../lib/all-of.ts';
import { sha256 } from '../lib/sha256.ts';
import {
  type CheckpointRef,
  type Journal,
  JournalError,
  type JournalReader,
  type JournalRepair,
  type Lease,
  MAX_LEASE_MS,
} from '../ports/journal.ts';
import type { Caller } from './caller.ts';
import { digestOf, encodeSnapshot, isStale, partName } from './checkpoint.ts';
import {
  ANY_ROW,
  anyOf,
  bothOf,
  existingRowWhere,
  isAbove,
  isBelow,
  isEqual,
  isMissing,
  NO_ROW,
  rowWhere,
} from './conditions.ts';
import { commitName, orThrow } from './corrupt.ts';
import {
  CHANNELS_KEY,
  channelColumns,
  commitColumns,
  commitKey,
  deliveriesOf,
  deliveryColumns,
  HEAD,
  integer,
  type Key,
  keptOf,
  keptPartsOf,
  stateKey,
  WATCH_LIST,
} from './rows.ts';
import { storedRows } from './stored-rows.ts';
import type { Tables } from './tables.ts';

/** The run that has saved a health while another one held the lease. Absent: none has since it was taken. */
const SAVED_BESIDE = 'savedBeside';

/** What a tick and a repair write beside what they read. */
export function writerOver(
  caller: Caller,
  tables: Tables,
  read: JournalReader,
): Omit<Journal & JournalRepair, keyof JournalReader> {
  const { journal, state } = tables;
  const rows = storedRows(caller, tables);

  /** Undefined: no lease that any tick wrote is there. */
  async function holderOf(scope: Scope): Promise<Lease | undefined> {
    const lease = await rows.lease(scope);
    return lease !== undefined && 'value' in lease ? lease.value : undefined;
  }

  async function writeLease(
    scope: Scope,
    { owner, untilMs }: Lease,
    condition: Condition,
    counted?: CallTotals,
  ): Promise<'mine' | 'taken'> {
    const put = [{ leaseOwner: owner }, { leaseUntil: integer(untilMs) }];
    const counting = counted === undefined ? [] : ['uncounted'];
    const removed = [{ DELETE_ALL: [SAVED_BESIDE, ...counting] }];
    return expecting('mine', () => updateHead(scope, put, { condition, removed, add: counted }));
  }

  /**
   * Writes cells of a head row, and adds to its totals at once. Tablestore cannot add to a cell that holds
   * no integer: the totals then begin again with what is added, so that the rest is written all the same.
   */
  async function updateHead(
    scope: Scope,
    put: readonly object[],
    { condition = ANY_ROW, removed = [], add }: HeadUpdate = {},
  ): Promise<void> {
    const update = (columns: readonly object[]) =>
      caller.call('updateRow', 'repeatable', {
        tableName: state,
        condition,
        primaryKey: stateKey(scope.key, HEAD),
        updateOfAttributeColumns: [...columns, ...removed],
      });
    const totals = add === undefined ? [] : totalColumns(add);
    try {
      await update([
        ...(put.length === 0 ? [] : [{ PUT: put }]),
        ...(totals.length === 0 ? [] : [{ INCREMENT: totals }]),
      ]);
    } catch (error) {
      const isDamaged = error instanceof JournalError && error.code === 'OTSParameterInvalid';
      if (!isDamaged || totals.length === 0) throw error;
      await update([{ PUT: [...put, ...totals] }]);
    }
  }

  async function currentOf(scope: Scope, own: CheckpointRef): Promise<CheckpointRef> {
    const head = await read.head(scope);
    // Without the reference, nothing says which parts are older ones.
    if (head?.unreadable?.checkpoint !== undefined) throw head.unreadable.checkpoint.error;
    return head?.checkpoint ?? own;
  }

  /** Stores the parts of a snapshot. */
  async function putParts(
    snapshot: Snapshot,
    tableName: string,
    keyOf: (index: number) => Key,
  ): Promise<{ readonly parts: number; readonly digest: string }> {
    const digests: Buffer[] = [];
    // One after the other: the copies that the SDK makes of a row are a multiple of it.
    for (const data of encodeSnapshot(snapshot)) {
      await caller.call('putRow', 'repeatable', {
        tableName,
        condition: ANY_ROW,
        primaryKey: keyOf(digests.length),
        attributeColumns: [{ data }],
      });
      digests.push(sha256(data));
    }
    return { parts: digests.length, digest: digestOf(digests) };
  }

  async function removeParts(scope: Scope, names: readonly string[]): Promise<void> {
    await allOf(
      names.map((name) =>
        caller.call('deleteRow', 'repeatable', {
          tableName: state,
          condition: ANY_ROW,
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
          condition: NO_ROW,
          primaryKey: commitKey(commit.scope, commit.seq),
          attributeColumns: commitColumns(commit),
        });
      });
    },
    async commitAt(scope, seq) {
      const commit = await rows.commitAt(scope, seq);
      return commit && orThrow(commit, commitName(tables, scope, seq));
    },
    async lease(scope, lease, nowMs, known) {
      const isFree = anyOf(
        isBelow('leaseUntil', nowMs),
        isAbove('leaseUntil', nowMs + MAX_LEASE_MS),
        isEqual('leaseOwner', lease.owner),
      );
      if (known?.savedBy !== undefined) {
        // Only a tick that has taken the lease saves a head, and what is left with it.
        const isFreeAndKnown = rowWhere(bothOf(isFree, isEqual('leaseOwner', known.savedBy)));
        const written = await writeLease(scope, lease, isFreeAndKnown, known.uncounted);
        if (written === 'mine') return 'counted';
      }
      if ((await writeLease(scope, lease, rowWhere(isFree))) === 'mine') return 'mine';
      const holder = await holderOf(scope);
      if (holder !== undefined) return holder;
      // A damaged lease is replaced: no tick could ever take it, and no commit depends on a lease.
      await writeLease(scope, lease, ANY_ROW);
      return 'mine';
    },
    async saveHealth(scope, health, sent, owners) {
      const cell = { health: JSON.stringify(health) };
      const put = [cell, { leaseUntil: integer(0) }];
      if (sent !== undefined && 'leave' in sent) {
        await updateHead(scope, [...put, { uncounted: JSON.stringify(sent.leave) }]);
        return 'saved';
      }
      const add = sent?.add;
      if (owners === undefined) {
        await updateHead(scope, put, { add });
        return 'saved';
      }
      const [leaseOwner, ...others] = owners;
      const isHeldBy = (owner: string) => isEqual('leaseOwner', owner, true);
      const isOwn = anyOf(isHeldBy(leaseOwner), ...others.map(isHeldBy));
      const saved = await expecting('saved', () =>
        updateHead(scope, [...put, { leaseOwner }], { condition: rowWhere(isOwn), add }),
      );
      if (saved === 'saved') return 'saved';
      // The run that holds the lease has not saved its own health yet, and may never do so.
      const isUnsaved = { condition: rowWhere(isAbove('leaseUntil', 0)), add };
      const beside = [cell, { [SAVED_BESIDE]: leaseOwner }];
      const isLeft = await expecting('saved', () => updateHead(scope, beside, isUnsaved));
      if (isLeft === 'taken' && add !== undefined) await updateHead(scope, [], { add });
      return 'taken';
    },
    async saveFailure(scope, health, { owner, untilMs }) {
      const isOwn = isEqual('leaseOwner', owner);
      // A run that leaves calls gives the lease back whichever run holds it.
      const isHeld = bothOf(isOwn, isEqual('leaseUntil', integer(untilMs)));
      const condition = rowWhere(bothOf(isHeld, isMissing(SAVED_BESIDE)));
      const put = [{ health: JSON.stringify(health) }, { leaseUntil: integer(0) }];
      // Without an owner, a run that held the lease before this one saves its health. So would one that
      // has outlived two leases: its health is then a scan older than the last one, until the next.
      const removed = [{ DELETE_ALL: ['leaseOwner'] }];
      const saved = await expecting('saved', () => updateHead(scope, put, { condition, removed }));
      if (saved === 'taken') {
        const given = [{ leaseUntil: integer(0) }];
        await expecting('saved', () => updateHead(scope, given, { condition: rowWhere(isOwn) }));
      }
      return saved;
    },
    async saveStarts(scope, before, after) {
      // A repeated write of this run returns `taken`, although the row then holds what this run wrote:
      // the caller reads the row, and finds its own starts.
      return expecting('saved', async () => {
        await caller.call('updateRow', 'repeatable', {
          tableName: state,
          condition: before === null ? ANY_ROW : rowWhere(holdsStarts(before)),
          primaryKey: stateKey(scope.key, HEAD),
          updateOfAttributeColumns: [{ PUT: [{ starts: JSON.stringify(after) }] }],
        });
      });
    },
    async saveCheckpoint(scope, snapshot, writerId, replaced) {
      const { seq } = snapshot;
      const stored = await putParts(snapshot, state, (index) =>
        stateKey(scope.key, partName({ seq, writer: writerId }, index)),
      );
      const ref = { seq, parts: stored.parts, writer: writerId };
      // The column checkpointSeq may be damaged. The checkpoint that this tick began with is older than
      // its own in any case, so that it is replaced whatever the column holds.
      const isReplaced = isEqual('checkpoint', textOf(replaced), replaced === undefined);
      const isDue = anyOf(isBelow('checkpointSeq', ref.seq), isReplaced);
      // A cell that holds no text cannot be compared: the write has no condition. If another tick has
      // replaced the cell meanwhile, an older checkpoint costs the next tick commits to read, and no more.
      const condition = replaced === null ? ANY_ROW : rowWhere(isDue);
      const made = await expecting('current', async () => {
        await caller.call('updateRow', 'repeatable', {
          tableName: state,
          condition,
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
    async keepCheckpoint({ key }, snapshot, writer, atMs) {
      const { seq } = snapshot;
      const scope = keptPartsOf(key, { seq, writer });
      const stored = await putParts(snapshot, journal, (index) => commitKey(scope, index));
      await caller.call('putRow', 'repeatable', {
        tableName: journal,
        condition: ANY_ROW,
        primaryKey: commitKey(keptOf(key), seq),
        attributeColumns: [{ checkpoint: JSON.stringify({ seq, writer, atMs, ...stored }) }],
      });
    },
    removeParts,
    async saveWatchList(list) {
      await caller.call('putRow', 'repeatable', {
        tableName: state,
        condition: ANY_ROW,
        primaryKey: stateKey(WATCHER.key, WATCH_LIST),
        attributeColumns: [{ list: JSON.stringify(list) }],
      });
    },
    async recordDelivery(record, giveUpMs) {
      const row = {
        tableName: journal,
        condition: ANY_ROW,
        primaryKey: commitKey(deliveriesOf(record.channel), record.seq),
        attributeColumns: deliveryColumns(record),
      };
      await caller.call('putRow', 'repeatable', row, giveUpMs);
    },
    async moveChannel(name, before, after) {
      const row = { tableName: state, primaryKey: stateKey(CHANNELS_KEY, name) };
      const put = channelColumns(after);
      return expecting('moved', async () => {
        await (before === undefined
          ? caller.call('putRow', 'once', {
              ...row,
              condition: NO_ROW,
              attributeColumns: put,
            })
          : // An update leaves the columns of a newer version as they are.
            caller.call('updateRow', 'once', {
              ...row,
              condition: existingRowWhere(isEqual('version', integer(before.version))),
              updateOfAttributeColumns: [{ PUT: put }],
            }));
      });
    },
  };
}

/** `success`, or `taken` when the row was not in the expected state. */
async function expecting<T extends string>(
  success: T,
  write: () => Promise<void>,
): Promise<T | 'taken'> {
  try {
    await write();
    return success;
  } catch (error) {
    if (error instanceof JournalError && error.code === 'OTSConditionCheckFail') return 'taken';
    throw error;
  }
}

interface HeadUpdate {
  readonly condition?: Condition;
  readonly removed?: readonly object[];
  readonly add?: CallTotals | undefined;
}

function totalColumns({ calls, throttles }: CallTotals): readonly object[] {
  return [{ callsTotal: integer(calls) }, { throttlesTotal: integer(throttles) }];
}

function textOf(ref: CheckpointRef | string | null | undefined): string {
  return typeof ref === 'string' ? ref : JSON.stringify(ref ?? null);
}

/** Starts that were never stored are none. */
function holdsStarts(starts: Starts | string): SingleColumnCondition {
  return typeof starts === 'string'
    ? isEqual('starts', starts)
    : isEqual('starts', JSON.stringify(starts), Object.keys(starts).length === 0);
}
