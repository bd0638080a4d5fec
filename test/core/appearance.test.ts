import { appearanceOf } from '../../shared/core/appearance.ts';
import { changeNote } from '../../shared/core/change-note.ts';
import { phrasingOf } from '../../shared/core/phrasing.ts';
import { aChange, aCommit, MINUTE_MS, NOW_MS, WORDING } from '../helpers/examples.ts';

const PHRASING = phrasingOf(WORDING, NOW_MS);

const PREVIOUS_MS = Date.UTC(2026, 10, 22, 10, 4, 0);

describe('an instance that appears', () => {
  it.each([
    ['without a time of creation', {}, 'new'],
    ['created after the last scan', { created: '2026-11-22T10:04Z' }, 'new'],
    // ECS leaves out the seconds.
    ['created in the minute of the last scan', { created: '2026-11-22T10:03Z' }, 'new'],
    ['created before the last scan', { created: '2026-11-22T10:02Z' }, 'created-before'],
    ['created at a time that is none', { created: 'yesterday' }, 'new'],
    ['that was called released', { created: '2026-03-01T08:00Z', returned: true }, 'returned'],
  ] as const)('%s', (_what, parts, appearance) => {
    const commit = aCommit({ previousAtMs: PREVIOUS_MS });

    expect(appearanceOf(commit, aChange({ from: null, ...parts }))).toBe(appearance);
  });

  it('is new where no scan came before', () => {
    const change = aChange({ from: null, created: '2026-03-01T08:00Z' });

    expect(appearanceOf(aCommit({ previousAtMs: null }), change)).toBe('new');
  });
});

it('an instance that was there does not appear', () => {
  expect(appearanceOf(aCommit(), aChange())).toBeNull();
  expect(changeNote(aCommit(), aChange(), PHRASING)).toBeNull();
});

describe('the note of a change', () => {
  it.each([
    [{ fromSinceMs: NOW_MS - MINUTE_MS }, ' at 10:04 UTC'],
    [{ fromSinceMs: NOW_MS - 24 * 60 * MINUTE_MS }, ' at 2026-11-21 10:05 UTC'],
    [{}, ''],
  ])('of an instance that has returned says when its release was reported', (parts, when) => {
    const change = aChange({ from: null, to: 'Running', returned: true, ...parts });

    expect(changeNote(aCommit(), change, PHRASING)).toBe(
      `back: it was reported released${when}, but ECS had not shown it`,
    );
  });

  it('of an instance that appears late says when it was created', () => {
    const change = aChange({ from: null, to: 'Running', created: '2026-03-01T08:00Z' });

    expect(changeNote(aCommit(), change, PHRASING)).toBe('created 2026-03-01');
  });
});
