import type { AccessKey } from '../../signature/access-key.ts';
import { type ClaimProblem, problemOfClaim, SIGNATURE_LIFETIME_MS } from '../../signature/claim.ts';
import {
  type ApiError,
  accessKeyNotFound,
  missing,
  securityTokenMismatch,
  signatureDoesNotMatch,
  signatureNonceUsed,
  timestampExpired,
  timestampMalformed,
} from '../errors.ts';
import type { ApiCall } from '../request.ts';
import type { EcsClaim } from './claim.ts';
import { nonceMemory } from './nonces.ts';
import { claimV1 } from './v1.ts';
import { claimV3 } from './v3.ts';

/**
 * The id of the key that a call is signed with.
 * @throws {ApiError} the answer to a call that no owner of a key has signed, or that is a replay.
 */
export type Verifier = (call: ApiCall) => string;

/**
 * @param keysOf the keys that may have this id
 * @param now the time of the machine, which the clients sign with, in milliseconds
 */
export function signatureVerifier(
  keysOf: (accessKeyId: string) => readonly AccessKey[],
  now: () => number,
): Verifier {
  const isNew = nonceMemory(2 * SIGNATURE_LIFETIME_MS);
  return (call) => {
    const claim = call.scheme === 'ACS3' ? claimV3(call) : claimV1(call);
    const nowMs = now();
    const problem = problemOfClaim(claim, keysOf(claim.accessKeyId), nowMs);
    if (problem !== null) throw CLAIM_ERRORS[problem](claim);
    // Last, so that only the owner of the secret can use up a nonce.
    if (!isNew(`${claim.accessKeyId}/${claim.nonce}`, nowMs)) throw signatureNonceUsed();
    return claim.accessKeyId;
  };
}

const CLAIM_ERRORS: Readonly<Record<ClaimProblem, (claim: EcsClaim) => ApiError>> = {
  'unknown-key': () => accessKeyNotFound(),
  'missing-token': () => missing('SecurityToken'),
  'wrong-token': () => securityTokenMismatch(),
  'malformed-time': () => timestampMalformed(),
  'expired-time': () => timestampExpired(),
  'wrong-signature': (claim) => signatureDoesNotMatch(claim.mismatchMessage()),
};
