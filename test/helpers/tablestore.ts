import { createHash, createHmac } from 'node:crypto';
import { request } from 'node:http';
import {
  startTablestore,
  type TablestoreOptions,
  type TablestoreServer,
} from '../../local/tablestore/index.ts';

/** The official npm client, as far as the tests use it; the package has no types of its own. */
// biome-ignore lint/suspicious/noExplicitAny: answers of the client are checked by the tests, not by the compiler.
type Answer = any;

export interface OfficialClient {
  createTable(params: object): Promise<Answer>;
  describeTable(params: object): Promise<Answer>;
  listTable(params: object): Promise<Answer>;
  updateTable(params: object): Promise<Answer>;
  deleteTable(params: object): Promise<Answer>;
  getRow(params: object): Promise<Answer>;
  putRow(params: object): Promise<Answer>;
  updateRow(params: object): Promise<Answer>;
  deleteRow(params: object): Promise<Answer>;
  getRange(params: object): Promise<Answer>;
  batchGetRow(params: object): Promise<Answer>;
  batchWriteRow(params: object): Promise<Answer>;
  startLocalTransaction(params: object): Promise<Answer>;
  commitTransaction(params: object): Promise<Answer>;
  createIndex(params: object): Promise<Answer>;
  listSearchIndex(params: object): Promise<Answer>;
}

/** The package itself: constants, and the classes of conditions and filters. */
export const TS: Answer = require('tablestore');

export const CREDENTIALS = { accessKeyId: 'testid', accessKeySecret: 'testkey' };
export const INSTANCE = 'demo';

/** A server in memory, unless the options say otherwise. */
export function startTestTablestore(
  options: Partial<TablestoreOptions> = {},
): Promise<TablestoreServer> {
  return startTablestore({
    data: 'memory',
    instance: INSTANCE,
    accessKeys: [CREDENTIALS],
    ...options,
  });
}

/** What the service answered instead of success; the official client leaves its errors unparsed. */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number | undefined;

  constructor(code: string, status: number | undefined, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const ENCODED_ERROR = /(OTS[A-Za-z]+)(?:[^A-Za-z ](?:\ufffd.|[^\ufffd])(.*))? requestId:/s;

function parsedError(error: Answer): ServiceError {
  const [, code, message = ''] = ENCODED_ERROR.exec(String(error.message)) ?? [];
  if (code !== undefined) return new ServiceError(code, error.code, message);
  return new ServiceError(String(error.code ?? error.name), undefined, String(error.message));
}

/** The unmodified official client, except that its errors are readable. */
export function officialClient(server: TablestoreServer, options: object = {}): OfficialClient {
  const client = new TS.Client({
    endpoint: server.url,
    instancename: INSTANCE,
    ...CREDENTIALS,
    maxRetries: 0,
    httpOptions: { timeout: 20_000 },
    ...options,
  });
  return new Proxy(client, {
    get:
      (target, method: string) =>
      async (params: object): Promise<Answer> => {
        try {
          return await target[method](params);
        } catch (error) {
          throw parsedError(error);
        }
      },
  });
}

/** An INTEGER is a bigint in the tests; a number is a DOUBLE, as in the official client. */
export type Plain = bigint | number | boolean | string | Buffer;
export type PlainRow = Readonly<Record<string, Plain>>;

/** A primary key as the official client takes it. */
export function key(columnsOfKey: Readonly<Record<string, Plain | object>>): object[] {
  return named(columnsOfKey);
}

/** Attribute columns as the official client takes them. */
export function columns(values: PlainRow): object[] {
  return named(values);
}

function named(values: Readonly<Record<string, Plain | object>>): object[] {
  return Object.entries(values).map(([name, value]) => ({ [name]: toOfficial(value) }));
}

function toOfficial(value: Plain | object): unknown {
  return typeof value === 'bigint' ? TS.Long.fromString(String(value)) : value;
}

/** And back. */
export function plain(value: unknown): Plain {
  if (typeof value === 'object' && value !== null && !Buffer.isBuffer(value)) {
    return BigInt(String(value));
  }
  return value as Plain;
}

export function keyOf(row: Answer): PlainRow {
  return Object.fromEntries(row.primaryKey.map(({ name, value }: Answer) => [name, plain(value)]));
}

/** The columns of a row, each at its newest version. */
export function valuesOf(row: Answer): PlainRow {
  const values: Record<string, Plain> = {};
  for (const { columnName, columnValue } of row.attributes ?? []) {
    values[columnName] ??= plain(columnValue);
  }
  return values;
}

/** What a range read wants in place of a key that the client answered. */
export function keyAgain(answered: Answer): object[] {
  return answered.map(({ name, value }: Answer) => ({ [name]: value }));
}

export function condition(
  existence: 'IGNORE' | 'EXPECT_EXIST' | 'EXPECT_NOT_EXIST' = 'IGNORE',
  columnCondition: object | null = null,
): object {
  return new TS.Condition(TS.RowExistenceExpectation[existence], columnCondition);
}

/** A table with the key columns given, one version and no end. */
export function tableNamed(
  tableName: string,
  keyColumns: Readonly<Record<string, 'STRING' | 'INTEGER' | 'BINARY'>>,
  options: object = {},
): object {
  return {
    tableMeta: {
      tableName,
      primaryKey: Object.entries(keyColumns).map(([name, type]) => ({ name, type })),
    },
    reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
    tableOptions: { timeToLive: -1, maxVersions: 1, ...options },
  };
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/**
 * A request by hand, signed by the rules of the protocol; for what the official client cannot send.
 *
 * @param headers in place of the right ones; undefined leaves one out. They are not signed again.
 */
export function rawCall(
  server: TablestoreServer,
  operation: string,
  body: Buffer,
  headers: Readonly<Record<string, string | undefined>> = {},
  method = 'POST',
): Promise<RawAnswer> {
  const right = signedHeaders(operation, body);
  const sent = Object.fromEntries(
    Object.entries({ ...right, ...headers }).filter(([, value]) => value !== undefined),
  ) as Record<string, string>;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${server.url}/${operation}`,
      { method, headers: { ...sent, 'content-length': body.length } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers as RawAnswer['headers'],
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export function signedHeaders(
  operation: string,
  body: Buffer,
  date = new Date().toISOString(),
): Record<string, string> {
  const headers: Record<string, string> = {
    'x-ots-accesskeyid': CREDENTIALS.accessKeyId,
    'x-ots-apiversion': '2015-12-31',
    'x-ots-contentmd5': createHash('md5').update(body).digest('base64'),
    'x-ots-date': date,
    'x-ots-instancename': INSTANCE,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const text = `/${operation}\nPOST\n\n${lines.join('')}`;
  const signature = createHmac('sha1', CREDENTIALS.accessKeySecret).update(text).digest('base64');
  return { ...headers, 'x-ots-signature': signature };
}
