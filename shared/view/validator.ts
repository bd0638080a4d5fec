import { sha256 } from '../lib/sha256.ts';
import type { Freshness } from './core/freshness.ts';

// Source: RFC 9110, section 8.8.3 (ETag).

/**
 * The validator of an answer that says the same as long as it is made of the same. It is weak, also that
 * of fixed bytes: an answer is sent as it is or compressed, and a strong one may not be that of two
 * encodings.
 */
export function weakTag(madeOf: readonly unknown[]): string {
  return `W/"${sha256(JSON.stringify(madeOf)).toString('base64url')}"`;
}

/**
 * What a validator holds of freshness. The time that has passed since the last scan stands in the
 * headers, and is new in every answer.
 */
export function stalenessOf({ asOf, stale, healthy, rests }: Freshness): readonly unknown[] {
  return [asOf === null, stale, healthy, rests];
}
