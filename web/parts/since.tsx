import type { VNode } from 'preact';
import { usePage } from '../page-context.ts';

/** How long an instance has had its status; at least, where its beginning was not seen. */
export function Since(props: { readonly ms: number; readonly isKnown: boolean }): VNode {
  const { texts, clock, nowMs } = usePage();
  const { ms, isKnown } = props;
  const lasting = texts.duration(Math.max(0, nowMs - ms));
  return (
    <time
      dateTime={new Date(ms).toISOString()}
      title={`${clock.time(ms, nowMs)} · ${clock.utc(ms)}`}
      class={isKnown ? '' : 'at-least'}
    >
      {isKnown ? lasting : texts.atLeast(lasting)}
    </time>
  );
}
