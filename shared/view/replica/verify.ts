import { hmac } from '../../lib/hmac.ts';
import { isSameDigest } from '../../lib/same-secret.ts';
import { sha256 } from '../../lib/sha256.ts';
import type { ApiCall } from './core/call.ts';
import { type Claim, timestampMs } from './core/claim.ts';
import { claimAcs3 } from './core/claim-acs3.ts';
import { claimV1 } from './core/claim-v1.ts';
import {
  ACCESS_KEY_NOT_FOUND,
  type Failure,
  isFailure,
  NONCE_USED,
  TIMESTAMP_EXPIRED,
  TIMESTAMP_MALFORMED,
  TOKEN_MISMATCH,
} from './core/failure.ts';
import type { NonceMemory } from './nonces.ts';

/** The key pair that clients of the replica sign with. */
export interface ReplicaKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** What clients have signed as `host`. Absent: the host that a request comes with. */
  readonly host?: string;
}

/** "A signature is only valid for 15 minutes." https://www.alibabacloud.com/help/doc-detail/85445.htm */
const SIGNATURE_LIFETIME_MS = 15 * 60_000;

/** A client's clock may be ahead: its request is good from 15 minutes before its time until 15 after. */
export const NONCE_LIFETIME_MS = 2 * SIGNATURE_LIFETIME_MS;

/** Why the owner of the key has not signed this call, or not now. Undefined: the call is good. */
export function verify(
  call: ApiCall,
  key: ReplicaKey,
  isNewNonce: NonceMemory,
  nowMs: number,
): Failure | undefined {
  const claim = call.scheme === 'ACS3' ? claimAcs3(call, hashHex, key.host) : claimV1(call);
  if (isFailure(claim)) return claim;
  if (claim.accessKeyId !== key.accessKeyId) return ACCESS_KEY_NOT_FOUND;
  if (claim.securityToken !== '') return TOKEN_MISMATCH;
  const signedAtMs = timestampMs(claim.timestamp);
  if (signedAtMs === undefined) return TIMESTAMP_MALFORMED;
  if (Math.abs(nowMs - signedAtMs) > SIGNATURE_LIFETIME_MS) return TIMESTAMP_EXPIRED;
  const expected = signatureOf(call.scheme, key.accessKeySecret, claim);
  if (!isSameDigest(claim.signature, expected)) return claim.mismatch;
  // Last, so that only the owner of the secret can use up a nonce.
  return isNewNonce(claim.nonce, nowMs) ? undefined : NONCE_USED;
}

function signatureOf(scheme: ApiCall['scheme'], secret: string, { stringToSign }: Claim): string {
  return scheme === 'ACS3'
    ? hmac('sha256', secret, stringToSign).toString('hex')
    : hmac('sha1', `${secret}&`, stringToSign).toString('base64');
}

function hashHex(content: string | Uint8Array): string {
  return sha256(content).toString('hex');
}
