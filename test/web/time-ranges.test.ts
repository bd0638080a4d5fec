import { usualRange } from '../../web/core/time-ranges.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 10);
const MINUTE_MS = 60_000;

it.each([
  ['1h', [5 * MINUTE_MS]],
  ['6h', [61 * MINUTE_MS, 5 * MINUTE_MS]],
  // The notices do not go back to the first sight.
  ['6h', []],
])('begins with a plot of %s where the scopes are watched since %j ms', (range, ages) => {
  const since = new Map(ages.map((ageMs, index) => [`main/${index}`, NOW_MS - ageMs]));

  expect(usualRange(since, NOW_MS)).toBe(range);
});
