import type {
  TablestoreOptions as ServerOptions,
  TablestoreServer,
} from '../../local/tablestore/index.ts';
import type { Journal, JournalReader, JournalRepair, JournalRows } from '../../shared/ports.ts';
import { tablestoreRows } from '../../shared/tablestore/examination.ts';
import {
  type TablestoreOptions,
  tablestoreJournal,
  tablestoreReader,
} from '../../shared/tablestore/journal.ts';
import { MINUTE_MS, NOW_MS } from './examples.ts';
import { CREDENTIALS, INSTANCE, startTestTablestore } from './tablestore.ts';
import { virtualWorld } from './virtual-world.ts';

export const TABLE_PREFIX = 'test_';

/** The journal over a Tablestore of its own, in memory and in virtual time. */
export interface TablestoreJournal {
  readonly server: TablestoreServer;
  /** Another client of the same tables, as another run of the watcher has. */
  journal(options?: Partial<TablestoreOptions>): Journal;
  reader(options?: Partial<TablestoreOptions>): JournalReader;
  rows(): JournalRows;
  repair(): JournalRepair;
  close(): Promise<void>;
}

export async function startTestJournal(
  seed = 1,
  serverOptions: Partial<ServerOptions> = {},
): Promise<TablestoreJournal> {
  const server = await startTestTablestore({ seed, ...serverOptions });
  const withDefaults = (options: Partial<TablestoreOptions>): TablestoreOptions => ({
    endpoint: server.url,
    instance: INSTANCE,
    tablePrefix: TABLE_PREFIX,
    credentials: CREDENTIALS,
    world: virtualWorld(NOW_MS, seed),
    redact: (text) => text,
    deadlineMs: NOW_MS + MINUTE_MS,
    ...options,
  });
  return {
    server,
    journal: (options = {}) => tablestoreJournal(withDefaults(options)),
    reader: (options = {}) => tablestoreReader(withDefaults(options)),
    rows: () => tablestoreRows(withDefaults({})),
    repair: () => tablestoreJournal(withDefaults({})),
    close: () => server.close(),
  };
}
