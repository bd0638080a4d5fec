import type { ChangeJson } from '../../shared/view/core/feed-json.ts';
import type { NoticeJson } from './answers.ts';
import { rowKey } from './fleet.ts';

/** A status that an instance had lately; null: it was not there. */
export interface Segment {
  readonly status: string | null;
  readonly fromMs: number;
  readonly untilMs: number;
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
