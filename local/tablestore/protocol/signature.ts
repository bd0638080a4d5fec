import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { AccessKey } from '../../signature/access-key.ts';
import type { TablestoreAccess } from '../access.ts';

/** The headers that are signed are those with this prefix, except the signatures themselves. */
const PREFIX = 'x-ots-';
const SIGNATURE = 'x-ots-signature';
const SIGNATURE_V4 = 'x-ots-signaturev4';

/** Appended by V4 to what a request signs. */
const SERVICE = 'ots';

export type Header = readonly [name: string, value: string];

/** The key that signs a request, and its answer. */
export interface Signer {
  readonly accessKey: AccessKey;
  readonly version: 'V2' | 'V4';
  readonly key: string;
}

/** Undefined when the request names an unknown access key. */
export function signerOf(
  { keyOf }: Pick<TablestoreAccess, 'keyOf'>,
  headers: IncomingHttpHeaders,
): Signer | undefined {
  const accessKey = keyOf(String(headers['x-ots-accesskeyid']));
  if (accessKey === undefined) return undefined;
  return headers[SIGNATURE_V4] === undefined
    ? { accessKey, version: 'V2', key: accessKey.accessKeySecret }
    : { accessKey, version: 'V4', key: keyV4(headers, accessKey.accessKeySecret) };
}

export function hasSignature(headers: IncomingHttpHeaders): boolean {
  return headers[SIGNATURE] !== undefined || headers[SIGNATURE_V4] !== undefined;
}

/** Source: help page "Signature"; V4: the official Java SDK. */
export function isSignedBy(
  { version, key }: Signer,
  operation: string,
  headers: IncomingHttpHeaders,
): boolean {
  const text = `/${operation}\nPOST\n\n${headerLines(signedHeaders(headers))}`;
  return version === 'V2'
    ? headers[SIGNATURE] === hmac('sha1', key, text)
    : headers[SIGNATURE_V4] === hmac('sha256', key, text + SERVICE);
}

/** The `Authorization` of an answer. @param headers its own, in the order of their names. */
export function responseAuthorization(
  { accessKey, key }: Signer,
  operation: string,
  headers: readonly Header[],
): string {
  const text = `${headerLines(headers)}/${operation}`;
  return `OTS ${accessKey.accessKeyId}:${hmac('sha1', key, text)}`;
}

function signedHeaders(headers: IncomingHttpHeaders): readonly Header[] {
  const signed: Header[] = [];
  for (const name in headers) {
    if (!name.startsWith(PREFIX) || name === SIGNATURE || name === SIGNATURE_V4) continue;
    signed.push([name, String(headers[name]).trim()]);
  }
  return signed.sort(([left], [right]) => (left < right ? -1 : 1));
}

function headerLines(headers: readonly Header[]): string {
  let lines = '';
  for (const [name, value] of headers) lines += `${name}:${value}\n`;
  return lines;
}

/** The secret, derived for a day and a region. */
function keyV4(headers: IncomingHttpHeaders, secret: string): string {
  const date = String(headers['x-ots-signdate']);
  const region = String(headers['x-ots-signregion']);
  let key: string | Buffer = `aliyun_v4${secret}`;
  for (const part of [date, region, SERVICE, 'aliyun_v4_request']) {
    key = createHmac('sha256', key).update(part).digest();
  }
  return key.toString('base64');
}

function hmac(algorithm: 'sha1' | 'sha256', key: string, text: string): string {
  return createHmac(algorithm, key).update(text).digest('base64');
}
