import { allOf } from '../lib/all-of.ts';
import { once } from '../lib/once.ts';
import type { RawJournal } from '../ports/raw-journal.ts';
import { createCaller } from './caller.ts';
import { decodePart, partName } from './checkpoint.ts';
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
    channels: rows.channels,
    deliveries: rows.deliveries,
  };
}
