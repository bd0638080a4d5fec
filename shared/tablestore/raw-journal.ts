import * as TableStore from 'tablestore';
import type { ChannelState, Cursor, Starts } from '../core/channel-state.ts';
import { type Health, NEW_HEALTH } from '../core/health.ts';
import type { Change, Commit } from '../core/model.ts';
import type { Stored } from '../core/stored.ts';
import { type CheckpointRef, JournalError } from '../ports/journal.ts';
import type { HeadRow, RawJournal, StrayPart } from '../ports/raw-journal.ts';
import { messageOf } from '../ports/reason.ts';
import { type Caller, createCaller } from './caller.ts';
import { decodePart, partName } from './checkpoint.ts';
import { createClient } from './client.ts';
import { partNames, type TablestoreOptions } from './journal.ts';
import { CHANNELS, getRow, getRows, HEAD, lastKeyOf, stateKey } from './reads.ts';
import { cellsOf, channelOf, commitIn, HEAD_COLUMNS, integer, type StoredChannel } from './rows.ts';
import { tablesOf } from './tables.ts';

/** The rows of a journal, for who examines them; tables that are not there yet hold nothing. */
export function tablestoreRawJournal(options: TablestoreOptions): RawJournal {
  return rowsOver(createCaller(createClient(options), options), options);
}

function rowsOver(caller: Caller, { tablePrefix }: TablestoreOptions): RawJournal {
  const { journal, state } = tablesOf(tablePrefix);

  const headCells = async (scope: string, columns: readonly string[]) => {
    const row = await getRow(caller, state, stateKey(scope, HEAD), columns);
    return row && cellsOf(row);
  };

  return {
    async commits(scope, seq, limit) {
      const rows = await getRows(caller, {
        tableName: journal,
        start: [{ scope: scope.key }, { seq: integer(seq + 1) }],
        end: [{ scope: scope.key }, { seq: TableStore.INF_MAX }],
        limit,
      });
      return rows.map((row) => {
        const found = foundIn('', () => checked(commitIn(scope.key, row), isCommit));
        return 'value' in found
          ? found.value
          : { seq: Number(lastKeyOf(row)), unreadable: found.unreadable };
      });
    },
    async head(scope) {
      const cells = await headCells(scope.key, HEAD_COLUMNS);
      return cells && headRowIn(cells);
    },
    async lease(scope) {
      const cells = await headCells(scope.key, ['leaseOwner', 'leaseUntil']);
      const [owner, until] = [cells?.get('leaseOwner'), cells?.get('leaseUntil')];
      if (owner === undefined || until === undefined) return undefined;
      return { owner: String(owner), untilMs: Number(String(until)) };
    },
    async part(scope, ref, index) {
      const row = await getRow(caller, state, stateKey(scope.key, partName(ref, index)));
      const data = row && cellsOf(row).get('data');
      return decodePart(scope.key, ref, index, Buffer.isBuffer(data) ? data : undefined);
    },
    async strayParts(scope, current) {
      const names = await partNames(caller, state, scope);
      const own = Array.from({ length: current?.parts ?? 0 }, (_, index) =>
        current === null ? '' : partName(current, index),
      );
      const dated: StrayPart[] = [];
      for (const name of names.filter((item) => !own.includes(item))) {
        const row = await getRow(caller, state, stateKey(scope.key, name));
        const times = row?.attributes?.map(({ timestamp }) => Number(String(timestamp ?? 0)));
        dated.push({ name, writtenAtMs: Math.max(0, ...(times ?? [])) });
      }
      return dated;
    },
    async channels() {
      const rows = await getRows(caller, {
        tableName: state,
        start: [{ scope: CHANNELS }, { item: TableStore.INF_MIN }],
        end: [{ scope: CHANNELS }, { item: TableStore.INF_MAX }],
      });
      return new Map(rows.map((row) => [lastKeyOf(row), channelStateIn(cellsOf(row))]));
    },
  };
}

function channelStateIn(cells: ReadonlyMap<string, unknown>): Stored<ChannelState> {
  const found = jsonIn<StoredChannel>(cells, 'state', (stored) =>
    isChannelState(channelOf(stored)),
  );
  return 'value' in found ? { value: channelOf(found.value) } : found;
}

function headRowIn(cells: ReadonlyMap<string, unknown>): HeadRow {
  return {
    checkpoint: cells.has('checkpoint') ? jsonIn(cells, 'checkpoint', isCheckpointRef) : null,
    // A health that an older version wrote lacks what that did not know.
    health: cells.has('health')
      ? jsonIn(cells, 'health', isHealth, (value) => ({ ...NEW_HEALTH, ...value }))
      : null,
    starts: cells.has('starts') ? jsonIn(cells, 'starts', isStarts) : null,
  };
}

function jsonIn<T>(
  cells: ReadonlyMap<string, unknown>,
  column: string,
  isWhole: (value: T) => boolean,
  complete: (value: T) => T = (value) => value,
): Stored<T> {
  const stored = String(cells.get(column));
  return foundIn(stored, () => checked(complete(JSON.parse(stored) as T), isWhole));
}

function foundIn<T>(stored: string, read: () => T): Stored<T> {
  try {
    return { value: read() };
  } catch (error) {
    const cause = error instanceof JournalError ? (error.cause ?? error) : error;
    return { unreadable: messageOf(cause), stored };
  }
}

/** JSON may be well formed and still not be what was stored. */
function checked<T>(value: T, isWhole: (value: T) => boolean): T {
  let isRight = false;
  try {
    isRight = isWhole(value);
  } catch {
    // Something that is not there at all has no fields to look at.
  }
  if (!isRight) throw new RangeError('it is JSON, but not what a tick writes');
  return value;
}

function isCommit({ changes, notice }: Commit): boolean {
  return changes.every(isChange) && (notice === undefined || typeof notice.kind === 'string');
}

function isChange({ instanceId, from, to }: Change): boolean {
  return typeof instanceId === 'string' && isStatus(from) && isStatus(to);
}

function isStatus(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

function isCheckpointRef({ seq, parts, writer: writerId }: CheckpointRef): boolean {
  return isCount(seq) && isCount(parts) && parts > 0 && typeof writerId === 'string';
}

function isHealth({ seq, failures, lastGoodAtMs, failingSinceMs, reason, hold }: Health): boolean {
  return (
    isCount(seq) &&
    isCount(failures) &&
    [lastGoodAtMs, failingSinceMs].every((time) => time === null || isTime(time)) &&
    isStatus(reason) &&
    (hold === null || (isCount(hold.missing) && isCount(hold.scans) && isTime(hold.sinceMs)))
  );
}

function isChannelState({
  version,
  cursor,
  maybeDelivered: doubt,
  claim,
  failures,
  problem,
  ...times
}: ChannelState): boolean {
  return (
    [version, failures].every(isCount) &&
    [times.attemptedAtMs, times.notBeforeMs].every(isTime) &&
    isCursor(cursor) &&
    isCursor(doubt) &&
    (claim === null || (isCursor(claim.to) && isTime(claim.untilMs))) &&
    isStatus(problem) &&
    (times.deliveredAtMs === null || isTime(times.deliveredAtMs))
  );
}

function isCursor(cursor: Cursor): boolean {
  return Object.values(cursor).every(({ seq, part }) => isCount(seq) && isCount(part));
}

function isStarts(starts: Starts): boolean {
  return Object.values(starts).every(isCount);
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value);
}
