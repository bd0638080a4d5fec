import type { ApiCall } from './call.ts';
import { canonicalQuery, percentEncode } from './canonical.ts';
import type { Claim } from './claim.ts';
import { type Failure, INCOMPLETE_SIGNATURE, missingPart, signatureMismatch } from './failure.ts';

/**
 * Signature V1: over all parameters, those of the query and those of the form.
 * https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism
 */
export function claimV1({ method, parameters }: ApiCall): Claim | Failure {
  const value = (name: string): string => parameters.get(name) ?? '';
  if (value('AccessKeyId') === '') return missingPart('AccessKeyId');
  if (value('Signature') === '' || value('SignatureMethod') !== 'HMAC-SHA1') {
    return INCOMPLETE_SIGNATURE;
  }
  const missing = ['Timestamp', 'SignatureNonce'].find((name) => value(name) === '');
  if (missing !== undefined) return missingPart(missing);
  const stringToSign = stringToSignV1(method, parameters);
  return {
    accessKeyId: value('AccessKeyId'),
    securityToken: value('SecurityToken'),
    timestamp: value('Timestamp'),
    nonce: value('SignatureNonce'),
    signature: value('Signature'),
    stringToSign,
    mismatch: signatureMismatch(
      `Specified signature is not matched with our calculation. server string to sign is:${stringToSign}`,
    ),
  };
}

function stringToSignV1(method: string, parameters: ApiCall['parameters']): string {
  const query = canonicalQuery(parameters, 'Signature');
  return `${method}&${percentEncode('/')}&${percentEncode(query)}`;
}
