import { randomBytes } from 'node:crypto';
import { LOCAL_INSTANCE } from '../../local/index.ts';
import { startTablestore } from '../../local/tablestore/index.ts';
import type { Environment } from '../../shared/config/environment.ts';
import { keysIn } from '../../shared/config/environment.ts';
import { variableReader } from '../../shared/config/reader.ts';
import { configuredTablestore } from '../../shared/config/tablestore.ts';
import { SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import { redactor } from '../../shared/lib/secrets.ts';
import type { Journal } from '../../shared/ports/journal.ts';
import { tablestoreJournal } from '../../shared/tablestore/journal.ts';
import { ownData, placesIn } from '../box/data-folder.ts';
import { ownCredentials, withCredentials } from '../credentials.ts';
import { whyNotReached } from '../reach.ts';

/** A store that commands work on. */
export interface OpenStore {
  readonly journal: Journal;
  close(): Promise<void>;
}

/** Long enough for millions of commits over the Internet. */
export const TIME_LIMIT_MS = 24 * 60 * 60 * 1000;

/**
 * The store that the environment points to, or that of a box which does not run.
 * @throws {ConfigError}
 * @throws {Error} in a sentence, when it is not reached, or in use
 */
export async function openStore(
  environment: Environment,
  data: string | undefined,
  command: string,
): Promise<OpenStore> {
  if (data !== undefined) {
    const owned = await ownData(data, command, SYSTEM_RUNTIME.now());
    try {
      const tables = await openTables(placesIn(data).tables, environment);
      return {
        ...tables,
        async close() {
          await tables.close();
          await owned.release();
        },
      };
    } catch (error) {
      await owned.release();
      throw error;
    }
  }
  const { settings: config, credentials } = await withCredentials(() => {
    const read = variableReader(environment);
    const tablestore = configuredTablestore(read);
    read.finish();
    return tablestore;
  }, ownCredentials);
  const address = { url: config.endpoint, origin: 'TABLESTORE_ENDPOINT' };
  const unreached = await whyNotReached(address);
  if (unreached !== undefined) throw new Error(`The store is not reached: ${unreached}`);
  const journal = tablestoreJournal({
    ...config,
    credentials,
    runtime: SYSTEM_RUNTIME,
    redact: redactor([...keysIn(environment), ...Object.values(credentials)]),
    deadlineMs: SYSTEM_RUNTIME.now() + TIME_LIMIT_MS,
  });
  return { journal, close: async () => undefined };
}

/** The tables in a folder that nothing else uses, through a server of this process. */
export async function openTables(folder: string, environment: Environment): Promise<OpenStore> {
  const keys = {
    accessKeyId: `journal-${randomBytes(8).toString('hex')}`,
    accessKeySecret: randomBytes(24).toString('hex'),
  };
  const server = await startTablestore({
    data: folder,
    instance: LOCAL_INSTANCE,
    accessKeys: [keys],
  });
  const read = variableReader({
    ...environment,
    TABLESTORE_ENDPOINT: server.url,
    TABLESTORE_INSTANCE: LOCAL_INSTANCE,
  });
  const journal = tablestoreJournal({
    ...configuredTablestore(read),
    credentials: keys,
    runtime: SYSTEM_RUNTIME,
    redact: redactor(Object.values(keys)),
    deadlineMs: SYSTEM_RUNTIME.now() + TIME_LIMIT_MS,
  });
  return { journal, close: () => server.close() };
}
