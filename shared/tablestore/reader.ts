import type { Commit, Scope } from '../core/model.ts';
import { allOf } from '../lib/all-of.ts';
import type { JournalReader } from '../ports/journal.ts';
import type { Caller } from './caller.ts';
import { decodePart, joinParts } from './checkpoint.ts';
import {
  channelName,
  checkpointPartName,
  commitName,
  headName,
  headOf,
  orThrow,
} from './corrupt.ts';
import { type CommitRange, storedRows } from './stored-rows.ts';
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

  return {
    async head(scope) {
      const cells = await rows.head(scope);
      return cells && headOf(cells, headName(tables, scope));
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
    watchList: rows.watchList,
    deliveries: rows.deliveries,
    units: caller.units,
  };
}

function* lazily<T, R>(
  items: readonly T[],
  make: (item: T, index: number) => R,
): Generator<R, void> {
  for (const [index, item] of items.entries()) yield make(item, index);
}
