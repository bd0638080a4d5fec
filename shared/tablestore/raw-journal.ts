import type { Snapshot } from '../core/model.ts';
import { allOf } from '../lib/all-of.ts';
import { once } from '../lib/once.ts';
import type { RawJournal } from '../ports/raw-journal.ts';
import { createCaller } from './caller.ts';
import { damageOfKept, decodePart, joinParts, partName } from './checkpoint.ts';
import { clientFor, type TablestoreOptions } from './journal.ts';
import { storedRows } from './stored-rows.ts';
import { tablesOf } from './tables.ts';

/** The rows of a journal, to examine them; tables that do not exist hold nothing. */
export function tablestoreRawJournal(options: TablestoreOptions): RawJournal {
  const caller = createCaller(
    once(() => clientFor(options)),
    options,
  );
  const rows = storedRows(caller, tablesOf(options.tablePrefix));
  return {
    async commits(scope, seq, limit) {
      const found = await rows.commits(scope, { side: 'after', seq, limit });
      return found.map(({ seq: own, commit }) =>
        'value' in commit ? commit.value : { seq: own, unreadable: commit.unreadable },
      );
    },
    head: rows.head,
    lease: rows.lease,
    async part(scope, ref, index) {
      return decodePart(ref, index, await rows.partData(scope, ref, index));
    },
    async strayParts(scope, current) {
      const own = Array.from({ length: current?.parts ?? 0 }, (_, index) =>
        current === null ? '' : partName(current, index),
      );
      const names = (await rows.partNames(scope)).filter((name) => !own.includes(name));
      return allOf(
        names.map(async (name) => ({
          name,
          writtenAtMs: await rows.partWrittenAtMs(scope, name),
        })),
      );
    },
    kept: rows.allKept,
    async keptSnapshot(scope, kept) {
      const data = await rows.keptParts(scope, kept);
      const damage = damageOfKept(kept, data);
      if (damage !== undefined) return damage;
      const parts: Snapshot[] = [];
      for (const [index, bytes] of data.entries()) {
        const part = decodePart(kept, index, bytes);
        if (!('value' in part)) return part;
        parts.push(part.value);
      }
      return { value: joinParts(kept.seq, parts) };
    },
    channels: rows.channels,
    deliveries: rows.deliveries,
  };
}
