import { isBeginningSeen } from '../../core/appearance.ts';
import { isoTime } from '../../core/time.ts';
import type { ChangeItem } from './feed.ts';
import {
  BOOLEAN,
  COUNT,
  type FieldSchemas,
  named,
  objectSchema,
  orNull,
  TEXT,
  TIME,
} from './schema.ts';

/** A status that an instance had, or `released` until it was seen again. */
interface TimelineState {
  readonly status: string;
  /** It began between `sinceAfter` and `since`; before `since`, where that is null. */
  readonly sinceAfter: string | null;
  readonly since: string;
  /** Was the beginning seen? Otherwise the instance had the status at least since then. */
  readonly sinceKnown: boolean;
  /** It ended between these two; null: it has not ended. */
  readonly untilAfter: string | null;
  readonly until: string | null;
  readonly seconds: number;
}

export const TIMELINE_STATE_SCHEMA = named(
  'TimelineState',
  objectSchema({
    status: TEXT,
    sinceAfter: orNull(TIME),
    since: TIME,
    sinceKnown: BOOLEAN,
    untilAfter: orNull(TIME),
    until: orNull(TIME),
    seconds: COUNT,
  } satisfies FieldSchemas<TimelineState>),
);

/** The statuses that the last changes of an instance lead to, the newest first, as the changes are. */
export function timelineOf(
  changes: readonly ChangeItem[],
  nowMs: number,
): readonly TimelineState[] {
  return changes.map(({ commit, change }, index) => {
    const next = changes[index - 1];
    const untilMs = next?.commit.atMs ?? nowMs;
    return {
      status: change.to ?? 'released',
      sinceAfter: timeOf(commit.previousAtMs),
      since: isoTime(commit.atMs),
      sinceKnown: change.to === null || isBeginningSeen(commit, change),
      untilAfter: timeOf(next?.commit.previousAtMs ?? null),
      until: timeOf(next?.commit.atMs ?? null),
      seconds: Math.max(0, Math.floor((untilMs - commit.atMs) / 1_000)),
    };
  });
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}
