import type { Commit } from '../../../core/model.ts';
import { type Pause, pauseBefore } from '../../../core/pause.ts';

/** A time in which nothing was seen, and where. */
export interface Gap {
  readonly pause: Pause;
  readonly scopes: ReadonlySet<string>;
}

/** The scopes of one tick are scanned within seconds, and one of them may have failed before. */
const SAME_PAUSE_MS = 5 * 60 * 1000;

/** The pauses that these commits end with changes, the earliest first; those of one time together. */
export function gapsIn(commits: readonly Commit[]): readonly Gap[] {
  const ended = commits.flatMap((commit) => {
    const pause = commit.changes.length === 0 || commit.notice ? null : pauseBefore(commit);
    return pause === null ? [] : [{ pause, scope: commit.scope }];
  });
  ended.sort((one, other) => one.pause.fromMs - other.pause.fromMs);
  const gaps: MutableGap[] = [];
  for (const { pause, scope } of ended) {
    const same = lastSame(gaps, pause);
    if (same === undefined) {
      gaps.push({ pause, scopes: new Set([scope]) });
    } else {
      same.pause = union(same.pause, pause);
      same.scopes.add(scope);
    }
  }
  return gaps;
}

interface MutableGap {
  pause: Pause;
  readonly scopes: Set<string>;
}

/** They are sorted by their beginnings: only the last ones can have begun at the same time. */
function lastSame(gaps: readonly MutableGap[], pause: Pause): MutableGap | undefined {
  for (let index = gaps.length - 1; index >= 0; index -= 1) {
    const gap = gaps[index];
    if (gap === undefined || !isNear(gap.pause.fromMs, pause.fromMs)) return undefined;
    if (isSame(gap.pause, pause)) return gap;
  }
  return undefined;
}

function isSame(one: Pause, other: Pause): boolean {
  return isNear(one.fromMs, other.fromMs) && isNear(one.untilMs, other.untilMs);
}

function isNear(oneMs: number, otherMs: number): boolean {
  return Math.abs(oneMs - otherMs) < SAME_PAUSE_MS;
}

function union(one: Pause, other: Pause): Pause {
  return {
    fromMs: Math.min(one.fromMs, other.fromMs),
    untilMs: Math.max(one.untilMs, other.untilMs),
  };
}

/** Did this pause begin when ticks were last recorded? Then it says all that their notice says. */
export function beginsAt({ fromMs }: Pause, sinceMs: number): boolean {
  return isNear(fromMs, sinceMs);
}
