import { PAUSE_MS, pauseBefore } from '../../shared/core/pause.ts';
import { aCommit, NOW_MS } from '../helpers/examples.ts';

it.each([
  ['no scan came before', null, false],
  ['the last complete scan began a minute before', NOW_MS - 60_000, false],
  ['the last complete scan began an hour before', NOW_MS - PAUSE_MS, false],
  ['the last complete scan began more than an hour before', NOW_MS - PAUSE_MS - 1, true],
  ['a clock was set back', NOW_MS + PAUSE_MS * 2, false],
])('when %s, there was a pause: %s, %s', (_what, previousAtMs, isPause) => {
  expect(pauseBefore(aCommit({ previousAtMs }))).toEqual(
    isPause ? { fromMs: previousAtMs, untilMs: NOW_MS } : null,
  );
});
