import { hash, randomUUID } from 'node:crypto';
import { systemClock } from '../../clock.ts';
import { type Header, responseAuthorization, type Signer } from './signature.ts';

/** The headers of an answer of the service: names and values in turn. */
export function answerHeaders(
  signer: Signer | undefined,
  operation: string,
  body: Buffer,
): string[] {
  // In the order of their names, in which they are signed.
  const headers: Header[] = [
    ['x-ots-contentmd5', hash('md5', body, 'base64')],
    ['x-ots-contenttype', 'protocol buffer'],
    ['x-ots-date', new Date(systemClock.now()).toISOString()],
    ['x-ots-requestid', randomUUID()],
  ];
  if (signer !== undefined) {
    headers.push(['Authorization', responseAuthorization(signer, operation, headers)]);
  }
  return headers.flat();
}
