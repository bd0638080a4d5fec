import type { InstanceRow } from '../../shared/view/core/instance-row.ts';
import { type InstanceJson, jsonOf, type ReleasedJson } from './answers.ts';

/** An instance at the moment that the page shows. */
export type InstanceThen =
  | { readonly kind: 'shown'; readonly instance: InstanceJson | ReleasedJson }
  /** The fleet of that moment is still being read. */
  | { readonly kind: 'reading' }
  | { readonly kind: 'absent' };

/**
 * `present`: the instance as it is now. `row`: as it was at the moment. `atMs`: the moment; null: now.
 * `isWhole`: all rows of the moment are there.
 */
export function instanceThen(
  present: InstanceJson | ReleasedJson,
  row: InstanceRow | undefined,
  atMs: number | null,
  isWhole: boolean,
): InstanceThen {
  if (atMs === null) return { kind: 'shown', instance: present };
  if (row !== undefined) return { kind: 'shown', instance: jsonOf(row) };
  if (!isWhole) return { kind: 'reading' };
  const isReleased = 'releasedAt' in present && Date.parse(present.releasedAt) <= atMs;
  return isReleased ? { kind: 'shown', instance: present } : { kind: 'absent' };
}
