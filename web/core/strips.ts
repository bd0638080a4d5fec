import type { ChangeJson } from '../../shared/view/core/feed-json.ts';
import type { NoticeJson } from './answers.ts';
import { rowKey } from './fleet.ts';

/** A status that an instance had lately; null: it was not there. */
export interface Segment {
  readonly status: string | null;
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * The changes that are kept of those that are known, the newest first, and since when they are all that
 * there are: of a fleet that changes much, the oldest ones go.
 */
export function keptChanges(
  changes: readonly ChangeJson[],
  sinceMs: number,
  most: number,
): { readonly changes: readonly ChangeJson[]; readonly changesSinceMs: number } {
  const kept = changes.slice(0, most);
  const oldest = kept.at(-1);
  const isCut = oldest !== undefined && kept.length < changes.length;
  return { changes: kept, changesSinceMs: isCut ? Date.parse(oldest.at) : sinceMs };
}

/** Changes of a stretch of time by the key of a row, the oldest first. */
export type RecentChanges = ReadonlyMap<string, readonly ChangeJson[]>;

export function recentChanges(changes: readonly ChangeJson[]): RecentChanges {
  const byKey = new Map<string, ChangeJson[]>();
  for (const change of changes) {
    const key = rowKey(change);
    const list = byKey.get(key);
    if (list === undefined) byKey.set(key, [change]);
    else list.push(change);
  }
  return byKey;
}

/** Scope → the time of its first sight, where the notices go back to it. `notices`: the newest first. */
export function watchedSinceOf(notices: readonly NoticeJson[]): ReadonlyMap<string, number> {
  const baselines = notices.filter(({ notice, again }) => notice === 'baseline' && again !== true);
  return new Map(baselines.map(({ scope, at }) => [scope, Date.parse(at)]));
}

/** The statuses of an instance from `fromMs` on, that of now last. */
export function stripOf(
  status: string,
  changes: readonly ChangeJson[],
  fromMs: number,
  nowMs: number,
): readonly Segment[] {
  const segments: Segment[] = [];
  let beganMs = fromMs;
  for (const { at, from } of changes) {
    const atMs = Math.min(Math.max(Date.parse(at), beganMs), nowMs);
    if (atMs > beganMs) segments.push({ status: from, fromMs: beganMs, untilMs: atMs });
    beganMs = atMs;
  }
  if (nowMs > beganMs) segments.push({ status, fromMs: beganMs, untilMs: nowMs });
  return segments;
}
