import { duration } from '../../shared/core/time.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

it.each([
  [-5, '0 seconds'],
  [1_999, '1 second'],
  [119 * SECOND_MS, '119 seconds'],
  [2 * MINUTE_MS, '2 minutes'],
  [119 * MINUTE_MS, '119 minutes'],
  [2 * HOUR_MS, '2 hours'],
  [47 * HOUR_MS, '47 hours'],
  [400 * HOUR_MS, '16 days'],
])('a duration of %d ms is %s', (ms, expected) => {
  expect(duration(ms)).toBe(expected);
});
