import { isBeginningSeen } from '../../core/appearance.ts';
import type { Commit, Instance } from '../../core/model.ts';
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
    const status = change.to ?? 'released';
    const sinceKnown = change.to === null || isBeginningSeen(commit, change);
    const began = { status, sinceMs: commit.atMs, sinceKnown, afterMs: commit.previousAtMs };
    return stateOf(began, changes[index - 1]?.commit, nowMs);
  });
}

/**
 * The status before the oldest change, or that of an instance without one: its beginning is past the
 * retention of the journal. None, where the instance appeared with that change.
 */
export function firstState(
  changes: readonly ChangeItem[],
  nowMs: number,
  present: Instance | undefined,
): readonly TimelineState[] {
  const oldest = changes.at(-1);
  if (oldest === undefined) {
    if (present === undefined) return [];
    const { status, sinceMs, sinceKnown = false } = present;
    return [stateOf({ status, sinceMs, sinceKnown, afterMs: null }, undefined, nowMs)];
  }
  const { from, fromSinceMs, fromSinceKnown = false } = oldest.change;
  if (from === null || fromSinceMs === undefined) return [];
  const began = {
    status: from,
    sinceMs: fromSinceMs,
    sinceKnown: fromSinceKnown,
    afterMs: null,
  };
  return [stateOf(began, oldest.commit, nowMs)];
}

/** A status and when it began: not before `afterMs`, where that is known. */
interface Beginning {
  readonly status: string;
  readonly sinceMs: number;
  readonly sinceKnown: boolean;
  readonly afterMs: number | null;
}

/** `end`: the commit with which the status ended. */
function stateOf(
  { status, sinceMs, sinceKnown, afterMs }: Beginning,
  end: Commit | undefined,
  nowMs: number,
): TimelineState {
  return {
    status,
    sinceAfter: timeOf(afterMs),
    since: isoTime(sinceMs),
    sinceKnown,
    untilAfter: timeOf(end?.previousAtMs ?? null),
    until: timeOf(end?.atMs ?? null),
    seconds: Math.max(0, Math.floor(((end?.atMs ?? nowMs) - sinceMs) / 1_000)),
  };
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}
