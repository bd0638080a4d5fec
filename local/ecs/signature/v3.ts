import { acs3Claim } from '../../signature/acs3.ts';
import { incompleteSignature, missing } from '../errors.ts';
import type { ApiCall } from '../request.ts';
import type { EcsClaim } from './claim.ts';

/** @throws {ApiError} when a part that must be signed is missing, or the body is not the signed one. */
export function claimV3(call: ApiCall): EcsClaim {
  const claim = acs3Claim(call);
  if (claim === 'missing-date') throw missing('Timestamp');
  if (claim === 'missing-nonce') throw missing('SignatureNonce');
  if (claim === 'incomplete') throw incompleteSignature();
  const { stringToSign, canonicalRequest } = claim;
  return {
    ...claim,
    // Seen in aliyun/alibabacloud-csharp-sdk#40; it echoes the signed headers, the token among them.
    mismatchMessage: () =>
      'Specified signature does not match our calculation. ' +
      `server StringToSign is [${stringToSign}] server CanonicalRequest is [${canonicalRequest}]`,
  };
}
