import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { LOCAL_INSTANCE } from '../../local/index.ts';
import { startTablestore } from '../../local/tablestore/index.ts';
import type { Environment } from '../../shared/config/environment.ts';
import { keysIn } from '../../shared/config/environment.ts';
import { variableReader } from '../../shared/config/reader.ts';
import { configuredTablestore, type TablestoreConfig } from '../../shared/config/tablestore.ts';
import { SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import { redactor } from '../../shared/lib/secrets.ts';
import type { Journal, JournalReader } from '../../shared/ports/journal.ts';
import {
  type TablestoreOptions,
  tablestoreJournal,
  tablestoreReader,
} from '../../shared/tablestore/journal.ts';
import { prefixesIn } from '../../shared/tablestore/tables.ts';
import { ownData, placesIn } from '../box/data-folder.ts';
import { ownCredentials, withCredentials } from '../credentials.ts';
import { whyNotReached } from '../reach.ts';

/** A store that commands work on. */
export interface OpenStore<J extends JournalReader = Journal> {
  readonly journal: J;
  close(): Promise<void>;
}

/** Long enough for millions of commits over the Internet. */
export const TIME_LIMIT_MS = 24 * 60 * 60 * 1000;

/**
 * The store that the environment points to, or that of a box which does not run.
 * @throws {ConfigError}
 * @throws {Error} in a sentence, when it is not reached, or in use
 */
export function openStore(
  environment: Environment,
  data: string | undefined,
  command: string,
): Promise<OpenStore> {
  if (data === undefined) return openRemote(environment, tablestoreJournal);
  return openBox(data, command, (tables) => tables.journal(configuredIn(environment, tables)));
}

/** The same for reading alone: nothing is made where there is no journal. */
export async function openToRead(
  environment: Environment,
  data: string | undefined,
  command: string,
): Promise<OpenStore<JournalReader>> {
  if (data === undefined) return openRemote(environment, tablestoreReader);
  checkHoldsJournal(data);
  return openBox(data, command, (tables) => {
    const config = configuredIn(environment, tables);
    if (!tables.prefixes.includes(config.tablePrefix)) {
      throw new Error(notNamed(placesIn(data).folder, config.tablePrefix, tables.prefixes));
    }
    return tables.journal(config);
  });
}

function notNamed(folder: string, wanted: string, prefixes: readonly string[]): string {
  const others = prefixes.length === 0 ? 'none at all' : `those of ${prefixes.join(', ')}`;
  return (
    `${folder} holds no tables that begin with ${wanted}, but ${others}: ` +
    'set ECS_WATCH_NAME or TABLESTORE_TABLE_PREFIX as it is for the box'
  );
}

/** @throws {Error} in a sentence, before a folder is made by a mistyped name */
export function checkHoldsJournal(data: string): void {
  const { tables, folder } = placesIn(data);
  if (!existsSync(tables))
    throw new Error(`${folder} holds no journal: name its folder with --data`);
}

async function openRemote<J extends JournalReader>(
  environment: Environment,
  journalOf: (options: TablestoreOptions) => J,
): Promise<OpenStore<J>> {
  const { settings: config, credentials } = await withCredentials(
    () => readTablestore(environment),
    ownCredentials,
  );
  const address = { url: config.endpoint, origin: 'TABLESTORE_ENDPOINT' };
  const unreached = await whyNotReached(address);
  if (unreached !== undefined) throw new Error(`The store is not reached: ${unreached}`);
  const journal = journalOf({
    ...config,
    credentials,
    runtime: SYSTEM_RUNTIME,
    redact: redactor([...keysIn(environment), ...Object.values(credentials)]),
    deadlineMs: SYSTEM_RUNTIME.now() + TIME_LIMIT_MS,
  });
  return { journal, close: async () => undefined };
}

async function openBox<J extends JournalReader>(
  data: string,
  command: string,
  journalOf: (tables: OpenTables) => J,
): Promise<OpenStore<J>> {
  const owned = await ownData(data, command, SYSTEM_RUNTIME.now());
  try {
    const tables = await openTables(placesIn(data).tables);
    const close = async (): Promise<void> => {
      await tables.close();
      await owned.release();
    };
    try {
      return { journal: journalOf(tables), close };
    } catch (error) {
      await tables.close();
      throw error;
    }
  } catch (error) {
    await owned.release();
    throw error;
  }
}

/** @throws {ConfigError} */
function readTablestore(environment: Environment): TablestoreConfig {
  const read = variableReader(environment);
  const config = configuredTablestore(read);
  read.finish();
  return config;
}

/** What the environment says of the tables of a box, whose address is of this process. @throws {ConfigError} */
function configuredIn(environment: Environment, { url }: OpenTables): TablestoreConfig {
  return readTablestore({
    ...environment,
    TABLESTORE_ENDPOINT: url,
    TABLESTORE_INSTANCE: LOCAL_INSTANCE,
  });
}

/** The tables in a folder. */
export interface OpenTables {
  readonly url: string;
  /** Of the installations that have tables there. */
  readonly prefixes: readonly string[];
  journal(tables: Pick<TablestoreConfig, 'tablePrefix' | 'retentionDays'>): Journal;
  close(): Promise<void>;
}

/** The tables in a folder that nothing else uses, through a server of this process. */
export async function openTables(folder: string): Promise<OpenTables> {
  const keys = {
    accessKeyId: `journal-${randomBytes(8).toString('hex')}`,
    accessKeySecret: randomBytes(24).toString('hex'),
  };
  const server = await startTablestore({
    data: folder,
    instance: LOCAL_INSTANCE,
    accessKeys: [keys],
  });
  const { url } = server;
  return {
    url,
    prefixes: prefixesIn(server.tableNames),
    journal: (tables) =>
      tablestoreJournal({
        ...tables,
        endpoint: url,
        instance: LOCAL_INSTANCE,
        credentials: keys,
        runtime: SYSTEM_RUNTIME,
        redact: redactor(Object.values(keys)),
        deadlineMs: SYSTEM_RUNTIME.now() + TIME_LIMIT_MS,
      }),
    close: () => server.close(),
  };
}
