import { MalformedError } from '../encoding/bytes.ts';
import type { Message } from '../encoding/proto/message.ts';
import type { Engine } from '../engine/engine.ts';
import type { Table } from '../engine/table.ts';
import { parameterInvalid } from '../errors.ts';
import type { RequestFaults } from '../faults/request-faults.ts';
import { checkTableName } from '../requests/columns.ts';

/** What an operation works with while it serves one request. */
export interface Call {
  readonly engine: Engine;
  readonly faults: RequestFaults;
  /** @throws {TablestoreError} OTSNoPermissionAccess. `*`: all tables */
  checkAccess(table: string): void;
}

/** One operation of the API: its request, its answer, and how the one leads to the other. */
export interface Operation {
  /** From body to body. @throws {TablestoreError} for every answer other than success. */
  perform(call: Call, body: Buffer): Promise<Buffer>;
}

export function operation<Request, Response>(definition: {
  readonly request: Message<Request>;
  readonly response: Message<Response>;
  perform(call: Call, request: Request): Promise<Response>;
}): Operation {
  return {
    async perform(call, body) {
      const request = decodeBody(definition.request, body);
      return definition.response.encode(await definition.perform(call, request));
    },
  };
}

function decodeBody<T>(type: Message<T>, body: Buffer): T {
  try {
    return type.decode(body);
  } catch (cause) {
    if (cause instanceof MalformedError) {
      throw parameterInvalid('Parse PBMessage from RawString failed.');
    }
    throw cause;
  }
}

/** The table that a request names. @throws {TablestoreError} */
export function tableOf({ engine, checkAccess }: Call, name: string): Table {
  checkTableName(name);
  checkAccess(name);
  return engine.tables.get(name);
}

/** The table of the rows that a request names. @throws {TablestoreError} */
export function readyTableOf(call: Call, name: string): Table {
  const table = tableOf(call, name);
  call.faults.checkTable(name);
  return table;
}

/** No transaction can have been started, so that every id is made up. @throws {TablestoreError} */
export function refuseTransaction(transactionId: string | undefined): void {
  if (transactionId !== undefined) throw parameterInvalid('TransactionID is invalid.');
}
