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

/** The prefixes of the installations that have both their tables among these. */
export function prefixesIn(tableNames: readonly string[]): readonly string[] {
  const { journal: end } = tablesOf('');
  return tableNames
    .filter((name) => name.endsWith(end))
    .map((name) => name.slice(0, -end.length))
    .filter((prefix) => tableNames.includes(tablesOf(prefix).state));
}

const DEFAULT_RETENTION_DAYS = 90;
const DAY_SECONDS = 24 * 60 * 60;
const FOREVER = -1;

/** A table as it must be. */
export interface TableDefinition {
  readonly name: string;
  readonly keys: readonly Key[];
  /** -1: for ever. */
  readonly ttlSeconds: number;
}

interface Key {
  readonly name: string;
  readonly type: 'STRING' | 'INTEGER';
}

const SCOPE: Key = { name: 'scope', type: 'STRING' };

/**
 * @param retentionDays how long history is kept. Checkpoints make older commits dispensable, daily at
 * the latest
 */
export function tableDefinitions(
  { journal, state }: Tables,
  retentionDays = DEFAULT_RETENTION_DAYS,
): readonly TableDefinition[] {
  return [
    {
      name: journal,
      keys: [SCOPE, { name: 'seq', type: 'INTEGER' }],
      ttlSeconds: retentionDays * DAY_SECONDS,
    },
    { name: state, keys: [SCOPE, { name: 'item', type: 'STRING' }], ttlSeconds: FOREVER },
  ];
}

interface Context {
  readonly runtime: Runtime;
  readonly redact: Redact;
}

/** Creates both tables; one that exists is left as it is. @throws {JournalError} */
export async function createTables(
  client: Pick<Operations, 'createTable'>,
  tables: Tables,
  context: Context & { readonly retentionDays?: number },
): Promise<void> {
  const definitions = tableDefinitions(tables, context.retentionDays);
  await allOf(definitions.map((table) => createTable(client, table, context)));
}

/** Creates a table; one that exists is left as it is. @throws {JournalError} */
export function createTable(
  client: Pick<Operations, 'createTable'>,
  { name, keys, ttlSeconds }: TableDefinition,
  context: Context,
): Promise<void> {
  const request = {
    tableMeta: { tableName: name, primaryKey: keys },
    reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
    tableOptions: { timeToLive: ttlSeconds, maxVersions: 1 },
  };
  return createOnce(client, request, context);
}

async function createOnce(
  client: Pick<Operations, 'createTable'>,
  request: object,
  { runtime, redact }: Context,
): Promise<void> {
  const late = () => new Error(`no answer within ${ATTEMPT_TIMEOUT_MS} ms`);
  try {
    await within(runtime, ATTEMPT_TIMEOUT_MS, client.createTable(request), late);
  } catch (error) {
    const failure = requestFailure(error, redact);
    if (failure.code !== 'OTSObjectAlreadyExist') throw toJournalError(failure, false);
  }
}
