import fc from 'fast-check';
import {
  type CheckpointSeed,
  examineChain,
  type Inconsistency,
  type JournalRow,
} from '../../shared/core/chain.ts';
import { commitsAfter, fold } from '../../shared/core/journal.ts';
import type { Change, Commit, Snapshot } from '../../shared/core/model.ts';
import { EMPTY_SNAPSHOT } from '../../shared/core/model.ts';
import { diff, judgeSuspects } from '../../shared/watch/core/diff.ts';
import { listing } from '../helpers/arbitraries.ts';
import { aChange, aCommit, anInstance, MINUTE_MS, NOW_MS, SCOPE } from '../helpers/examples.ts';

/** A journal as ticks write it, a scan a minute; small rows, so that a tick writes several. */
const journal: fc.Arbitrary<readonly Commit[]> = fc
  .tuple(fc.array(listing, { minLength: 2, maxLength: 8 }), fc.integer({ min: 100, max: 1_000 }))
  .map(([scans, maxBytes]) => {
    const commits: Commit[] = [];
    let before = EMPTY_SNAPSHOT;
    for (const [index, seen] of scans.entries()) {
      const { changes, suspects } = diff(before, seen);
      const { gone } = judgeSuspects(before.instances, suspects, new Map());
      const finding = {
        scope: SCOPE.key,
        endMs: NOW_MS + index * MINUTE_MS,
        previousAtMs: null,
        tickId: `tick-${index}`,
        pages: 'all' as const,
        since: null,
        details: [],
        isDetailsDue: false,
        changes: [...changes, ...gone],
        notices: [],
      };
      const own = commitsAfter(before, finding, maxBytes);
      commits.push(...own);
      before = fold(before, own);
    }
    return commits;
  });

/** A journal, the commit up to which it has expired, and the commit of the checkpoint. */
const kept = journal.chain((commits) =>
  fc.record({
    commits: fc.constant(commits),
    expiredSeq: fc.nat({ max: commits.length - 1 }),
    checkpointSeq: fc.integer({ min: 1, max: commits.length }),
  }),
);

/** A journal and one of its changes. */
const pointed = journal
  .filter((commits) => commits.some(({ changes }) => changes.length > 0))
  .chain((commits) => {
    const places = commits.flatMap(({ changes, seq }) =>
      changes.map((_, index) => ({ seq, index })),
    );
    return fc.record({
      commits: fc.constant(commits),
      place: fc.constantFrom(...places),
      checkpointSeq: fc.integer({ min: 1, max: commits.length }),
    });
  });

describe('the chain of a journal', () => {
  it('has no inconsistency when ticks wrote it, wherever it begins now and the checkpoint is', () => {
    fc.assert(
      fc.property(kept, ({ commits, expiredSeq, checkpointSeq }) => {
        const checkpoint = checkpointAt(commits, Math.max(expiredSeq, checkpointSeq));
        const left = commits.slice(expiredSeq);

        expect(inconsistenciesOf(left, checkpoint)).toEqual([]);
        expect(inconsistenciesOf(left, { ...checkpoint, snapshot: null })).toEqual([]);
        const chain = examineChain(checkpoint);
        for (const row of left) chain.next(row);
        const last = fold(EMPTY_SNAPSHOT, commits);
        expect(chain.extent()).toMatchObject({ endSeq: commits.length, lastSeq: commits.length });
        expect([null, last.instances.size]).toContain(chain.extent().instances);
      }),
    );
  });

  it('ends at its checkpoint when no commit is left', () => {
    const chain = examineChain({ seq: 7, snapshot: aSnapshot(7, ['i-bp1']) });

    expect(chain.end()).toEqual([]);
    expect(chain.extent()).toMatchObject({ commits: 0, firstSeq: null, endSeq: 7, instances: 1 });
  });

  it('shows a `from` that is not the state before it, by commit, instance and tick', () => {
    fc.assert(
      fc.property(pointed, ({ commits, place, checkpointSeq }) => {
        const spoiled = spoil(commits, place, (change) => ({ ...change, from: 'Spoiled' }));
        const change = changeAt(commits, place);
        const { atMs, tickId } = commits[place.seq - 1] ?? aCommit();

        const inconsistencies = inconsistenciesOf(spoiled, checkpointAt(commits, checkpointSeq));

        expect(inconsistencies).toEqual([
          {
            kind: 'wrong-from',
            seq: place.seq,
            where: { seq: place.seq, atMs, tickId },
            instanceId: change.instanceId,
            expected: change.from,
            found: 'Spoiled',
            since: lastChangeOf(change.instanceId, commits, place.seq - 1),
          },
        ]);
      }),
    );
  });

  it('shows a `to` that is not the state after it, wherever a later row or the checkpoint names the instance', () => {
    fc.assert(
      fc.property(pointed, ({ commits, place, checkpointSeq }) => {
        const spoiled = spoil(commits, place, (change) => ({ ...change, to: 'Spoiled' }));
        const { instanceId } = changeAt(commits, place);
        const next = nextChangeOf(instanceId, commits, place.seq + 1);
        // The last change of an instance can be checked against a later checkpoint only.
        fc.pre(next !== null || place.seq <= checkpointSeq);

        const inconsistencies = inconsistenciesOf(spoiled, checkpointAt(commits, checkpointSeq));

        const isBeforeNext = place.seq <= checkpointSeq && (next ?? Infinity) > checkpointSeq;
        expect(inconsistencies).toMatchObject([
          isBeforeNext
            ? { kind: 'checkpoint-differs', seq: checkpointSeq, instanceId, expected: 'Spoiled' }
            : { kind: 'wrong-from', seq: next, instanceId, expected: 'Spoiled', since: place.seq },
        ]);
      }),
    );
  });

  it('shows a commit that was dropped as missing, and nothing else', () => {
    fc.assert(
      fc.property(kept, fc.nat(), ({ commits, checkpointSeq }, chance) => {
        fc.pre(commits.length > 2);
        const seq = 2 + (chance % (commits.length - 2));

        const inconsistencies = inconsistenciesOf(
          commits.filter((commit) => commit.seq !== seq),
          checkpointAt(commits, checkpointSeq),
        );

        expect(inconsistencies).toEqual([{ kind: 'missing-commits', seq, lastSeq: seq }]);
      }),
    );
  });

  it('shows commits that were swapped', () => {
    fc.assert(
      fc.property(kept, fc.nat(), fc.nat(), ({ commits, checkpointSeq }, one, other) => {
        const first = commits[one % commits.length] ?? aCommit();
        const second = commits[other % commits.length] ?? aCommit();
        // Rows of one tick name different instances, so their order is free.
        fc.pre(first.tickId !== second.tickId);
        const swapped = commits.map((commit) => {
          if (commit === first) return { ...second, seq: first.seq };
          return commit === second ? { ...first, seq: second.seq } : commit;
        });

        expect(inconsistenciesOf(swapped, checkpointAt(commits, checkpointSeq))).not.toEqual([]);
      }),
    );
  });

  it('shows a release that is recorded twice', () => {
    fc.assert(
      fc.property(pointed, ({ commits, place, checkpointSeq }) => {
        const { instanceId, to } = changeAt(commits, place);
        fc.pre(to === null && nextChangeOf(instanceId, commits, place.seq + 1) === null);
        const again = aCommit({
          seq: commits.length + 1,
          atMs: NOW_MS + 60 * MINUTE_MS,
          changes: [changeAt(commits, place)],
        });

        const inconsistencies = inconsistenciesOf(
          [...commits, again],
          checkpointAt(commits, checkpointSeq),
        );

        expect(inconsistencies).toMatchObject([
          { kind: 'wrong-from', seq: again.seq, instanceId, expected: null },
        ]);
      }),
    );
  });

  it('shows an instance that only the checkpoint holds, and one that only the checkpoint lacks', () => {
    const commits = [
      aCommit({ seq: 1, changes: [appeared('i-bp1')] }),
      aCommit({ seq: 2, changes: [appeared('i-bp2')] }),
    ];

    const inconsistencies = inconsistenciesOf(commits, {
      seq: 2,
      snapshot: aSnapshot(2, ['i-bp1', 'i-bp3']),
    });

    expect(inconsistencies).toEqual([
      {
        kind: 'checkpoint-differs',
        seq: 2,
        instanceId: 'i-bp2',
        expected: 'Running',
        found: null,
        since: 2,
      },
      {
        kind: 'checkpoint-differs',
        seq: 2,
        instanceId: 'i-bp3',
        expected: null,
        found: 'Running',
        since: null,
      },
    ]);
  });

  it('shows a change that changes nothing', () => {
    const commits = [
      aCommit({ seq: 1, changes: [appeared('i-bp1')] }),
      aCommit({ seq: 2, changes: [aChange({ from: 'Running', to: 'Running' })] }),
    ];

    expect(inconsistenciesOf(commits, null)).toMatchObject([
      { kind: 'no-move', seq: 2, instanceId: 'i-bp1', status: 'Running' },
    ]);
  });

  it('shows commits that are missing between the checkpoint and the oldest commit', () => {
    const commits = [aCommit({ seq: 9 }), aCommit({ seq: 10 })];

    const inconsistencies = inconsistenciesOf(commits, { seq: 5, snapshot: aSnapshot(5, []) });

    expect(inconsistencies).toEqual([{ kind: 'missing-commits', seq: 6, lastSeq: 8 }]);
  });

  it('compares across a checkpoint that cannot be read, unless commits before it are missing', () => {
    const first = aCommit({ seq: 1, changes: [appeared('i-bp1')] });
    const second = aCommit({ seq: 2, changes: [aChange({ from: 'Running', to: 'Stopping' })] });
    const wrong = aCommit({ seq: 3, changes: [aChange({ from: 'Running', to: 'Stopped' })] });
    const right = aCommit({ seq: 3, changes: [aChange({ from: 'Stopping', to: 'Stopped' })] });
    const checkpoint = { seq: 2, snapshot: null };

    expect(inconsistenciesOf([first, second, wrong], checkpoint)).toMatchObject([
      { kind: 'wrong-from', seq: 3, expected: 'Stopping', found: 'Running', since: 2 },
    ]);
    expect(inconsistenciesOf([first, right], checkpoint)).toEqual([
      { kind: 'missing-commits', seq: 2, lastSeq: 2 },
    ]);
  });

  it('continues after a row that cannot be read, and assumes nothing about its content', () => {
    const rows: readonly JournalRow[] = [
      aCommit({ seq: 1, changes: [appeared('i-bp1'), appeared('i-bp2')] }),
      { seq: 2, unreadable: 'half a text' },
      aCommit({ seq: 3, changes: [aChange({ from: 'Stopped', to: null })] }),
      aCommit({ seq: 4, changes: [aChange({ from: 'Running', to: 'Stopped' })] }),
    ];

    expect(inconsistenciesOf(rows, null)).toMatchObject([
      { kind: 'unreadable-commit', seq: 2, reason: 'half a text' },
      { kind: 'wrong-from', seq: 4, instanceId: 'i-bp1', expected: null, since: 3 },
    ]);
  });

  it('shows a time that runs backwards, but ignores the small differences of clocks', () => {
    const at = (seq: number, atMs: number) => aCommit({ seq, atMs });
    const commits = [at(1, NOW_MS), at(2, NOW_MS - 5_000), at(3, NOW_MS - MINUTE_MS)];

    expect(inconsistenciesOf(commits, null)).toMatchObject([
      { kind: 'time-back', seq: 3, beforeAtMs: NOW_MS - 5_000 },
    ]);
  });
});

function inconsistenciesOf(
  rows: readonly JournalRow[],
  checkpoint: CheckpointSeed | null,
): readonly Inconsistency[] {
  const chain = examineChain(checkpoint);
  return [...rows.flatMap((row) => chain.next(row)), ...chain.end()];
}

function checkpointAt(commits: readonly Commit[], seq: number): CheckpointSeed {
  return { seq, snapshot: fold(EMPTY_SNAPSHOT, commits.slice(0, seq)) };
}

interface Place {
  readonly seq: number;
  readonly index: number;
}

function changeAt(commits: readonly Commit[], { seq, index }: Place): Change {
  return commits[seq - 1]?.changes[index] ?? aChange();
}

function spoil(
  commits: readonly Commit[],
  { seq, index }: Place,
  how: (change: Change) => Change,
): readonly Commit[] {
  return commits.map((commit) =>
    commit.seq === seq
      ? { ...commit, changes: commit.changes.map((one, at) => (at === index ? how(one) : one)) }
      : commit,
  );
}

function lastChangeOf(id: string, commits: readonly Commit[], upToSeq: number): number | null {
  const own = commits.filter(({ seq, changes }) => seq <= upToSeq && names(changes, id));
  return own.at(-1)?.seq ?? null;
}

function nextChangeOf(id: string, commits: readonly Commit[], fromSeq: number): number | null {
  return commits.find(({ seq, changes }) => seq >= fromSeq && names(changes, id))?.seq ?? null;
}

function names(changes: readonly Change[], id: string): boolean {
  return changes.some(({ instanceId }) => instanceId === id);
}

function appeared(instanceId: string): Change {
  return aChange({ instanceId, from: null, to: 'Running' });
}

function aSnapshot(seq: number, ids: readonly string[]): Snapshot {
  return {
    seq,
    baselined: true,
    instances: new Map(ids.map((id) => [id, anInstance()])),
    released: new Map(),
  };
}
