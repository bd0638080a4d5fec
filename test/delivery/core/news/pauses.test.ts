import { gapsIn } from '../../../../shared/delivery/core/news/pauses.ts';
import { aChange, aCommit, MINUTE_MS } from '../../../helpers/examples.ts';

const FROM_MS = Date.UTC(2026, 10, 22, 2, 0, 58);
const UNTIL_MS = Date.UTC(2026, 10, 22, 9, 0, 3);

/** A commit of changes that ends a pause. */
function afterPause(scope: string, fromMinutes = 0, untilMinutes = 0) {
  return aCommit({
    scope,
    previousAtMs: FROM_MS + fromMinutes * MINUTE_MS,
    atMs: UNTIL_MS + untilMinutes * MINUTE_MS,
    changes: [aChange()],
  });
}

it('puts scopes of one tick together, whatever minute the clock showed, with all of their time', () => {
  const commits = [
    afterPause('one'),
    aCommit({ changes: [aChange()] }),
    afterPause('three', -4, 4),
  ];

  expect(gapsIn(commits)).toEqual([
    {
      pause: { fromMs: FROM_MS - 4 * MINUTE_MS, untilMs: UNTIL_MS + 4 * MINUTE_MS },
      scopes: new Set(['three', 'one']),
    },
  ]);
});

it.each([
  ['begins', afterPause('two', 5, 0)],
  ['ends', afterPause('two', 0, 5)],
])('keeps a pause apart that %s at another time', (_what, other) => {
  expect(gapsIn([afterPause('one'), other])).toHaveLength(2);
});

it('finds the scope of a pause again behind one that ended at another time', () => {
  const gaps = gapsIn([afterPause('one'), afterPause('two', 1, 60), afterPause('three', 2, 0)]);

  expect(gaps.map(({ scopes }) => [...scopes])).toEqual([['one', 'three'], ['two']]);
});
