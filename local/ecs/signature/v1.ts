import { createHmac } from 'node:crypto';
import { canonicalQuery, percentEncode } from '../../signature/canonical-query.ts';
import { parseUtcSeconds } from '../../signature/claim.ts';
import { incompleteSignature, missing } from '../errors.ts';
import type { ApiCall } from '../request.ts';
import type { EcsClaim } from './claim.ts';

/**
 * The signature of RPC calls, HMAC-SHA1 over all parameters, in the query and in the form.
 * https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism
 *
 * @throws {ApiError} when a parameter of the signature is missing.
 */
export function claimV1({ method, parameters }: ApiCall): EcsClaim {
  const mandatory = (name: string): string => {
    const value = parameters.get(name);
    if (!value) throw missing(name);
    return value;
  };
  const accessKeyId = mandatory('AccessKeyId');
  const signature = parameters.get('Signature');
  if (!signature || parameters.get('SignatureMethod') !== 'HMAC-SHA1') throw incompleteSignature();
  const text = stringToSign(method, parameters);
  return {
    accessKeyId,
    securityToken: parameters.get('SecurityToken'),
    signedAtMs: parseUtcSeconds(mandatory('Timestamp').replace(MILLISECONDS, '')),
    nonce: mandatory('SignatureNonce'),
    signature,
    expectedFor: (secret) => createHmac('sha1', `${secret}&`).update(text).digest('base64'),
    mismatchMessage: () =>
      `Specified signature is not matched with our calculation. server string to sign is:${text}`,
  };
}

/** Two clients of npm, aliyun-sdk and waliyun, always send them: `2026-11-22T10:00:00.123Z`. */
const MILLISECONDS = /\.\d{3}(?=Z$)/;

function stringToSign(method: string, parameters: ApiCall['parameters']): string {
  const signed = [...parameters].filter(([name]) => name !== 'Signature');
  return `${method}&${percentEncode('/')}&${percentEncode(canonicalQuery(signed))}`;
}
