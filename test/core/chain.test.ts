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
      const { changes, suspects } = diff(before.instances, seen);
      const { gone } = judgeSuspects(before.instances, suspects, new Map());
      const finding = {
        scope: SCOPE.key,
        atMs: NOW_MS + index * MINUTE_MS,
        previousAtMs: null,
        tickId: `tick-${index}`,
        complete: true,
        since: null,
        changes: [...changes, ...gone],
        notices: [],
      };
      const own = commitsAfter(before, finding, maxBytes);
      commits.push(...own);
      before = fold(before, own);
    }
    return commits;
  });

/** The same, the commit up to which it has expired, and the one that the checkpoint stands at. */
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
  it('has no flaw when ticks wrote it, wherever it begins now and the checkpoint stands', () => {
    fc.assert(
      fc.property(kept, ({ commits, expiredSeq, checkpointSeq }) => {
        const anchor = anchorAt(commits, Math.max(expiredSeq, checkpointSeq));
        const left = commits.slice(expiredSeq);

        expect(flawsOf(left, anchor)).toEqual([]);
        expect(flawsOf(left, { ...anchor, snapshot: null })).toEqual([]);
        const chain = examineChain(anchor);
        for (const link of left) chain.next(link);
        const last = fold(EMPTY_SNAPSHOT, commits);
        expect(chain.extent()).toMatchObject({ endSeq: commits.length, lastSeq: commits.length });
        expect([null, last.instances.size]).toContain(chain.extent().instances);
      }),
    );
  });

  it('without any commit left is as long as its checkpoint says', () => {
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

        const flaws = flawsOf(spoiled, anchorAt(commits, checkpointSeq));

        expect(flaws).toEqual([
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

  it('shows a `to` that is not the state after it, wherever anything says more of the instance', () => {
    fc.assert(
      fc.property(pointed, ({ commits, place, checkpointSeq }) => {
        const spoiled = spoil(commits, place, (change) => ({ ...change, to: 'Spoiled' }));
        const { instanceId } = changeAt(commits, place);
        const next = nextChangeOf(instanceId, commits, place.seq + 1);
        // The last word on an instance can be checked against the checkpoint, or against nothing.
        fc.pre(next !== null || place.seq <= checkpointSeq);

        const flaws = flawsOf(spoiled, anchorAt(commits, checkpointSeq));

        const isBeforeNext = place.seq <= checkpointSeq && (next ?? Infinity) > checkpointSeq;
        expect(flaws).toMatchObject([
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

        const flaws = flawsOf(
          commits.filter((commit) => commit.seq !== seq),
          anchorAt(commits, checkpointSeq),
        );

        expect(flaws).toEqual([{ kind: 'missing-commits', seq, lastSeq: seq }]);
      }),
    );
  });

  it('shows commits that were exchanged', () => {
    fc.assert(
      fc.property(kept, fc.nat(), fc.nat(), ({ commits, checkpointSeq }, one, other) => {
        const first = commits[one % commits.length] ?? aCommit();
        const second = commits[other % commits.length] ?? aCommit();
        // Rows of one tick that speak of different instances may stand in any order.
        fc.pre(first.tickId !== second.tickId);
        const exchanged = commits.map((commit) => {
          if (commit === first) return { ...second, seq: first.seq };
          return commit === second ? { ...first, seq: second.seq } : commit;
        });

        expect(flawsOf(exchanged, anchorAt(commits, checkpointSeq))).not.toEqual([]);
      }),
    );
  });

  it('shows a release that is told twice', () => {
    fc.assert(
      fc.property(pointed, ({ commits, place, checkpointSeq }) => {
        const { instanceId, to } = changeAt(commits, place);
        fc.pre(to === null && nextChangeOf(instanceId, commits, place.seq + 1) === null);
        const again = aCommit({
          seq: commits.length + 1,
          atMs: NOW_MS + 60 * MINUTE_MS,
          changes: [changeAt(commits, place)],
        });

        const flaws = flawsOf([...commits, again], anchorAt(commits, checkpointSeq));

        expect(flaws).toMatchObject([
          { kind: 'wrong-from', seq: again.seq, instanceId, expected: null },
        ]);
      }),
    );
  });

  it('shows an instance that the checkpoint alone knows, and one that it alone does not', () => {
    const commits = [
      aCommit({ seq: 1, changes: [appeared('i-bp1')] }),
      aCommit({ seq: 2, changes: [appeared('i-bp2')] }),
    ];

    const flaws = flawsOf(commits, { seq: 2, snapshot: aSnapshot(2, ['i-bp1', 'i-bp3']) });

    expect(flaws).toEqual([
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

  it('shows a change that is none', () => {
    const commits = [
      aCommit({ seq: 1, changes: [appeared('i-bp1')] }),
      aCommit({ seq: 2, changes: [aChange({ from: 'Running', to: 'Running' })] }),
    ];

    expect(flawsOf(commits, null)).toMatchObject([
      { kind: 'no-move', seq: 2, instanceId: 'i-bp1', status: 'Running' },
    ]);
  });

  it('shows commits that are missing between the checkpoint and the oldest one', () => {
    const commits = [aCommit({ seq: 9 }), aCommit({ seq: 10 })];

    const flaws = flawsOf(commits, { seq: 5, snapshot: aSnapshot(5, []) });

    expect(flaws).toEqual([{ kind: 'missing-commits', seq: 6, lastSeq: 8 }]);
  });

  it('goes on behind a row that cannot be read, and supposes nothing of what it said', () => {
    const links: readonly JournalRow[] = [
      aCommit({ seq: 1, changes: [appeared('i-bp1'), appeared('i-bp2')] }),
      { seq: 2, unreadable: 'half a text' },
      aCommit({ seq: 3, changes: [aChange({ from: 'Stopped', to: null })] }),
      aCommit({ seq: 4, changes: [aChange({ from: 'Running', to: 'Stopped' })] }),
    ];

    expect(flawsOf(links, null)).toMatchObject([
      { kind: 'unreadable-commit', seq: 2, reason: 'half a text' },
      { kind: 'wrong-from', seq: 4, instanceId: 'i-bp1', expected: null, since: 3 },
    ]);
  });

  it('remarks a time that runs backwards, but not the small differences of clocks', () => {
    const at = (seq: number, atMs: number) => aCommit({ seq, atMs });
    const commits = [at(1, NOW_MS), at(2, NOW_MS - 5_000), at(3, NOW_MS - MINUTE_MS)];

    expect(flawsOf(commits, null)).toMatchObject([
      { kind: 'time-back', seq: 3, beforeAtMs: NOW_MS - 5_000 },
    ]);
  });
});

function flawsOf(
  links: readonly JournalRow[],
  anchor: CheckpointSeed | null,
): readonly Inconsistency[] {
  const chain = examineChain(anchor);
  return [...links.flatMap((link) => chain.next(link)), ...chain.end()];
}

function anchorAt(commits: readonly Commit[], seq: number): CheckpointSeed {
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
  return { seq, baselined: true, instances: new Map(ids.map((id) => [id, anInstance()])) };
}
