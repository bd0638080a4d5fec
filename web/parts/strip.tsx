import type { VNode } from 'preact';
import type { ChangeJson } from '../../shared/view/core/feed-json.ts';
import { stripOf } from '../core/strips.ts';
import { usePage } from '../page-context.ts';
import { statusWord, toneOf } from './status.tsx';

export const STRIP_HOURS = 24;
const STRIP_MS = STRIP_HOURS * 60 * 60 * 1000;

/** The statuses that an instance had within the last day, as a bar. */
export function Strip(props: {
  readonly status: string;
  /** Since when the scope has been watched, as far as the page knows. */
  readonly watchedSinceMs: number;
  readonly changes: readonly ChangeJson[];
}): VNode {
  const { texts, live, nowMs } = usePage();
  const beganMs = nowMs - STRIP_MS;
  const fromMs = Math.max(beganMs, live.changesSinceMs, props.watchedSinceMs);
  const segments = stripOf(props.status, props.changes, fromMs, nowMs);
  const words = segments.map(
    ({ status, fromMs: from, untilMs }) =>
      `${statusWord(texts, status)} ${texts.duration(untilMs - from)}`,
  );
  const x = (ms: number): number => (100 * (ms - beganMs)) / STRIP_MS;
  return (
    <svg
      class="strip"
      viewBox="0 0 100 10"
      preserveAspectRatio="none"
      role="img"
      aria-label={`${texts.strip(STRIP_HOURS)}: ${words.join(', ')}`}
    >
      <title>{words.join(' → ')}</title>
      {segments.map(({ status, fromMs: from, untilMs }) => (
        <rect
          key={from}
          class={toneOf(status)}
          x={x(from)}
          y="0"
          // A minute of a day is less than a pixel, and a short stop is what people look for.
          width={Math.max(x(untilMs) - x(from), 0.8)}
          height="10"
        />
      ))}
    </svg>
  );
}
