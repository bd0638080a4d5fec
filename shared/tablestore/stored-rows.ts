import * as TableStore from 'tablestore';
import type { ChannelState } from '../core/channel-state.ts';
import type { Commit, Scope } from '../core/model.ts';
import type { Stored } from '../core/stored.ts';
import type { WatchList } from '../core/watch-list.ts';
import { WATCHER } from '../core/watcher-journal.ts';
import { intern } from '../lib/intern.ts';
import type { DeliveryLogReader } from '../ports/deliveries.ts';
import type { CheckpointRef, KeptCheckpoint, Lease } from '../ports/journal.ts';
import type { HeadRow, KeptRow } from '../ports/raw-journal.ts';
import type { Caller } from './caller.ts';
import { PARTS, partName } from './checkpoint.ts';
import { getBatch, getRow, getRows, MAX_BATCH_ROWS, type Range } from './reads.ts';
import {
  CHANNELS_KEY,
  cellsOf,
  commitKey,
  deliveriesOf,
  HEAD,
  keptOf,
  keptPartsOf,
  lastKeyOf,
  stateKey,
  WATCH_LIST,
} from './rows.ts';
import { channelIn } from './schema/channel.ts';
import { keptIn } from './schema/checkpoint.ts';
import { commitIn } from './schema/commit.ts';
import { deliveryIn } from './schema/delivery.ts';
import { HEAD_COLUMNS, headIn, isHeadColumn, LEASE_COLUMNS, leaseIn } from './schema/head.ts';
import { watchListIn } from './schema/watch-list.ts';
import type { Tables } from './tables.ts';

/** Commits of a scope on one side of `seq`, the nearest first, at most `limit` of them. */
export interface CommitRange {
  readonly side: 'after' | 'before';
  readonly seq: number;
  readonly limit: number;
  /** Only those that the service returns at once. */
  readonly isOnePage?: boolean;
}

/** Kept checkpoints at `seq` and before, or past it. */
export interface KeptRange {
  readonly side: 'until' | 'after';
  readonly seq: number;
}

/** Rows of kept checkpoints that one search reads: the next ones, where one is damaged. */
const KEPT_PER_READ = 3;

/** Every kind of row, each read in one way for all readers, and none hidden by a damaged one. */
export interface StoredRows {
  commits(scope: Scope, range: CommitRange): Promise<readonly StoredCommit[]>;
  /** 0: there is no commit. */
  lastSeq(scope: Scope): Promise<number>;
  commitAt(scope: Scope, seq: number): Promise<Stored<Commit> | undefined>;
  /** Undefined: the row holds nothing but a lease at most. */
  head(scope: Scope): Promise<HeadRow | undefined>;
  /** For each place: the cells of the scope's head row, and whether there is a commit at its seq. */
  peek(places: readonly CommitPlace[]): Promise<readonly PeekedRows[]>;
  /** Undefined: no lease was ever taken. */
  lease(scope: Scope): Promise<Stored<Lease> | undefined>;
  partData(scope: Scope, ref: CheckpointRef, index: number): Promise<Buffer | undefined>;
  /** The parts of all checkpoints that a scope has. */
  partNames(scope: Scope): Promise<readonly string[]>;
  /** When a part was written; 0: it is gone. */
  partWrittenAtMs(scope: Scope, name: string): Promise<number>;
  /** The kept checkpoints nearest to `seq`, the nearest first. */
  kept(scope: Scope, range: KeptRange): Promise<readonly Stored<KeptCheckpoint>[]>;
  /** All kept checkpoints of a scope, oldest first. */
  allKept(scope: Scope): Promise<readonly KeptRow[]>;
  /** The parts of a kept checkpoint, as far as they are there, in order. */
  keptParts(scope: Scope, kept: KeptCheckpoint): Promise<readonly (Buffer | undefined)[]>;
  channel(name: string): Promise<Stored<ChannelState> | undefined>;
  channels(): Promise<ReadonlyMap<string, Stored<ChannelState>>>;
  watchList(): Promise<Stored<WatchList> | undefined>;
  /** Newest first. */
  deliveries: DeliveryLogReader['deliveries'];
}

export interface CommitPlace {
  readonly scope: Scope;
  readonly seq: number;
}

export interface PeekedRows {
  readonly head: TableStore.Row | undefined;
  readonly hasCommit: boolean;
}

/** Each place is a row of both tables. */
const PLACES_AT_ONCE = MAX_BATCH_ROWS / 2;

export interface StoredCommit {
  readonly seq: number;
  readonly commit: Stored<Commit>;
}

/** The service returns the whole key of a row where one column of it is asked for. */
const KEY_ONLY: readonly string[] = ['scope'];

export function storedRows(caller: Caller, { journal, state }: Tables): StoredRows {
  return {
    async commits({ key }, { side, seq, limit, isOnePage = false }) {
      const isAfter = side === 'after';
      const range: Range = {
        tableName: journal,
        direction: isAfter ? 'FORWARD' : 'BACKWARD',
        start: commitKey(key, isAfter ? seq + 1 : seq - 1),
        end: [{ scope: key }, { seq: isAfter ? TableStore.INF_MAX : TableStore.INF_MIN }],
        limit,
        isOnePage,
      };
      const share = intern();
      return getRows(caller, range, (row) => ({
        seq: Number(lastKeyOf(row)),
        commit: commitIn(key, row, share),
      }));
    },
    async lastSeq({ key }) {
      const range: Range = {
        tableName: journal,
        direction: 'BACKWARD',
        start: [{ scope: key }, { seq: TableStore.INF_MAX }],
        end: [{ scope: key }, { seq: TableStore.INF_MIN }],
        limit: 1,
        // A whole commit may cost hundreds of units.
        columnsToGet: KEY_ONLY,
      };
      const [last = 0] = await getRows(caller, range, (row) => Number(lastKeyOf(row)));
      return last;
    },
    async commitAt({ key }, seq) {
      const row = await getRow(caller, journal, commitKey(key, seq));
      return row && commitIn(key, row);
    },
    async head({ key }) {
      const columns = [...HEAD_COLUMNS, ...LEASE_COLUMNS];
      const row = await getRow(caller, state, stateKey(key, HEAD), columns);
      // A row that holds nothing but a lease is no head.
      const isHead = row?.attributes?.some(({ columnName }) => isHeadColumn(columnName));
      return row && isHead ? headIn(row) : undefined;
    },
    async peek(places) {
      const parts = Array.from({ length: Math.ceil(places.length / PLACES_AT_ONCE) }, (_, part) =>
        places.slice(part * PLACES_AT_ONCE, (part + 1) * PLACES_AT_ONCE),
      );
      const read = parts.map(async (part): Promise<readonly PeekedRows[]> => {
        const [heads = [], commits = []] = await getBatch(caller, [
          {
            tableName: state,
            keys: part.map(({ scope }) => stateKey(scope.key, HEAD)),
            columnsToGet: HEAD_COLUMNS,
          },
          {
            tableName: journal,
            keys: part.map(({ scope, seq }) => commitKey(scope.key, seq)),
            columnsToGet: KEY_ONLY,
          },
        ]);
        return part.map((_, index) => ({
          head: heads[index],
          hasCommit: commits[index] !== undefined,
        }));
      });
      return (await Promise.all(read)).flat();
    },
    async lease({ key }) {
      const row = await getRow(caller, state, stateKey(key, HEAD), LEASE_COLUMNS);
      return row && leaseIn(row);
    },
    async partData({ key }, ref, index) {
      const row = await getRow(caller, state, stateKey(key, partName(ref, index)));
      const data = row && cellsOf(row).get('data');
      return Buffer.isBuffer(data) ? data : undefined;
    },
    async partNames({ key }) {
      const range: Range = {
        tableName: state,
        start: stateKey(key, PARTS.start),
        end: stateKey(key, PARTS.end),
        // Names are enough: no part is read for its own sake.
        columnsToGet: KEY_ONLY,
      };
      return getRows(caller, range, lastKeyOf);
    },
    async partWrittenAtMs({ key }, name) {
      const row = await getRow(caller, state, stateKey(key, name));
      const times = row?.attributes?.map(({ timestamp }) => Number(String(timestamp ?? 0)));
      return Math.max(0, ...(times ?? []));
    },
    async kept({ key }, { side, seq }) {
      const isAfter = side === 'after';
      const scope = keptOf(key);
      const range: Range = {
        tableName: journal,
        direction: isAfter ? 'FORWARD' : 'BACKWARD',
        start: commitKey(scope, isAfter ? seq + 1 : seq),
        end: [{ scope }, { seq: isAfter ? TableStore.INF_MAX : TableStore.INF_MIN }],
        limit: KEPT_PER_READ,
      };
      return getRows(caller, range, keptIn);
    },
    async allKept({ key }) {
      const scope = keptOf(key);
      const range: Range = {
        tableName: journal,
        start: [{ scope }, { seq: TableStore.INF_MIN }],
        end: [{ scope }, { seq: TableStore.INF_MAX }],
      };
      return getRows(caller, range, (row) => ({ seq: Number(lastKeyOf(row)), kept: keptIn(row) }));
    },
    async keptParts({ key }, kept) {
      const scope = keptPartsOf(key, kept);
      const range: Range = {
        tableName: journal,
        start: commitKey(scope, 0),
        end: commitKey(scope, kept.parts),
      };
      return getRows(caller, range, (row) => {
        const data = cellsOf(row).get('data');
        return Buffer.isBuffer(data) ? data : undefined;
      });
    },
    async channel(name) {
      const row = await getRow(caller, state, stateKey(CHANNELS_KEY, name));
      return row && channelIn(row);
    },
    async channels() {
      const range: Range = {
        tableName: state,
        start: [{ scope: CHANNELS_KEY }, { item: TableStore.INF_MIN }],
        end: [{ scope: CHANNELS_KEY }, { item: TableStore.INF_MAX }],
      };
      return new Map(
        await getRows(caller, range, (row) => [lastKeyOf(row), channelIn(row)] as const),
      );
    },
    async deliveries(channel, limit, before) {
      const scope = deliveriesOf(channel);
      const range: Range = {
        tableName: journal,
        direction: 'BACKWARD',
        start:
          before === undefined
            ? // Beyond it, a number is not the key any more, and no clock has made one.
              commitKey(scope, Number.MAX_SAFE_INTEGER)
            : commitKey(scope, before - 1),
        end: commitKey(scope, -1),
        limit,
      };
      return getRows(caller, range, (row) => deliveryIn(channel, row));
    },
    async watchList() {
      const row = await getRow(caller, state, stateKey(WATCHER.key, WATCH_LIST));
      return row && watchListIn(row);
    },
  };
}
