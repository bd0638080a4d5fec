import { gzipSync } from 'node:zlib';
import { ROOT } from '../../commands/bundle.ts';
import { buildPage } from '../../commands/bundle-page.ts';
import { type Section, table } from '../section.ts';
import { median, spread } from '../statistics.ts';
import {
  hourOfPolling,
  type Opening,
  type OpenPage,
  openings,
  typing,
  withBrowser,
} from './reader.ts';
import { type ServedFleet, withServedFleet } from './served-fleet.ts';

const FLEETS: readonly number[] = [10_000, 50_000];
/** The promises hold for this fleet, and an hour of polling is played for it alone; the other one is reported. */
const TARGET_FLEET = 10_000;
const MAX_KILOBYTES = 150;
const MAX_FIRST_ROWS_MS = 1_000;
const MAX_KEY_MS = 50;
/** The heap after an hour against that after ten minutes. The page keeps the changes of a day; a leak of 10 kB a poll is 6 MB. */
const MAX_GROWTH = 1.2;
const CHANGES_PER_MINUTE = 5;
/** What has happened before the page is opened. */
const EARLIER_TICKS = 10;

/** What a reader of the page waits for, and what a page on a wall keeps. */
export async function page(): Promise<Section> {
  const kilobytes = gzipSync(await buildPage(ROOT)).byteLength / 1_000;
  const rows: Row[] = [];
  for (const fleet of FLEETS) rows.push(await measure(fleet));
  return {
    title: 'The page',
    text: [
      `${Math.round(kilobytes)} kB compressed. The built view and its page in a headless Chromium of 1440 × 900, the view in ` +
        'one process with the store. _First rows_ is the time from the request for the page until a frame ' +
        'with rows was drawn, cold where the view had read nothing before. _A key_ is from a key in the ' +
        'search until the frame with its effect was drawn; of the keys of a text, the slowest in the ' +
        'median. _Heap_ is that of JavaScript without garbage, over an hour of polling in virtual ' +
        `time in which ${CHANGES_PER_MINUTE} instances a minute are released and as many are created: after ten minutes and after the hour.`,
      '',
      table(
        [
          'instances',
          'first rows, ms',
          'cold',
          'all read, ms',
          'a key, ms',
          'polls',
          'heap, MB',
          'after the hour',
          '÷',
        ],
        rows.map(({ fleet, cold, warm, slowestKeyMs, keysMs, hour }) => [
          fleet,
          spread(
            warm.map(({ firstRowsMs }) => firstRowsMs),
            0,
          ),
          Math.round(cold.firstRowsMs),
          spread(
            warm.map(({ wholeMs }) => wholeMs),
            0,
          ),
          `${Math.round(slowestKeyMs)} (all: ${spread(keysMs, 0)})`,
          ...(hour === undefined
            ? ['', '', '', '']
            : [
                hour.polls,
                (hour.early / 1e6).toFixed(1),
                (hour.late / 1e6).toFixed(1),
                `${(hour.late / hour.early).toFixed(2)} ×`,
              ]),
        ]),
      ),
    ].join('\n'),
    targets: [
      {
        what: 'the page, compressed',
        figure: kilobytes,
        is: 'at most',
        limit: MAX_KILOBYTES,
        unit: 'kB',
      },
      ...rows.filter(({ fleet }) => fleet === TARGET_FLEET).flatMap(targetsOf),
    ],
  };
}

interface Row {
  readonly fleet: number;
  readonly cold: Opening;
  readonly warm: readonly Opening[];
  readonly slowestKeyMs: number;
  readonly keysMs: readonly number[];
  readonly hour: HourOfPolling | undefined;
}

interface HourOfPolling {
  readonly polls: number;
  /** Bytes of the heap after ten minutes of polling and after the hour. */
  readonly early: number;
  readonly late: number;
}

function measure(fleet: number): Promise<Row> {
  return withServedFleet(fleet, async (served) => {
    for (let tick = 0; tick < EARLIER_TICKS; tick += 1) {
      await served.tick(tick === 0 ? 0 : CHANGES_PER_MINUTE);
      served.clock.advance(60_000);
    }
    await served.tick(0);
    return withBrowser(async (open) => {
      const { cold, warm } = await openings(open, served);
      const texts = await typing(open, served);
      const keys = texts[0]?.map((_, index) => median(texts.map((text) => text[index] ?? 0))) ?? [];
      const hour = fleet === TARGET_FLEET ? await anHour(open, served) : undefined;
      return { fleet, cold, warm, slowestKeyMs: Math.max(...keys), keysMs: texts.flat(), hour };
    });
  });
}

async function anHour(open: OpenPage, served: ServedFleet): Promise<HourOfPolling> {
  const { heaps, polls } = await hourOfPolling(open, served, CHANGES_PER_MINUTE);
  const [, early = 0] = heaps;
  return { polls, early, late: heaps.at(-1) ?? 0 };
}

function targetsOf({ fleet, warm, slowestKeyMs, hour }: Row): Section['targets'] {
  return [
    {
      what: `the page: first rows of ${fleet} instances`,
      figure: median(warm.map(({ firstRowsMs }) => firstRowsMs)),
      is: 'at most',
      limit: MAX_FIRST_ROWS_MS,
      unit: 'ms',
    },
    {
      what: `the page: a key in the search of ${fleet} instances`,
      figure: slowestKeyMs,
      is: 'at most',
      limit: MAX_KEY_MS,
      unit: 'ms',
    },
    ...(hour === undefined
      ? []
      : [
          {
            what: `the page: heap after an hour of polling ${fleet} instances`,
            figure: hour.late / hour.early,
            is: 'at most' as const,
            limit: MAX_GROWTH,
            unit: '× that after ten minutes',
          },
        ]),
  ];
}
