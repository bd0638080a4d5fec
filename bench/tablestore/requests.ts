import { createHash, createHmac } from 'node:crypto';
import {
  type MessageOf,
  message,
  optional,
  required,
} from '../../local/tablestore/encoding/proto/message.ts';
import { bytes, enumeration, int32, string } from '../../local/tablestore/encoding/proto/types.ts';
import { encodeRow } from '../../local/tablestore/engine/stored-row.ts';
import type { PrimaryKey, Row } from '../../local/tablestore/engine/values.ts';
import {
  condition,
  reservedThroughput,
  tableMeta,
} from '../../local/tablestore/protocol/messages.ts';
import type { TablestoreAddresses } from './server-process.ts';

/** The load: rows of 1 KB, and the requests that put and get them, whole and signed before the clock starts. */
export const TABLE = 'bench';
export const KEY_NAME = 'pk';
const NUMBER_NAME = 'number';
const TEXT_NAME = 'text';

/** Names and values of a row, as the service measures them. */
export const ROW_BYTES = 1024;

/** All keys are of one length, so that all rows are. */
const KEY_DIGITS = 10;
const INTEGER_BYTES = 8;
const TEXT_BYTES =
  ROW_BYTES -
  (KEY_NAME.length + KEY_DIGITS) -
  (NUMBER_NAME.length + INTEGER_BYTES) -
  TEXT_NAME.length;

const createTableRequest = message({
  table_meta: required(1, tableMeta),
  reserved_throughput: required(2, reservedThroughput),
});

const putRowRequest = message({
  table_name: required(1, string),
  row: required(2, bytes),
  condition: required(3, condition),
});

const getRowRequest = message({
  table_name: required(1, string),
  primary_key: required(2, bytes),
  max_versions: optional(5, int32),
});

const getRangeRequest = message({
  table_name: required(1, string),
  direction: required(2, enumeration({ FORWARD: 0, BACKWARD: 1 })),
  max_versions: optional(5, int32),
  inclusive_start_primary_key: required(7, bytes),
  exclusive_end_primary_key: required(8, bytes),
});

const getRangeResponse = message({
  rows: required(2, bytes),
  next_start_primary_key: optional(3, bytes),
});

/** A page of a range. */
export const pageOf: (body: Buffer) => MessageOf<typeof getRangeResponse> = getRangeResponse.decode;

export function createTableBody(): Buffer {
  return createTableRequest.encode({
    table_meta: {
      table_name: TABLE,
      primary_key: [{ name: KEY_NAME, type: 'STRING' }],
      defined_column: [],
      index_meta: [],
    },
    reserved_throughput: { capacity_unit: { read: 0, write: 0 } },
  });
}

export function putRowBody(number: number): Buffer {
  return putRowRequest.encode({
    table_name: TABLE,
    row: encodeRow(rowOf(number)),
    condition: { row_existence: 'IGNORE' },
  });
}

export function getRowBody(number: number): Buffer {
  return getRowRequest.encode({
    table_name: TABLE,
    primary_key: encodeRow({ key: keyOf(number), cells: [] }),
    max_versions: 1,
  });
}

/** @param start the key that the previous page returned; the first page begins at row `from`. */
export function getRangeBody(from: number, to: number, start: Buffer | undefined): Buffer {
  return getRangeRequest.encode({
    table_name: TABLE,
    direction: 'FORWARD',
    max_versions: 1,
    inclusive_start_primary_key: start ?? encodeRow({ key: keyOf(from), cells: [] }),
    exclusive_end_primary_key: encodeRow({ key: keyOf(to), cells: [] }),
  });
}

export function keyOf(number: number): PrimaryKey {
  return [{ name: KEY_NAME, value: { type: 'STRING', value: Buffer.from(keyText(number)) } }];
}

export function keyText(number: number): string {
  return String(number).padStart(KEY_DIGITS, '0');
}

/** No two rows hold the same text. */
export function textOf(number: number): string {
  return `${keyText(number)} `.repeat(TEXT_BYTES).slice(0, TEXT_BYTES);
}

export function rowOf(number: number): Row {
  const timestampMs = BigInt(Date.now());
  return {
    key: keyOf(number),
    cells: [
      { name: NUMBER_NAME, value: { type: 'INTEGER', value: BigInt(number) }, timestampMs },
      {
        name: TEXT_NAME,
        value: { type: 'STRING', value: Buffer.from(textOf(number)) },
        timestampMs,
      },
    ],
  };
}

/** The same request as both servers take it; `answerBytes` is for the bare one, and not signed. */
export function httpRequest(
  addresses: TablestoreAddresses,
  operation: string,
  body: Buffer,
  answerBytes = 0,
): Buffer {
  const headers = {
    ...signedHeaders(addresses, operation, body),
    'x-answer-bytes': String(answerBytes),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head =
    `POST /${operation} HTTP/1.1\r\nHost: ${new URL(addresses.tablestore).host}\r\n` +
    `${lines.join('')}Content-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}

export function signedHeaders(
  { instance, accessKeyId, accessKeySecret }: TablestoreAddresses,
  operation: string,
  body: Buffer,
): Readonly<Record<string, string>> {
  // In the order of their names, in which they are signed.
  const headers = {
    'x-ots-accesskeyid': accessKeyId,
    'x-ots-apiversion': '2015-12-31',
    'x-ots-contentmd5': createHash('md5').update(body).digest('base64'),
    'x-ots-date': new Date().toISOString(),
    'x-ots-instancename': instance,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const text = `/${operation}\nPOST\n\n${lines.join('')}`;
  const signature = createHmac('sha1', accessKeySecret).update(text).digest('base64');
  return { ...headers, 'x-ots-signature': signature };
}
