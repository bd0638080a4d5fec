import fc from 'fast-check';
import {
  ChainError,
  checkpointIsDue,
  commitsAfter,
  EMPTY_TAIL,
  extendTail,
  fold,
  foldPartial,
  type Observation,
} from '../../shared/core/journal.ts';
import { type Commit, EMPTY_SNAPSHOT, type Snapshot } from '../../shared/core/model.ts';
import { splitBySize } from '../../shared/core/split-by-size.ts';
import { diff, judgeSuspects } from '../../shared/watch/core/diff.ts';
import { changesOf, listing, snapshot, statusesOf } from '../helpers/arbitraries.ts';
import {
  aChange,
  aCommit,
  anInstance,
  MINUTE_MS,
  manyChanges,
  NOW_MS,
  SCOPE,
} from '../helpers/examples.ts';

const DAY_MS = 24 * 60 * MINUTE_MS;
const BEFORE: Snapshot = {
  seq: 11,
  baselined: true,
  instances: new Map([['i-bp1', anInstance({ name: 'web-1' })]]),
  released: new Map(),
};

describe('recording an observation', () => {
  it('writes nothing when there is neither a change nor a notice', () => {
    expect(commitsAfter(BEFORE, anObservation())).toEqual([]);
  });

  it('writes what changed as the commit after the last one', () => {
    const changes = [aChange()];

    const commits = commitsAfter(BEFORE, anObservation({ changes }));

    expect(commits).toEqual([aCommit({ seq: 12, changes })]);
  });

  it.each([
    ['before the last commit, as clocks differ', NOW_MS - 30_000, NOW_MS],
    ['after the last commit', NOW_MS + 1, NOW_MS + 1],
    ['long before the last commit, which is of a wrong clock', NOW_MS - 30_001, NOW_MS - 30_001],
  ])('gives its commits a time that does not go back: %s', (_when, endMs, expectedMs) => {
    const before = { ...BEFORE, lastAtMs: NOW_MS };
    const changes = [aChange()];

    const [commit] = commitsAfter(before, anObservation({ endMs, changes }));

    expect(commit?.atMs).toBe(expectedMs);
  });

  it('knows the last commit over all rows of a tick, and none where an older version stored it', () => {
    const changes = [aChange()];
    const notice = { kind: 'suspicion-lifted', missing: 3 } as const;
    const before = { ...BEFORE, lastAtMs: NOW_MS };
    const observation = anObservation({ endMs: NOW_MS - 5_000, changes, notices: [notice] });

    const commits = commitsAfter(before, observation);
    const unknown = commitsAfter(BEFORE, observation);

    expect(commits.map(({ atMs }) => atMs)).toEqual([NOW_MS, NOW_MS]);
    expect(fold(before, commits).lastAtMs).toBe(NOW_MS);
    expect(unknown[0]?.atMs).toBe(NOW_MS - 5_000);
  });

  it('is silent about the baseline of an empty region that is not named', () => {
    const empty = anObservation({ isDiscovered: true });

    expect(commitsAfter(EMPTY_SNAPSHOT, empty).map(({ notice }) => notice)).toEqual([
      { kind: 'baseline', instances: 0, last: true, silent: true },
    ]);
    const changes = [aChange({ from: null })];
    const used = commitsAfter(EMPTY_SNAPSHOT, { ...empty, changes });
    expect(used.map(({ notice }) => notice)).toEqual([
      { kind: 'baseline', instances: 1, last: true },
    ]);
    const named = commitsAfter(EMPTY_SNAPSHOT, anObservation());
    expect(named[0]?.notice).not.toHaveProperty('silent');
  });

  it('announces an empty region that is not named with its first instances', () => {
    const empty = { ...BEFORE, instances: new Map() };
    const first = anObservation({ isDiscovered: true, changes: [aChange({ from: null })] });

    const commits = commitsAfter(empty, first);

    expect(commits.map(({ changes, notice }) => [changes.length, notice])).toEqual([
      [1, undefined],
      [0, { kind: 'baseline', instances: 1, last: true }],
    ]);
  });

  it.each<[string, Partial<Snapshot>, Partial<Observation>]>([
    ['one that has instances already', {}, { isDiscovered: true }],
    [
      'one that was emptied this week',
      { instances: new Map(), released: new Map([['i-gone', NOW_MS]]) },
      { isDiscovered: true },
    ],
    ['one that is named', { instances: new Map() }, {}],
  ])('does not announce %s a second time', (_what, before, observation) => {
    const changes = [aChange({ instanceId: 'i-new', from: null })];

    const commits = commitsAfter(
      { ...BEFORE, ...before },
      anObservation({ ...observation, changes }),
    );

    expect(commits.map(({ notice }) => notice)).toEqual([undefined]);
  });

  it('gives each notice a commit of its own, behind the changes', () => {
    const suspicious = { kind: 'suspicious-scan', missing: 60, known: 100 } as const;
    const recovered = { kind: 'scans-recovered', failures: 3, sinceMs: 1 } as const;

    const commits = commitsAfter(
      BEFORE,
      anObservation({ changes: [aChange()], notices: [suspicious, recovered] }),
    );

    expect(commits.map(({ seq, notice }) => [seq, notice])).toEqual([
      [12, undefined],
      [13, suspicious],
      [14, recovered],
    ]);
  });

  it('gives the state that the changes lead to, in gapless commits of limited size', () => {
    const states = snapshot.chain((before) =>
      fc.tuple(fc.constant(before), changesOf(before.instances)),
    );
    fc.assert(
      fc.property(states, fc.integer({ min: 50, max: 2_000 }), ([before, changes], maxBytes) => {
        const commits = commitsAfter(before, anObservation({ changes }), maxBytes);

        expect(commits.flatMap((commit) => commit.changes)).toEqual(changes);
        expect(commits.map(({ seq }) => seq)).toEqual(
          commits.map((_, index) => before.seq + 1 + index),
        );
        for (const { changes: own } of commits) {
          const contents = Buffer.byteLength(JSON.stringify(own).slice(1, -1));
          expect(contents <= maxBytes || own.length === 1).toBe(true);
        }
        const whole = { ...aCommit({ seq: before.seq + 1 }), changes };
        const once = fold(before, changes.length === 0 ? [] : [whole]);
        const split = fold(before, commits);
        expect(split.instances).toEqual(once.instances);
        expect(split.seq).toBe(before.seq + commits.length);
      }),
    );
  });
});

describe('the baseline of a scope that is seen for the first time', () => {
  it('is one commit with all instances and their number', () => {
    const changes = manyChanges(3).map((change) => ({ ...change, from: null }));

    const commits = commitsAfter(EMPTY_SNAPSHOT, anObservation({ changes }));

    expect(commits).toEqual([
      aCommit({ seq: 1, changes, notice: { kind: 'baseline', instances: 3, last: true } }),
    ]);
    expect(fold(EMPTY_SNAPSHOT, commits)).toMatchObject({ seq: 1, baselined: true });
  });

  it('is taken of an empty scope too', () => {
    const commits = commitsAfter(EMPTY_SNAPSHOT, anObservation());

    expect(commits).toEqual([
      aCommit({ seq: 1, notice: { kind: 'baseline', instances: 0, last: true } }),
    ]);
  });

  it('waits for a complete scan, though notices do not', () => {
    const changes = manyChanges(3).map((change) => ({ ...change, from: null }));
    const notice = { kind: 'scans-failing', failures: 3, sinceMs: 1, reason: 'why' } as const;

    const silent = commitsAfter(
      EMPTY_SNAPSHOT,
      anObservation({ pages: 'missing' as const, changes }),
    );
    const failing = commitsAfter(
      EMPTY_SNAPSHOT,
      anObservation({ pages: 'missing' as const, changes, notices: [notice] }),
    );

    expect(silent).toEqual([]);
    expect(failing).toEqual([aCommit({ seq: 1, notice })]);
    expect(fold(EMPTY_SNAPSHOT, failing).baselined).toBe(false);
  });

  it('is announced with its last row only, and is continued when a tick dies between two rows', () => {
    fc.assert(
      fc.property(listing, listing, fc.nat({ max: 20 }), (first, second, survived) => {
        const begun = commitsAfter(
          EMPTY_SNAPSHOT,
          anObservation({ changes: diff(EMPTY_SNAPSHOT, first).changes }),
          150,
        ).slice(0, survived);
        const half = fold(EMPTY_SNAPSHOT, begun);
        if (half.baselined) return;
        const { changes, suspects } = diff(half, second);
        const { gone } = judgeSuspects(half.instances, suspects, second);

        const rest = commitsAfter(half, anObservation({ changes: [...changes, ...gone] }), 150);

        // Changes of the instances in the first rows are announced; all else is baseline.
        const isAnnounced = ({ notice }: Commit): boolean => notice === undefined;
        expect(rest.filter(isAnnounced).flatMap((commit) => commit.changes)).toEqual(
          [...changes, ...gone].filter(({ from }) => from !== null),
        );
        const notices = [...begun, ...rest]
          .filter((commit) => !isAnnounced(commit))
          .map(({ notice }) => notice);
        expect(notices.every((notice) => notice?.kind === 'baseline')).toBe(true);
        expect(notices.map((notice) => notice?.kind === 'baseline' && notice.last)).toEqual(
          notices.map((_, index) => index === notices.length - 1),
        );
        expect(notices.at(-1)).toMatchObject({ instances: second.size });
        const whole = fold(EMPTY_SNAPSHOT, [...begun, ...rest]);
        expect(whole.baselined).toBe(true);
        expect(statusesOf(whole.instances)).toEqual([...second].sort());
      }),
    );
  });
});

describe('folding commits into a snapshot', () => {
  it('remembers when an instance took its status, and keeps what is known of it', () => {
    const after = fold(BEFORE, [aCommit({ changes: [aChange({ zoneId: 'cn-hangzhou-h' })] })]);

    expect([...after.instances]).toEqual([
      [
        'i-bp1',
        {
          status: 'Stopped',
          sinceMs: NOW_MS,
          sinceKnown: true,
          name: 'web-1',
          zoneId: 'cn-hangzhou-h',
        },
      ],
    ]);
  });

  it.each([
    ['that is new', {}, {}, true],
    ['of a baseline', {}, { notice: { kind: 'baseline', instances: 1, last: true } }, false],
    ['that has returned', { returned: true }, {}, false],
    ['that was created long before', { created: '2026-03-01T08:00Z' }, {}, false],
    ['that appeared in a pause', {}, { previousAtMs: NOW_MS - 2 * 60 * MINUTE_MS }, false],
  ] as const)(
    'says of an instance %s whether its beginning was seen',
    (_what, parts, own, seen) => {
      const appeared = aChange({ instanceId: 'i-bp2', from: null, to: 'Running', ...parts });

      const after = fold(BEFORE, [aCommit({ ...own, changes: [appeared] })]);

      expect(after.instances.get('i-bp2')).toMatchObject({ sinceMs: NOW_MS, sinceKnown: seen });
    },
  );

  it('keeps of an instance that was released only its id, and when', () => {
    const after = fold(BEFORE, [aCommit({ changes: [aChange({ to: null })] })]);

    expect(after).toEqual({
      seq: 12,
      baselined: true,
      lastAtMs: NOW_MS,
      instances: new Map(),
      released: new Map([['i-bp1', NOW_MS]]),
    });
  });

  it('forgets the release of an instance that has returned', () => {
    const after = fold(BEFORE, [
      aCommit({ changes: [aChange({ to: null })] }),
      aCommit({ seq: 13, changes: [aChange({ from: null, to: 'Running', returned: true })] }),
    ]);

    expect([...after.instances.keys()]).toEqual(['i-bp1']);
    expect(after.released).toEqual(new Map());
  });

  it('forgets releases after seven days', () => {
    const released = fold(BEFORE, [aCommit({ changes: [aChange({ to: null })] })]);
    const later = (atMs: number) => fold(released, [aCommit({ seq: 13, atMs })]);

    expect([...later(NOW_MS + 7 * DAY_MS).released.keys()]).toEqual(['i-bp1']);
    expect([...later(NOW_MS + 7 * DAY_MS + 1).released.keys()]).toEqual([]);
  });

  it('remembers 20,000 releases, the latest ones', () => {
    const changes = manyChanges(20_001).map((change) => ({ ...change, to: null }));
    const known = changes.map(({ instanceId }) => [instanceId, anInstance()] as const);
    const after = fold({ ...BEFORE, instances: new Map(known) }, [aCommit({ changes })]);

    expect([...after.released.keys()]).toEqual(changes.slice(1).map((change) => change.instanceId));
  });

  it('counts changes where the snapshot was counted before, and none of a baseline', () => {
    const change = aCommit({ changes: [aChange({ to: 'Stopped' })] });
    const baseline = aCommit({
      changes: [aChange({ instanceId: 'i-bp9', from: null })],
      notice: { kind: 'baseline', instances: 2, last: true },
    });

    const counts = [
      fold(BEFORE, [change]),
      fold({ ...BEFORE, changeCount: 41 }, [change]),
      fold({ ...BEFORE, changeCount: 41 }, [baseline]),
    ].map(({ changeCount }) => changeCount);

    expect(counts).toEqual([undefined, 42, 41]);
  });

  it('counts no changes where it begins with what was not counted, in a part of a journal too', () => {
    const change = aCommit({ changes: [aChange({ to: 'Stopped' })] });

    expect(foldPartial(BEFORE, [change], 12)).not.toHaveProperty('changeCount');
    expect(foldPartial({ ...BEFORE, changeCount: 41 }, [change], 12).changeCount).toBe(42);
  });

  it('leaves the snapshot that it started from as it was', () => {
    fold(BEFORE, [aCommit({ changes: [aChange({ to: null })] })]);

    expect(BEFORE.instances.get('i-bp1')).toEqual(anInstance({ name: 'web-1' }));
  });

  it('gives the same whether commits are folded together or one after the other', () => {
    const chain = snapshot.chain((start) =>
      changesOf(start.instances).chain((first) => {
        const one = aCommit({ seq: start.seq + 1, changes: first });
        const middle = fold(start, [one]);
        const two = (changes: Commit['changes']) => aCommit({ seq: start.seq + 2, changes });
        return changesOf(middle.instances).map((second) => ({ start, one, two: two(second) }));
      }),
    );
    fc.assert(
      fc.property(chain, ({ start, one, two }) => {
        expect(fold(fold(start, [one]), [two])).toEqual(fold(start, [one, two]));
      }),
    );
  });

  it.each([
    ['a commit is missing', aCommit({ seq: 13, changes: [aChange()] })],
    ['a commit comes twice', aCommit({ seq: 11, changes: [aChange()] })],
    ['an instance moves from a status that it did not have', withChange({ from: 'Stopping' })],
    ['an instance appears that was there', withChange({ from: null })],
    ['an instance moves that does not exist', withChange({ instanceId: 'i-bp2' })],
    [
      'an instance is released twice',
      aCommit({ changes: [aChange({ to: null }), aChange({ to: null })] }),
    ],
  ])('says that the journal contradicts itself when %s', (_what, commit) => {
    expect(() => fold(BEFORE, [commit])).toThrow(ChainError);
  });

  it('finds every change whose `from` was tampered with', () => {
    const states = snapshot
      .chain((before) => fc.tuple(fc.constant(before), changesOf(before.instances)))
      .filter(([, changes]) => changes.length > 0);
    fc.assert(
      fc.property(states, fc.nat(), ([before, changes], which) => {
        const wrong = changes.map((change, index) =>
          index === which % changes.length ? { ...change, from: 'Tampered' } : change,
        );

        expect(() => fold(before, [aCommit({ seq: before.seq + 1, changes: wrong })])).toThrow(
          ChainError,
        );
      }),
    );
  });
});

describe('splitting by size', () => {
  it('keeps all items in order, and an item that is too large alone', () => {
    const groups = splitBySize(['a', 'b', 'x'.repeat(100), 'c'], 20);

    expect(groups).toEqual([['a', 'b'], ['x'.repeat(100)], ['c']]);
  });

  it('gives no group for no items', () => {
    expect(splitBySize([], 20)).toEqual([]);
  });

  it('makes no group larger than the limit, in bytes as they are sent', () => {
    const texts = fc.array(fc.string({ unit: 'binary', maxLength: 12 }));
    fc.assert(
      fc.property(texts, (items) => {
        const groups = splitBySize(items, 40);

        expect(groups.flat()).toEqual(items);
        for (const group of groups.filter(({ length }) => length > 1)) {
          expect(Buffer.byteLength(JSON.stringify(group).slice(1, -1))).toBeLessThanOrEqual(40);
        }
      }),
    );
  });
});

describe('a new checkpoint', () => {
  const tail = { commits: 1, changes: 1, oldestAtMs: NOW_MS };
  const day = 24 * 60 * MINUTE_MS;

  it.each([
    { due: false, when: 'nothing was committed', own: EMPTY_TAIL, laterMs: 30 * day },
    { due: false, when: 'little was committed today', own: tail, laterMs: day - 1 },
    { due: true, when: 'a commit is a day old', own: tail, laterMs: day },
    { due: false, when: 'there are 63 commits', own: { ...tail, commits: 63 }, laterMs: 0 },
    { due: true, when: 'there are 64 commits', own: { ...tail, commits: 64 }, laterMs: 0 },
    { due: false, when: 'there are 1,999 changes', own: { ...tail, changes: 1_999 }, laterMs: 0 },
    { due: true, when: 'there are 2,000 changes', own: { ...tail, changes: 2_000 }, laterMs: 0 },
  ])('is due: $due, when $when', ({ due, own, laterMs }) => {
    expect(checkpointIsDue(own, NOW_MS + laterMs)).toBe(due);
  });

  it('counts what comes after the checkpoint, from the oldest commit on', () => {
    const first = [aCommit({ atMs: NOW_MS, changes: manyChanges(2) })];
    const second = [aCommit({ atMs: NOW_MS + MINUTE_MS, changes: manyChanges(3) })];

    const longer = extendTail(extendTail(EMPTY_TAIL, first), second);

    expect(longer).toEqual({ commits: 2, changes: 5, oldestAtMs: NOW_MS });
    expect(extendTail(longer, [])).toEqual(longer);
  });
});

function anObservation(parts: Partial<Observation> = {}): Observation {
  const { atMs: endMs, previousAtMs, tickId } = aCommit();
  const nothing = { details: [], isDetailsDue: false, changes: [], notices: [] };
  const scan = { pages: 'all' as const, since: null };
  return { scope: SCOPE.key, endMs, previousAtMs, tickId, ...scan, ...nothing, ...parts };
}

function withChange(parts: Parameters<typeof aChange>[0]): Commit {
  return aCommit({ changes: [aChange(parts)] });
}

describe('what is left of a journal whose first commits have expired', () => {
  const stopped = aCommit({ seq: 5, changes: [aChange({ instanceId: 'i-1' })] });
  const taken = (since: number) =>
    aCommit({
      seq: 6,
      changes: [aChange({ instanceId: 'i-2', from: null, to: 'Running' })],
      notice: { kind: 'baseline', instances: 2, last: true, since },
    });

  it('knows the last state of the instances that it names, and is no baseline', () => {
    const snapshot = foldPartial(EMPTY_SNAPSHOT, [stopped], 5);

    expect(snapshot).toMatchObject({ seq: 5, baselined: false });
    expect(statusesOf(snapshot.instances)).toEqual([['i-1', 'Stopped']]);
  });

  it('is whole once it holds a baseline of all other instances', () => {
    const snapshot = foldPartial(EMPTY_SNAPSHOT, [stopped, taken(5)], 5);

    expect(snapshot.baselined).toBe(true);
    expect(statusesOf(snapshot.instances)).toEqual([
      ['i-1', 'Stopped'],
      ['i-2', 'Running'],
    ]);
  });

  it('is not whole when that baseline was taken beside commits that have expired since', () => {
    expect(foldPartial(EMPTY_SNAPSHOT, [stopped, taken(4)], 5).baselined).toBe(false);
  });
});
