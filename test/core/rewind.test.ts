import fc from 'fast-check';
import { ChainError, commitsAfter, fold } from '../../shared/core/journal.ts';
import {
  type Change,
  type Commit,
  EMPTY_SNAPSHOT,
  type Snapshot,
} from '../../shared/core/model.ts';
import { rewind } from '../../shared/core/rewind.ts';
import { aChange, aCommit, anInstance } from '../helpers/examples.ts';
import { historyOf, sight } from '../helpers/histories.ts';

describe('a moment of the past', () => {
  it('is the present with the commits since then undone, at every commit', () => {
    let undone = 0;
    fc.assert(
      fc.property(fc.array(sight, { maxLength: 8 }), (sights) => {
        const { commits, states } = historyOf(sights);
        const now = states.at(-1) ?? EMPTY_SNAPSHOT;

        states.forEach((state, index) => {
          const expected = index === commits.length ? state : withoutLastTime(state);
          expect(rewind(now, commits.slice(index))).toEqual(expected);
          undone += commits.length - index;
        });
      }),
    );
    expect(undone).toBeGreaterThan(1_000);
  });

  const NOW: Snapshot = {
    seq: 12,
    baselined: true,
    instances: new Map([['i-bp1', anInstance({ status: 'Stopped' })]]),
    released: new Map(),
  };

  it('has the beginning that the change has recorded, or the scan that saw the status last', () => {
    const change = aChange({ fromSinceMs: 7, fromSinceKnown: true });
    const older = withoutBeginning(change);

    const stateBefore = (one: Change) =>
      rewind(NOW, [aCommit({ changes: [one], previousAtMs: 5 })]).instances.get('i-bp1');
    expect(stateBefore(change)).toMatchObject({ status: 'Running', sinceMs: 7, sinceKnown: true });
    expect(stateBefore(older)).toMatchObject({ status: 'Running', sinceMs: 5, sinceKnown: false });
  });

  it('has a count of changes only where the present has one', () => {
    const commit = aCommit({ changes: [aChange()] });

    expect(rewind(NOW, [commit])).not.toHaveProperty('changeCount');
    expect(rewind({ ...NOW, changeCount: 41 }, [commit]).changeCount).toBe(40);
    // Counting began behind this commit.
    expect(rewind({ ...NOW, changeCount: 0 }, [commit]).changeCount).toBe(0);
  });

  it('does not know when the commit before the undone ones was made', () => {
    const commit = aCommit({ changes: [aChange()] });

    expect(rewind({ ...NOW, lastAtMs: commit.atMs }, [commit])).not.toHaveProperty('lastAtMs');
    expect(rewind({ ...NOW, lastAtMs: commit.atMs }, [])).toHaveProperty('lastAtMs', commit.atMs);
  });

  it('is before the baseline where the baseline is undone, and only there', () => {
    const notice = { kind: 'baseline', instances: 1, last: true } as const;
    const first = aChange({ from: null, to: 'Stopped' });
    const isBaselined = (parts: Partial<Commit>) => rewind(NOW, [aCommit(parts)]).baselined;

    expect(isBaselined({ changes: [first], notice })).toBe(false);
    expect(isBaselined({ changes: [], notice: { ...notice, instances: 0 } })).toBe(false);
    // An empty region that is used for the first time.
    expect(isBaselined({ changes: [], notice })).toBe(true);
  });

  it.each([
    ['this version', (commit: Commit) => commit],
    ['an older one', withoutCloses],
  ])('is before a baseline whose last row, of %s, has no instances of its own', (_who, stored) => {
    const observation = {
      scope: 'main/a',
      endMs: 2,
      previousAtMs: 1,
      tickId: 't',
      since: null,
      details: [],
      isDetailsDue: false,
      notices: [],
    };
    const first = aChange({ from: null, to: 'Stopped' });
    const begun = commitsAfter(EMPTY_SNAPSHOT, { ...observation, pages: 'part', changes: [first] });
    const before = fold(EMPTY_SNAPSHOT, begun);
    const rest = commitsAfter(before, {
      ...observation,
      endMs: 3,
      tickId: 't2',
      pages: 'all',
      changes: [],
    }).map(stored);
    const now = fold(before, rest);

    expect([before.baselined, now.baselined]).toEqual([false, true]);
    expect(rewind(now, rest)).toEqual(withoutLastTime(before));
  });

  it('is not before the baseline of an empty region where its first instances are announced', () => {
    const observation = {
      scope: 'main/a',
      endMs: 2,
      previousAtMs: 1,
      tickId: 't',
      pages: 'all',
      since: null,
      details: [],
      isDetailsDue: false,
      isDiscovered: true,
      changes: [],
      notices: [],
    } as const;
    const empty = fold(EMPTY_SNAPSHOT, commitsAfter(EMPTY_SNAPSHOT, observation));
    const changes = [aChange({ from: null, to: 'Stopped' })];
    const used = commitsAfter(empty, { ...observation, endMs: 3, tickId: 't2', changes });
    const now = fold(empty, used);

    expect(used.map(({ notice }) => notice?.kind)).toEqual([undefined, 'baseline']);
    expect(rewind(now, used.slice(1)).baselined).toBe(true);
    expect(rewind(now, used)).toEqual(withoutLastTime(empty));
  });

  it.each([
    ['a commit is missing', aCommit({ seq: 11, changes: [aChange()] })],
    [
      'an instance had another status afterwards',
      aCommit({ changes: [aChange({ to: 'Running' })] }),
    ],
    ['an instance is not there', aCommit({ changes: [aChange({ instanceId: 'i-bp2' })] })],
    ['an instance is there that was released', aCommit({ changes: [aChange({ to: null })] })],
    [
      'the snapshot was made again after damage',
      aCommit({
        changes: [aChange({ from: null, to: 'Stopped' })],
        notice: { kind: 'baseline', instances: 1, last: true, since: 3 },
      }),
    ],
  ])('is not guessed where %s', (_what, commit) => {
    expect(() => rewind(NOW, [commit])).toThrow(ChainError);
  });
});

function withoutLastTime({ lastAtMs: _, ...snapshot }: Snapshot): Snapshot {
  return snapshot;
}

/** As rows were before they said that they close a baseline. */
function withoutCloses(commit: Commit): Commit {
  const { notice } = commit;
  if (notice?.kind !== 'baseline') return commit;
  const { closes: _, ...older } = notice;
  return { ...commit, notice: older };
}

function withoutBeginning({ fromSinceMs: _, fromSinceKnown: __, ...change }: Change): Change {
  return change;
}
