import { allOf } from '../lib/all-of.ts';
import { within } from '../lib/deadline.ts';
import type { Runtime } from '../lib/runtime.ts';
import type { Redact } from '../lib/secrets.ts';
import { ATTEMPT_TIMEOUT_MS, type Operations } from './caller.ts';
import { requestFailure, toJournalError } from './failure.ts';

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

/** Creates both tables; one that exists is left as it is. @throws {JournalError} */
export async function createTables(
  client: Operations,
  { journal, state }: Tables,
  context: { readonly runtime: Runtime; readonly redact: Redact },
): Promise<void> {
  const create = (tableName: string, primaryKey: readonly object[], timeToLive: number) => {
    const request = {
      tableMeta: { tableName, primaryKey },
      reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
      tableOptions: { timeToLive, maxVersions: 1 },
    };
    return createOnce(client, request, context);
  };
  await allOf([
    create(journal, [key('scope', 'STRING'), key('seq', 'INTEGER')], JOURNAL_TTL_SECONDS),
    create(state, [key('scope', 'STRING'), key('item', 'STRING')], FOREVER),
  ]);
}

function key(name: string, type: 'STRING' | 'INTEGER'): object {
  return { name, type };
}

async function createOnce(
  client: Operations,
  request: object,
  { runtime, redact }: { readonly runtime: Runtime; readonly redact: Redact },
): Promise<void> {
  const late = () => new Error(`no answer within ${ATTEMPT_TIMEOUT_MS} ms`);
  try {
    await within(runtime, ATTEMPT_TIMEOUT_MS, client.createTable(request), late);
  } catch (error) {
    const failure = requestFailure(error, redact);
    if (failure.code !== 'OTSObjectAlreadyExist') throw toJournalError(failure, false);
  }
}
