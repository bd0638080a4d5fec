import { NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import { barriersOf, overflowOf } from '../helpers/page/barriers.ts';
import { fleetOf, idOf, type TestFleet } from '../helpers/page/fleets.ts';
import { pageInBrowser } from '../helpers/page/in-browser.ts';
import type { ServedPage } from '../helpers/page/serve-page.ts';
import {
  DESKTOP,
  PHONE,
  TABLET,
  type Visit,
  type VisitOptions,
  visit,
} from '../helpers/page/visit.ts';
import { roundsOf } from '../helpers/rounds.ts';
import { commitTime, moved, testView } from '../view/helpers.ts';

/** With PAGE_COMBINATIONS=1: each state in each form; otherwise each but the variants once. */
const isAll = roundsOf('PAGE_COMBINATIONS', 0) > 0;
/** The largest fleet takes a busy machine a while. */
const STATE_MS = isAll ? 300_000 : 60_000;

/** A state of the page: how it comes about, and by what it is known. */
interface State {
  readonly size?: number;
  readonly prepare?: (fleet: TestFleet) => Promise<unknown>;
  readonly path?: string;
  /** An element that is there in this state only. */
  readonly sign: string;
  readonly act?: (visit: Visit, served: ServedPage) => Promise<unknown>;
  /** Another state shows the same parts: it is looked at with all combinations only. */
  readonly isVariant?: true;
}

const STATES: Readonly<Record<string, State>> = {
  'no instance': { size: 0, sign: '.verdict.well' },
  'one instance': { size: 1, sign: '.verdict.well', isVariant: true },
  'sixty instances': { sign: '.verdict.warning' },
  'ten thousand instances': { size: 10_000, sign: '.verdict.warning', isVariant: true },
  ...(isAll && { 'fifty thousand instances': { size: 50_000, sign: '.verdict.warning' } }),
  'a stop': {
    prepare: ({ hangzhou }) => hangzhou.record([moved(idOf(0), 'Running', 'Stopped')]),
    sign: '.verdict.alarm',
  },
  'no row that fits': { path: '?text=nothing+of+the+kind', sign: '#instances ~ .quiet' },
  'a filter that cannot be used': { path: '?region=cn-nowhere', sign: '.refused' },
  'an instance': { path: `?instance=${idOf(18)}`, sign: '.panel .timeline' },
  'an instance that is released': {
    prepare: ({ hangzhou }) => hangzhou.record([moved(idOf(0), 'Running', null)]),
    path: `?instance=${idOf(0)}`,
    sign: '.panel .status.gone',
    isVariant: true,
  },
  'an instance that never was': { path: '?instance=i-never', sign: '.panel [role=alert]' },
  'a moment in the past': { path: `?at=${commitTime(6)}`, sign: '.moment' },
  'a moment that is refused': { path: '?at=4000000000000', sign: '.moment', isVariant: true },
  'the keys': { sign: 'dialog[open]', act: ({ page }) => page.keyboard.press('?') },
  'every section open': { sign: '.plot canvas', act: ({ openSections }) => openSections() },
  'a state that is old': {
    prepare: async ({ test }) => {
      test.nowMs += 3_600_000;
    },
    sign: '.verdict.alarm',
  },
  'scans that fail': {
    prepare: ({ hangzhou }) =>
      hangzhou.saveHealth({ failures: 3, failingSinceMs: commitTime(9), reason: 'HTTP 503' }),
    sign: '.verdict.alarm',
    isVariant: true,
  },
  'a channel that fails': {
    prepare: ({ test }) =>
      test.journal.moveChannel('slack', undefined, {
        ...NEW_CHANNEL,
        version: 1,
        failures: 4,
        failingSinceMs: test.nowMs - 3_600_000,
        attemptedAtMs: test.nowMs,
        problem: 'HTTP 503',
      }),
    sign: '.verdict.alarm',
    act: ({ openSections }) => openSections(),
  },
  'a view that does not answer': {
    sign: '.verdict.alarm button',
    act: ({ passUntil }, served) => {
      served.isDown = true;
      return passUntil(/not answered|没有响应|未响应|无响应/u);
    },
  },
  'nothing watched yet': {
    prepare: async (fleet) => Object.assign(fleet, { test: testView() }),
    sign: '.verdict.alarm',
  },
};

interface Form {
  readonly name: string;
  readonly options: VisitOptions;
}

const FORMS: readonly Form[] = [PHONE, TABLET, DESKTOP].flatMap((viewport, column) =>
  (['en-US', 'zh-CN'] as const).flatMap((locale, row) =>
    (['light', 'dark'] as const).map((colorScheme, index) => ({
      // Neighbours differ in everything, so that a few of them show much.
      order: (column + 3 * row + 6 * index + 7 * column) % 12,
      name: `${viewport.width} px, ${locale}, ${colorScheme}`,
      options: { viewport, locale, colorScheme },
    })),
  ),
);

const CASES = Object.entries(STATES).flatMap(([name, state], index) => {
  const once = state.isVariant ? [] : FORMS.slice((5 * index) % FORMS.length).slice(0, 1);
  const forms = isAll ? FORMS : once;
  return forms.map((form) => [name, form.name, state, form.options] as const);
});

describe('the page has no barrier and fits its window', () => {
  const suite = pageInBrowser(testView);

  it.each(CASES)(
    'with %s (%s)',
    async (_state, _form, state, form) => {
      const { size = 60, prepare, path = '', sign, act } = state;
      const fleet = { ...(await fleetOf(size)) };
      await prepare?.(fleet);
      Object.assign(suite.served, { test: fleet.test, isDown: false });
      // axe is a script of its own, which the policy of the page would refuse.
      const options = { ...form, bypassCSP: true, isFailing: true };
      await visit(suite.browser, suite.served, path, options, async (reader) => {
        const { page } = reader;
        await page.locator('.verdict:not(.unknown)').waitFor();
        await act?.(reader, suite.served);
        await page.locator(sign).first().waitFor();

        expect(await overflowOf(page)).toBe(0);
        expect(await barriersOf(page)).toEqual([]);
      });
    },
    STATE_MS,
  );
});
