import type { Client } from 'tablestore';
import { within } from '../deadline.ts';
import type { Redact } from '../secrets.ts';
import { ATTEMPT_TIMEOUT_MS } from './caller.ts';
import { failureOf, toJournalError } from './failure.ts';

/** The two tables of an installation; several may share an instance under different prefixes. */
export interface Tables {
  readonly journal: string;
  readonly state: string;
}

export function tablesOf(prefix: string): Tables {
  return { journal: `${prefix}journal`, state: `${prefix}state` };
}

/** How long history is kept. Checkpoints make older commits dispensable, daily at the latest. */
const JOURNAL_TTL_SECONDS = 90 * 24 * 60 * 60;
const FOREVER = -1;

/** Creates both tables; one that is there already is left as it is. @throws {JournalError} */
export async function createTables(
  client: Client,
  { journal, state }: Tables,
  redact: Redact,
): Promise<void> {
  const create = (name: string, primaryKey: readonly object[], ttlSeconds: number) =>
    createTable(client, name, primaryKey, ttlSeconds, redact);
  await Promise.all([
    create(journal, [key('scope', 'STRING'), key('seq', 'INTEGER')], JOURNAL_TTL_SECONDS),
    create(state, [key('scope', 'STRING'), key('item', 'STRING')], FOREVER),
  ]);
}

function key(name: string, type: 'STRING' | 'INTEGER'): object {
  return { name, type };
}

async function createTable(
  client: Client,
  tableName: string,
  primaryKey: readonly object[],
  timeToLive: number,
  redact: Redact,
): Promise<void> {
  try {
    const created = client.createTable({
      tableMeta: { tableName, primaryKey },
      reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
      tableOptions: { timeToLive, maxVersions: 1 },
    });
    const late = () => new Error(`no answer within ${ATTEMPT_TIMEOUT_MS} ms`);
    await within(ATTEMPT_TIMEOUT_MS, created, late);
  } catch (error) {
    const failure = failureOf(error, redact);
    if (failure.code !== 'OTSObjectAlreadyExist') throw toJournalError(failure, false);
  }
}
