import type { AccessKey } from './access-key.ts';
import { equalSecrets } from './hash.ts';

/** The key that a request says it is signed with, and what proves it. */
export interface Claim {
  readonly accessKeyId: string;
  readonly securityToken: string | undefined;
  /** When the request was signed; NaN when the date cannot be read. */
  readonly signedAtMs: number;
  /** The signature that came with the request. */
  readonly signature: string;
  /** The signature that the owner of this secret would have sent. */
  expectedFor(accessKeySecret: string): string;
}

export type ClaimProblem =
  | 'unknown-key'
  | 'missing-token'
  | 'wrong-token'
  | 'malformed-time'
  | 'expired-time'
  | 'wrong-signature';

/** "A signature is only valid for 15 minutes." https://www.alibabacloud.com/help/doc-detail/85445.htm */
export const SIGNATURE_LIFETIME_MS = 15 * 60_000;

/**
 * The first thing wrong with a claim, in the order of `ClaimProblem`; null when the owner of one of
 * the keys has signed the request. The clients sign with the time of the machine, so `nowMs` is that
 * time, even where a test gives the rest of the server another clock.
 */
export function problemOfClaim(
  claim: Claim,
  accessKeys: readonly AccessKey[],
  nowMs: number,
): ClaimProblem | null {
  const key = accessKeys.find(({ accessKeyId }) => accessKeyId === claim.accessKeyId);
  if (key === undefined) return 'unknown-key';
  if (key.securityToken !== undefined && !claim.securityToken) return 'missing-token';
  if ((claim.securityToken || undefined) !== key.securityToken) return 'wrong-token';
  if (Number.isNaN(claim.signedAtMs)) return 'malformed-time';
  if (Math.abs(nowMs - claim.signedAtMs) > SIGNATURE_LIFETIME_MS) return 'expired-time';
  const expected = claim.expectedFor(key.accessKeySecret);
  return equalSecrets(claim.signature, expected) ? null : 'wrong-signature';
}

/** The time of `2026-11-22T10:00:00Z`; NaN for any other form. */
export function parseUtcSeconds(timestamp: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
}
