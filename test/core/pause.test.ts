import { PAUSE_MS, pauseBefore } from '../../shared/core/pause.ts';
import { aCommit, NOW_MS } from '../helpers/examples.ts';

it.each([
  ['is none', 'no scan came before', null, false],
  ['is none', 'the last complete scan began a minute before', NOW_MS - 60_000, false],
  ['is none', 'the last complete scan began an hour before', NOW_MS - PAUSE_MS, false],
  ['is one', 'it began more than an hour before', NOW_MS - PAUSE_MS - 1, true],
  ['is none', 'a clock was set back', NOW_MS + PAUSE_MS * 2, false],
])('there %s where %s', (_is, _where, previousAtMs, isPause) => {
  const pause = isPause ? { fromMs: previousAtMs, untilMs: NOW_MS } : null;

  expect(pauseBefore(aCommit({ previousAtMs }))).toEqual(pause);
});
