import type {
  TablestoreOptions as ServerOptions,
  TablestoreServer,
} from '../../local/tablestore/index.ts';
import type { Journal, JournalReader, JournalRepair } from '../../shared/ports/journal.ts';
import type { RawJournal } from '../../shared/ports/raw-journal.ts';
import {
  type TablestoreOptions,
  tablestoreJournal,
  tablestoreReader,
} from '../../shared/tablestore/journal.ts';
import { tablestoreRawJournal } from '../../shared/tablestore/raw-journal.ts';
import { MINUTE_MS, NOW_MS } from './examples.ts';
import { CREDENTIALS, INSTANCE, startTestTablestore } from './tablestore.ts';
import { virtualRuntime } from './virtual-runtime.ts';

export const TABLE_PREFIX = 'test_';

/** The journal over a Tablestore of its own, in memory and in virtual time. */
export interface TablestoreJournal {
  readonly server: TablestoreServer;
  /** Another client of the same tables, as another run of the watcher has. */
  journal(options?: Partial<TablestoreOptions>): Journal;
  reader(options?: Partial<TablestoreOptions>): JournalReader;
  rows(): RawJournal;
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
    runtime: virtualRuntime(NOW_MS, seed),
    redact: (text) => text,
    deadlineMs: NOW_MS + MINUTE_MS,
    ...options,
  });
  return {
    server,
    journal: (options = {}) => tablestoreJournal(withDefaults(options)),
    reader: (options = {}) => tablestoreReader(withDefaults(options)),
    rows: () => tablestoreRawJournal(withDefaults({})),
    repair: () => tablestoreJournal(withDefaults({})),
    close: () => server.close(),
  };
}
