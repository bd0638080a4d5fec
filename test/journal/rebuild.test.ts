import { fold } from '../../shared/core/journal.ts';
import { type Commit, EMPTY_SNAPSHOT } from '../../shared/core/model.ts';
import { rebuildSnapshot } from '../../shared/journal/rebuild.ts';
import { aChange, aCommit, SCOPE } from '../helpers/examples.ts';
import { type MemoryJournal, memoryJournal } from '../helpers/memory-journal.ts';

/** One instance that changes with every commit. */
const COMMITS: readonly Commit[] = Array.from({ length: 1_200 }, (_, index) => {
  const statuses = ['Running', 'Stopped'];
  const [from, to] = index % 2 === 0 ? statuses.toReversed() : statuses;
  const change = aChange({ from: index === 0 ? null : (from ?? ''), to: to ?? '' });
  const notice = { kind: 'baseline', instances: 1, last: true } as const;
  return aCommit({ seq: index + 1, changes: [change], ...(index === 0 && { notice }) });
});

describe('a snapshot rebuilt from commits alone', () => {
  let journal: MemoryJournal;
  beforeEach(async () => {
    journal = memoryJournal();
    for (const commit of COMMITS) await journal.append(commit);
  });

  it('is whole when the journal goes back to its first commit', async () => {
    expect(await rebuildSnapshot(journal, SCOPE, 1_200)).toEqual({
      snapshot: fold(EMPTY_SNAPSHOT, COMMITS),
      since: null,
    });
  });

  it('ends at the commit that was asked for', async () => {
    expect(await rebuildSnapshot(journal, SCOPE, 1_100)).toEqual({
      snapshot: fold(EMPTY_SNAPSHOT, COMMITS.slice(0, 1_100)),
      since: null,
    });
  });

  it('says since when it knows anything, where the first commits have expired', async () => {
    journal.expire(SCOPE, 7);

    const { snapshot, since } = await rebuildSnapshot(journal, SCOPE, 1_200);

    expect(since).toBe(8);
    expect(snapshot).toMatchObject({ seq: 1_200, baselined: false });
    // The changes of the expired commits are not known, so that no total is.
    expect(snapshot).not.toHaveProperty('changeCount');
  });

  it('ends where the journal ends, and is empty without any commit', async () => {
    const short = await rebuildSnapshot(journal, SCOPE, 1_205);
    journal.expire(SCOPE, 1_200);

    expect(short.snapshot.seq).toBe(1_200);
    expect(await rebuildSnapshot(journal, SCOPE, 1_200)).toEqual({
      snapshot: EMPTY_SNAPSHOT,
      since: 0,
    });
  });
});
