import { timingSafeEqual } from 'node:crypto';
import {
  accessKeyNotFound,
  missing,
  securityTokenMismatch,
  signatureDoesNotMatch,
  signatureNonceUsed,
  timestampExpired,
  timestampMalformed,
} from '../errors.ts';
import type { ApiCall } from '../request.ts';
import { nonceMemory } from './nonces.ts';
import { claimV1 } from './v1.ts';
import { claimV3 } from './v3.ts';

export interface AccessKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** The token of a temporary (STS) key; a call signed with that key must carry it. */
  readonly securityToken?: string;
}

/**
 * Believes a call, or says why not. The clients sign with the time of the machine, so `now` is that
 * time, in milliseconds, even where a test lets the fleet live in another one.
 *
 * @throws {ApiError} the answer to a call that is not believed.
 */
export type Verifier = (call: ApiCall) => void;

export function signatureVerifier(accessKeys: readonly AccessKey[], now: () => number): Verifier {
  const keys = new Map(accessKeys.map((key) => [key.accessKeyId, key]));
  const isNew = nonceMemory(2 * TOLERANCE_MS);
  return (call) => {
    const claim = call.scheme === 'ACS3' ? claimV3(call) : claimV1(call);
    const key = keys.get(claim.accessKeyId);
    if (key === undefined) throw accessKeyNotFound();
    checkToken(key, claim.securityToken);
    const nowMs = now();
    checkTimestamp(claim.timestamp, nowMs);
    if (!equal(claim.signature, claim.expectedFor(key.accessKeySecret))) {
      throw signatureDoesNotMatch(claim.mismatch());
    }
    // Last, so that nobody without the secret can use up a nonce.
    if (!isNew(`${key.accessKeyId}/${claim.nonce}`, nowMs)) throw signatureNonceUsed();
  };
}

/** How far a timestamp may be off: 15 minutes, either way. */
const TOLERANCE_MS = 15 * 60_000;

function checkToken(key: AccessKey, token: string | undefined): void {
  if (key.securityToken === undefined && !token) return;
  if (!token) throw missing('SecurityToken');
  if (token !== key.securityToken) throw securityTokenMismatch();
}

function checkTimestamp(timestamp: string, nowMs: number): void {
  const timeMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(timestamp)
    ? Date.parse(timestamp)
    : Number.NaN;
  if (Number.isNaN(timeMs)) throw timestampMalformed();
  if (Math.abs(nowMs - timeMs) > TOLERANCE_MS) throw timestampExpired();
}

function equal(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
