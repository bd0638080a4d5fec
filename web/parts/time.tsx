import type { VNode } from 'preact';
import { usePage } from '../page-context.ts';

/** A time in the reader's zone; UTC on hover. */
export function Time({ ms }: { readonly ms: number }): VNode {
  const { clock, nowMs } = usePage();
  return (
    <time dateTime={new Date(ms).toISOString()} title={clock.utc(ms)}>
      {clock.time(ms, nowMs)}
    </time>
  );
}

/** How long ago that was; it counts up by itself. The time itself is on hover. */
export function Ago({ ms }: { readonly ms: number }): VNode {
  const { clock, texts, nowMs } = usePage();
  return (
    <time dateTime={new Date(ms).toISOString()} title={clock.utc(ms)}>
      {texts.ago(Math.max(0, nowMs - ms))}
    </time>
  );
}
