import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { AccessKey } from '../../signature/access-key.ts';
import type { TablestoreAccess } from '../access.ts';
import { authFailed, parameterInvalid, serviceError } from '../errors.ts';
import { INSTANCE_NAME_PATTERN, MAX_BODY_BYTES, MAX_CLOCK_SKEW_MS } from '../limits.ts';
import { hasSignature, isSignedBy, type Signer } from './signature.ts';

/** A request as it arrived. */
export interface ArrivedRequest {
  readonly method: string | undefined;
  readonly operation: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const REQUIRED_HEADERS = [
  'x-ots-date',
  'x-ots-apiversion',
  'x-ots-accesskeyid',
  'x-ots-instancename',
  'x-ots-contentmd5',
];

/**
 * The key that has signed the request, which is whole, recent, and for an instance that is open.
 *
 * @throws {TablestoreError} for the first thing wrong, in the order below.
 */
export function checkRequest(
  request: ArrivedRequest,
  signer: Signer | undefined,
  access: TablestoreAccess,
  nowMs: number,
): AccessKey {
  if (request.method !== 'POST') throw serviceError('OTSMethodNotAllowed');
  checkHeaders(request.headers);
  if (request.body.length > MAX_BODY_BYTES) throw serviceError('OTSRequestBodyTooLarge');
  checkContent(request);
  checkDate(requestHeader(request, 'x-ots-date'), nowMs);
  if (signer === undefined) throw authFailed('The AccessKeyID does not exist.');
  checkInstance(requestHeader(request, 'x-ots-instancename'), access);
  if (request.headers['x-ots-ststoken'] !== signer.accessKey.securityToken) {
    throw authFailed('The security token is not that of the AccessKeyID.');
  }
  if (!isSignedBy(signer, request.operation, request.headers)) {
    throw authFailed('Signature mismatch.');
  }
  return signer.accessKey;
}

function checkHeaders(headers: IncomingHttpHeaders): void {
  for (const name of REQUIRED_HEADERS) {
    if (headers[name] === undefined) throw parameterInvalid(`Missing header: ${name}.`);
  }
  if (!hasSignature(headers)) throw parameterInvalid('Missing header: x-ots-signature.');
}

function checkContent(request: ArrivedRequest): void {
  if (requestHeader(request, 'x-ots-contentmd5') !== hash('md5', request.body, 'base64')) {
    throw authFailed('Mismatch between MD5 value of request body and x-ots-contentmd5 in header.');
  }
}

function checkDate(date: string, nowMs: number): void {
  const dateMs = Date.parse(date);
  if (Number.isNaN(dateMs)) throw parameterInvalid(`Invalid date format: ${date}.`);
  if (Math.abs(dateMs - nowMs) > MAX_CLOCK_SKEW_MS) {
    throw authFailed(`Mismatch between system time and x-ots-date: ${date}.`);
  }
}

function checkInstance(named: string, access: TablestoreAccess): void {
  const reason = access.closedBecause(named);
  if (reason === undefined) return;
  if (!INSTANCE_NAME_PATTERN.test(named)) {
    throw parameterInvalid(`Invalid instance name: '${named}'.`);
  }
  throw authFailed(reason);
}

function requestHeader({ headers }: ArrivedRequest, name: string): string {
  return String(headers[name]);
}
