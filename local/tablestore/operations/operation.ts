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

/** A table that a request names, which may not exist: whatever else the request says by itself is judged before that. */
export interface NamedTable {
  readonly name: string;
  /** @throws {TablestoreError} OTSObjectNotExist */
  find(): Table;
  /** For the operations on rows. @throws {TablestoreError} OTSObjectNotExist, OTSTableNotReady */
  findReady(): Table;
}

/** @throws {TablestoreError} for a name that no table can have, and OTSNoPermissionAccess. */
export function namedTable({ engine, faults, checkAccess }: Call, name: string): NamedTable {
  checkTableName(name);
  checkAccess(name);
  return {
    name,
    find: () => engine.tables.get(name),
    findReady() {
      const table = engine.tables.get(name);
      faults.checkTable(name);
      return table;
    },
  };
}

/** No transaction can have been started, so that every id is made up. @throws {TablestoreError} */
export function refuseTransaction(transactionId: string | undefined): void {
  if (transactionId !== undefined) throw parameterInvalid('TransactionID is invalid.');
}
