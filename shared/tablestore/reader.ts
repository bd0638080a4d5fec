import type { Row } from 'tablestore';
import type { Commit, Scope, Snapshot } from '../core/model.ts';
import { allOf } from '../lib/all-of.ts';
import type { CheckpointRef, Head, JournalReader, KeptCheckpoint } from '../ports/journal.ts';
import type { Caller } from './caller.ts';
import { damageOfKept, decodePart, joinParts } from './checkpoint.ts';
import {
  channelName,
  checkpointPartName,
  commitName,
  corrupt,
  headName,
  headOf,
  keptName,
  orThrow,
  type RowName,
} from './corrupt.ts';
import { cellsOf } from './rows.ts';
import { HEAD_COLUMNS, headIn } from './schema/head.ts';
import { type CommitRange, type KeptRange, storedRows } from './stored-rows.ts';
import type { Tables } from './tables.ts';

/** Parts of a checkpoint that are asked for at once. */
const PARTS_AT_ONCE = 8;

/** The journal, read only. */
export function readerOver(caller: Caller, tables: Tables): JournalReader {
  const rows = storedRows(caller, tables);
  const commits = async (scope: Scope, range: CommitRange): Promise<readonly Commit[]> =>
    (await rows.commits(scope, range)).map(({ seq, commit }) =>
      orThrow(commit, commitName(tables, scope, seq)),
    );
  const nearestKept = async (
    scope: Scope,
    range: KeptRange,
  ): Promise<KeptCheckpoint | undefined> => {
    const nearest = (await rows.kept(scope, range)).find((kept) => 'value' in kept);
    return nearest?.value;
  };

  return {
    async head(scope) {
      const cells = await rows.head(scope);
      return cells && headOf(cells, headName(tables, scope));
    },
    async peek(places) {
      const next = places.map(({ scope, seq }) => ({ scope, seq: seq + 1 }));
      const peeked = await rows.peek(next);
      return new Map(
        places.map(({ scope, head: known }, index) => {
          const { head: row, hasCommit = false } = peeked[index] ?? {};
          const head = row && headAgain(row, known, headName(tables, scope));
          return [scope.key, { head, isFollowed: hasCommit }];
        }),
      );
    },
    lastSeq: rows.lastSeq,
    after: (scope, seq, limit) => commits(scope, { side: 'after', seq, limit }),
    nextAfter: (scope, seq, limit) =>
      commits(scope, { side: 'after', seq, limit, isOnePage: true }),
    before: (scope, seq, limit) => commits(scope, { side: 'before', seq, limit }),
    async checkpoint(scope, ref) {
      const data: (Buffer | undefined)[] = [];
      // A part that is missing ends the reading: the parts behind it would be read in vain.
      while (data.length < ref.parts && !data.includes(undefined)) {
        const count = Math.min(PARTS_AT_ONCE, ref.parts - data.length);
        const indexes = Array.from({ length: count }, (_, index) => data.length + index);
        data.push(...(await allOf(indexes.map((index) => rows.partData(scope, ref, index)))));
      }
      return decodeParts(ref, data, (index) => checkpointPartName(tables, scope, ref, index));
    },
    keptUntil: (scope, seq) => nearestKept(scope, { side: 'until', seq }),
    keptAfter: (scope, seq) => nearestKept(scope, { side: 'after', seq }),
    async keptSnapshot(scope, kept) {
      const data = await rows.keptParts(scope, kept);
      const name = keptName(tables, scope, kept);
      const damage = damageOfKept(kept, data);
      if (damage !== undefined) throw corrupt(damage, name);
      return decodeParts(kept, data, () => name);
    },
    async channel(name) {
      const state = await rows.channel(name);
      return state && orThrow(state, channelName(tables, name));
    },
    channels: rows.channels,
    watchList: rows.watchList,
    deliveries: rows.deliveries,
    units: caller.units,
  };
}

/** One part at a time is decoded, so that only one is in memory as text. */
function decodeParts(
  ref: CheckpointRef,
  data: readonly (Buffer | undefined)[],
  nameOf: (index: number) => RowName,
): Snapshot {
  return joinParts(
    ref.seq,
    lazily(data, (part, index) => orThrow(decodePart(ref, index, part), nameOf(index))),
  );
}

/** What a head was parsed from. */
const cellsOfHead = new WeakMap<Head, ReadonlyMap<string, unknown>>();

/** Between two ticks, a head does not change: the same cells are not parsed again. */
function headAgain(row: Row, known: Head | undefined, name: RowName): Head {
  const cells = cellsOf(row);
  const before = known && cellsOfHead.get(known);
  // A whole number is an object of the SDK.
  const isSame = (column: string) => String(cells.get(column)) === String(before?.get(column));
  if (known !== undefined && before !== undefined && HEAD_COLUMNS.every(isSame)) return known;
  const head = headOf(headIn(row), name);
  cellsOfHead.set(head, cells);
  return head;
}

function* lazily<T, R>(
  items: readonly T[],
  make: (item: T, index: number) => R,
): Generator<R, void> {
  for (const [index, item] of items.entries()) yield make(item, index);
}
