import {
  observeWindowOffset,
  observeWindowRect,
  Virtualizer,
  windowScroll,
} from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useReducer, useState } from 'preact/hooks';

export interface WindowRows {
  /** The rows that are near the window, of which alone there are elements. */
  readonly indexes: readonly number[];
  readonly scrollToRow: (index: number) => void;
}

/** Rows drawn beyond both edges of the window, so that scrolling shows no gap. */
const OVERSCAN = 12;
/** As in the style sheet: the sentence stays at the top of the window. */
const SENTENCE_HEIGHT = 112;

/** Ten thousand rows of one height, of which only those in the window are drawn. */
export function useWindowRows(
  count: number,
  rowHeight: number,
  list: RefObject<HTMLElement | null>,
): WindowRows {
  const [, redraw] = useReducer((draws: number) => draws + 1, 0);
  const [margin, setMargin] = useState(0);
  const options = {
    count,
    getScrollElement: () => window,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollMargin: margin,
    scrollPaddingStart: SENTENCE_HEIGHT,
    initialRect: { width: window.innerWidth, height: window.innerHeight },
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    scrollToFn: windowScroll,
    onChange: () => redraw(null as never),
  };
  const [virtualizer] = useState(() => new Virtualizer<Window, Element>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  useLayoutEffect(() => {
    virtualizer._willUpdate();
    // What stands above the rows grows and shrinks with every change that is shown there.
    const top = (list.current?.getBoundingClientRect().top ?? 0) + window.scrollY;
    if (Math.abs(top - margin) > 1) setMargin(top);
  });
  return {
    indexes: virtualizer.getVirtualItems().map(({ index }) => index),
    scrollToRow: (index) => virtualizer.scrollToIndex(index, { align: 'auto' }),
  };
}
