import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { atMoment } from '../core/address.ts';
import { usePage } from '../page-context.ts';

const STEP_MS = 60_000;

/** Shows the whole page as of any moment of a range that ends now. */
export function MomentSlider(props: {
  readonly presentMs: number;
  readonly spanMs: number;
}): VNode {
  const { address, go, texts, clock, nowMs } = usePage();
  const { presentMs, spanMs } = props;
  const [draggedMs, setDraggedMs] = useState<number | null>(null);
  // As `draggedMs`, but already true for an event that follows before the next paint.
  const unsettledMs = useRef<number | null>(null);
  const shownMs = draggedMs ?? address.atMs ?? presentMs;

  function drag(ms: number | null): void {
    unsettledMs.current = ms;
    setDraggedMs(ms);
  }

  /** A browser reports no change of a slider that was dragged back to where it was: letting go counts as well. */
  function settle(): void {
    const ms = unsettledMs.current;
    if (ms === null) return;
    drag(null);
    // The right end is now, and now goes on.
    const atMs = ms > presentMs - STEP_MS ? null : ms;
    if (atMs !== address.atMs) go(atMoment(address, atMs));
  }

  return (
    <label class="slider">
      <span>
        {texts.moment} <output>{clock.time(shownMs, nowMs)}</output>
      </span>
      <input
        type="range"
        min={presentMs - spanMs}
        max={presentMs}
        step={STEP_MS}
        value={shownMs}
        aria-valuetext={clock.time(shownMs, nowMs)}
        onInput={(event) => drag(Number(event.currentTarget.value))}
        onChange={settle}
        onPointerUp={settle}
        onPointerCancel={settle}
      />
    </label>
  );
}
