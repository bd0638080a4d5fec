import type { Failure } from './failure.ts';

/** What a request says about its signature, before anything of it is believed. */
export interface Claim {
  readonly accessKeyId: string;
  /** Empty: none was sent. */
  readonly securityToken: string;
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
  readonly stringToSign: string;
  /** To a client whose signature does not match: what the server has signed. */
  readonly mismatch: Failure;
}

/** The moment of `2026-11-22T10:00:00Z`; undefined for any other form. */
export function timestampMs(timestamp: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u.test(timestamp)) return undefined;
  const ms = Date.parse(timestamp);
  return Number.isNaN(ms) ? undefined : ms;
}
