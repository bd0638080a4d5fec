import { within } from '../../shared/lib/deadline.ts';
import type { Runtime } from '../../shared/lib/runtime.ts';
import type { Redact } from '../../shared/lib/secrets.ts';
import { JournalError } from '../../shared/ports/journal.ts';
import { reasonOf } from '../../shared/ports/reason.ts';
import { type Connection, createClient } from '../../shared/tablestore/client.ts';
import { requestFailure, toJournalError } from '../../shared/tablestore/failure.ts';
import { createTable, type TableDefinition } from '../../shared/tablestore/tables.ts';
import type { Call } from './core/call.ts';
import type { FoundTable, Read } from './core/found.ts';
import { ControlError } from './refusal.ts';

/** The tables of an instance, by the API of its rows. */
export interface TablesClient {
  describe(name: string): Promise<Read<FoundTable>>;
  /** @throws {ControlError} */
  list(): Promise<readonly string[]>;
  /** CreateTable, UpdateTable or DeleteTable. @throws {ControlError} */
  perform(call: Call): Promise<void>;
}

const TIMEOUT_MS = 5_000;

export function tablesClient(
  connection: Connection,
  definitions: readonly TableDefinition[],
  { runtime, redact }: { readonly runtime: Runtime; readonly redact: Redact },
): TablesClient {
  const client = createClient(connection, () => TIMEOUT_MS);
  const asked = async <T>(work: () => Promise<T>): Promise<T> => {
    const late = () => new Error(`no answer within ${TIMEOUT_MS} ms`);
    try {
      return await within(runtime, TIMEOUT_MS, work(), late);
    } catch (error) {
      const known =
        error instanceof JournalError
          ? error
          : toJournalError(requestFailure(error, redact), false);
      throw new ControlError(known.code, reasonOf(known), error);
    }
  };
  return {
    async describe(name) {
      try {
        const answer = await asked(() => client.describeTable({ tableName: name }));
        const { tableMeta, tableOptions } = answer.toJSON();
        const keys = tableMeta.primaryKey.map((key) => ({ name: key.name, type: key.type }));
        return { kind: 'is', value: { keys, ttlSeconds: tableOptions.timeToLive } };
      } catch (error) {
        if (!(error instanceof ControlError)) throw error;
        if (error.code === 'OTSObjectNotExist') return { kind: 'none' };
        return { kind: 'unread', words: error.message };
      }
    },
    async list() {
      const { tableNames = [] } = await asked(() => client.listTable({}));
      return tableNames;
    },
    async perform({ action, parameters }) {
      const { tableName, timeToLive } = parameters;
      switch (action) {
        case 'CreateTable': {
          const definition = definitions.find(({ name }) => name === tableName);
          if (definition === undefined) throw new RangeError(`no table ${tableName} is wanted`);
          await asked(() => createTable(client, definition, { runtime, redact }));
          return;
        }
        case 'UpdateTable':
          await asked(() =>
            client.updateTable({ tableName, tableOptions: { timeToLive, maxVersions: 1 } }),
          );
          return;
        default:
          await asked(() => client.deleteTable({ tableName }));
      }
    },
  };
}
