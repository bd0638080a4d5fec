import { pauseTimes, sectionsOf } from '../../../shared/delivery/core/pauses.ts';

const MINUTE_MS = 60_000;
const FROM_MS = Date.UTC(2026, 10, 22, 2, 0, 58);
const UNTIL_MS = Date.UTC(2026, 10, 22, 9, 0, 3);

function aPause(fromMinutes = 0, untilMinutes = 0) {
  return {
    fromMs: FROM_MS + fromMinutes * MINUTE_MS,
    untilMs: UNTIL_MS + untilMinutes * MINUTE_MS,
  };
}

it('puts scopes of one tick together, whatever minute the clock showed, with all of their time', () => {
  const stories = [
    { name: 'one', pause: aPause() },
    { name: 'two', pause: null },
    { name: 'three', pause: aPause(-4, 4) },
  ];

  expect(sectionsOf(stories)).toEqual([
    {
      pause: { ...aPause(-4, 0), untilMs: aPause(0, 4).untilMs },
      stories: [stories[0], stories[2]],
    },
  ]);
});

it.each([
  ['begins', aPause(5, 0)],
  ['ends', aPause(0, 5)],
])('keeps a pause apart that %s at another time', (_what, other) => {
  expect(sectionsOf([{ pause: aPause() }, { pause: other }])).toHaveLength(2);
});

it('gives the times of a pause to the minute, with dates where it passes midnight', () => {
  expect(pauseTimes(aPause())).toBe('02:00 to 09:00 UTC');
  expect(pauseTimes(aPause(), ' and ')).toBe('02:00 and 09:00 UTC');
  expect(pauseTimes(aPause(-180, 0))).toBe('2026-11-21 23:00 to 2026-11-22 09:00 UTC');
});
