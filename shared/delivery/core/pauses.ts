import type { Pause } from '../../core/pause.ts';
import { isoTime } from '../../core/time.ts';

/** What was not seen to happen: a pause of several scopes, and what differs after it. */
export interface Section<T> {
  readonly pause: Pause;
  readonly stories: readonly T[];
}

/** The scopes of one tick are scanned within seconds, and one of them may have failed before. */
const SAME_PAUSE_MS = 5 * 60 * 1000;

/** The stories that belong to a pause, those of the same one together. */
export function sectionsOf<T extends { readonly pause: Pause | null }>(
  stories: readonly T[],
): readonly Section<T>[] {
  const sections: { pause: Pause; stories: T[] }[] = [];
  for (const story of stories) {
    const { pause } = story;
    if (pause === null) continue;
    const same = sections.find((section) => isSame(section.pause, pause));
    if (same === undefined) {
      sections.push({ pause, stories: [story] });
    } else {
      same.pause = union(same.pause, pause);
      same.stories.push(story);
    }
  }
  return sections;
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

/** `02:00 to 09:00 UTC`, with the dates where they are two. */
export function pauseTimes({ fromMs, untilMs }: Pause, between = ' to '): string {
  const [from, until] = [minuteOf(fromMs), minuteOf(untilMs)];
  const times =
    from.date === until.date
      ? [from.time, until.time]
      : [`${from.date} ${from.time}`, `${until.date} ${until.time}`];
  return `${times.join(between)} UTC`;
}

function minuteOf(ms: number): { readonly date: string; readonly time: string } {
  const text = isoTime(ms);
  return { date: text.slice(0, 10), time: text.slice(11, 16) };
}
