import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import type { Stacked } from '../core/stacked.ts';
import { usePage } from '../page-context.ts';
import { statusWord, toneOf } from './status.tsx';
import { useMedia } from './use-media.ts';

const HEIGHT = 180;
/** The labels of times by the distance between two of them, in seconds: 24 hours, and ISO dates. */
const DAY = '{YYYY}-{MM}-{DD}';
const TIME_LABELS = [
  [86_400, '{MM}-{DD}', null, null, null, null, null, null, 1],
  [60, '{HH}:{mm}', `\n${DAY}`, null, `\n${DAY}`, null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', `\n${DAY}`, null, `\n${DAY}`, null, null, null, 1],
];
/** A status lasts until it changes: a slope between two points would be a lie. */
const stepped = UPlot.paths.stepped?.({ align: 1 });
const STEPS = stepped === undefined ? {} : { paths: stepped };

/** The fleet by status over time. A click shows the page as of that moment. */
export function Plot(props: {
  readonly stacked: Stacked;
  readonly atMs: number | null;
  readonly pick: (ms: number) => void;
}): VNode {
  const { stacked, atMs, pick } = props;
  const { texts, timeZone } = usePage();
  const place = useRef<HTMLDivElement>(null);
  const isDark = useMedia('screen and (prefers-color-scheme: dark)');
  const picked = useRef(pick);
  picked.current = pick;
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const style = getComputedStyle(element);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--quiet'),
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { stroke: colour('--line'), width: 1 },
    };
    // The highest is drawn first, and the lower ones over it.
    const layers = stacked.layers.toReversed();
    const plot = new UPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1_000), timeZone),
        legend: { live: false },
        cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
        scales: { y: { range: (_, __, max) => [0, Math.max(1, max)] } },
        axes: [
          { ...axis, values: TIME_LABELS },
          {
            ...axis,
            size: 44,
            incrs: [
              1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000,
              100_000,
            ],
          },
        ],
        series: [
          {},
          ...layers.map(({ status }) => ({
            label: statusWord(texts, status),
            stroke: colour(`--${toneOf(status)}`),
            fill: colour(`--${toneOf(status)}-soft`),
            width: 1,
            points: { show: false },
            ...STEPS,
          })),
        ],
        hooks: {
          draw: [(own) => mark(own, atMs, colour('--past'))],
        },
      },
      [[...stacked.times], ...layers.map(({ tops }) => [...tops])],
      element,
    );
    const onClick = (): void => {
      const { left = -1 } = plot.cursor;
      if (left >= 0) picked.current(Math.round(plot.posToVal(left, 'x')) * 1_000);
    };
    plot.over.addEventListener('click', onClick);
    const observer = new ResizeObserver(() => {
      plot.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [stacked, texts, isDark, atMs]);
  return <div class="plot" ref={place} role="img" aria-label={summary(stacked, texts)} />;
}

/** The moment that the page shows. */
function mark(plot: UPlot, atMs: number | null, colour: string): void {
  if (atMs === null) return;
  const x = plot.valToPos(atMs / 1_000, 'x', true);
  const { top, height } = plot.bbox;
  plot.ctx.save();
  plot.ctx.strokeStyle = colour;
  plot.ctx.lineWidth = 3;
  plot.ctx.beginPath();
  plot.ctx.moveTo(x, top);
  plot.ctx.lineTo(x, top + height);
  plot.ctx.stroke();
  plot.ctx.restore();
}

/** What a plot says to a reader who does not see it. */
function summary({ layers }: Stacked, texts: ReturnType<typeof usePage>['texts']): string {
  const words = layers.map(({ status, counts }) => {
    const known = counts.filter((count) => count !== null);
    const low = Math.min(...known);
    const high = Math.max(...known);
    return `${statusWord(texts, status)} ${low === high ? low : `${low}–${high}`}`;
  });
  return `${texts.sections.time}: ${words.join(', ')}`;
}
