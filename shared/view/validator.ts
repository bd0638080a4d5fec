import { sha256 } from '../lib/sha256.ts';
import type { Freshness } from './core/freshness.ts';

// Source: RFC 9110, section 8.8.3 (ETag).

/** The validator of just this content. */
export function strongTag(content: string): string {
  return `"${digestOf(content)}"`;
}

/** Of an answer that says the same as long as it is made of the same. */
export function weakTag(madeOf: readonly unknown[]): string {
  return `W/"${digestOf(JSON.stringify(madeOf))}"`;
}

/**
 * What a validator holds of freshness. The time that has passed since the last scan stands in the
 * headers, and is new in every answer.
 */
export function stalenessOf({ asOf, stale, healthy, rests }: Freshness): readonly unknown[] {
  return [asOf === null, stale, healthy, rests];
}

function digestOf(content: string): string {
  return sha256(content).toString('base64url');
}
