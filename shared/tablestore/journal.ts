import type { Client } from 'tablestore';
import { once } from '../lib/once.ts';
import type { Runtime } from '../lib/runtime.ts';
import type { Redact } from '../lib/secrets.ts';
import type { Journal, JournalReader, JournalRepair } from '../ports/journal.ts';
import { attemptTimeoutMs, createCaller, type Operations } from './caller.ts';
import { type Connection, createClient } from './client.ts';
import { readerOver } from './reader.ts';
import { createTables, tablesOf } from './tables.ts';
import { writerOver } from './writer.ts';

/** The tables of an installation, and how long they may be worked with. */
export interface JournalOptions {
  readonly tablePrefix: string;
  /** Of the commits, when their table is made; absent: as long as usual. */
  readonly retentionDays?: number;
  /** Of the tick or the request that this journal serves. */
  readonly deadlineMs: number;
  readonly runtime: Runtime;
  /** Takes secrets out of what Tablestore answers. */
  readonly redact: Redact;
}

export type TablestoreOptions = Connection & JournalOptions;

/** The journal as the watch function and the doctor need it; makes its tables on first use. */
export function tablestoreJournal(options: TablestoreOptions): Journal & JournalRepair {
  return journalOver(clientFor(options), options);
}

/** The same over a client that exists already. */
export function journalOver(client: Operations, options: JournalOptions): Journal & JournalRepair {
  const tables = tablesOf(options.tablePrefix);
  const caller = createCaller(() => client, {
    ...options,
    createTables: () => createTables(client, tables, options),
  });
  const read = readerOver(caller, tables);
  return { ...read, ...writerOver(caller, tables, read) };
}

/** The journal as the view needs it; tables that do not exist yet hold nothing. */
export function tablestoreReader(options: TablestoreOptions): JournalReader {
  // Many requests are answered from memory: only the first read pays for a client.
  const caller = createCaller(
    once(() => clientFor(options)),
    options,
  );
  return readerOver(caller, tablesOf(options.tablePrefix));
}

/** The right of a view whose tokens may write notes: one row of the journal, where there is none yet. */
export function tablestoreAppender(
  options: TablestoreOptions,
): Pick<Journal, 'append' | 'commitAt'> {
  const tables = tablesOf(options.tablePrefix);
  const caller = createCaller(
    once(() => clientFor(options)),
    options,
  );
  const { append, commitAt } = writerOver(caller, tables, readerOver(caller, tables));
  return { append, commitAt };
}

/** A request ends a little before its caller gives it up, so that its error says what was not reached. */
const HEAD_START_MS = 20;

/** A client whose requests end with the tick or the request that it serves. */
export function clientFor(options: TablestoreOptions): Client {
  return createClient(options, () => Math.max(1, attemptTimeoutMs(options) - HEAD_START_MS));
}
