import { NEW_HEALTH } from '../../shared/core/health.ts';
import { EMPTY_TAIL } from '../../shared/core/journal.ts';
import { EMPTY_SNAPSHOT } from '../../shared/core/model.ts';
import { commitsPast } from '../../shared/journal/read.ts';
import { JournalError, type JournalReader } from '../../shared/ports/journal.ts';
import { load } from '../../shared/watch/load.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import { aChange, aCommit, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { type MemoryJournal, memoryJournal } from '../helpers/memory-journal.ts';

describe('a cold tick', () => {
  it('does not begin in a gap, where its commit would look like an older one', async () => {
    const journal = memoryJournal();
    const first = aCommit({ seq: 1, changes: [aChange({ from: null, to: 'Running' })] });
    await journal.append(first);
    await journal.saveCheckpoint(
      SCOPE,
      { seq: 1, baselined: true, instances: new Map(), released: new Map() },
      'tick-1',
    );
    // Commit 2 is gone.
    await journal.append(aCommit({ seq: 3, changes: [aChange()] }));
    const damaged: JournalReader = { ...journal, checkpoint: isCorrupt };

    const loaded = await load(damaged, SCOPE, { memory: newMemory(), startMs: NOW_MS });

    expect(loaded.lastSeq).toBe(3);
    await expect(loaded.loadSnapshot()).rejects.toMatchObject({ name: 'ChainError' });
  });

  it('begins to count changes where an older version has stored the checkpoint, or commits expired', async () => {
    const journal = await longJournal(3);
    const older = { seq: 1, baselined: true, instances: new Map(), released: new Map() };
    await journal.saveCheckpoint(SCOPE, older, 'tick-1');
    const counted = async (from: JournalReader) =>
      (await (await load(from, SCOPE, { memory: newMemory(), startMs: NOW_MS })).loadSnapshot())
        .snapshot.changeCount;

    expect(await counted(journal)).toBe(0);
    journal.expire(SCOPE, 1);
    expect(await counted({ ...journal, checkpoint: isCorrupt })).toBe(0);
  });

  it('that is warm reads the key of the last commit, and no commit', async () => {
    const journal = await longJournal(3);
    const memory = newMemory();
    const snapshot = { ...EMPTY_SNAPSHOT, seq: 3, baselined: true };
    const head = { checkpoint: null, health: { ...NEW_HEALTH, seq: 3 }, starts: {} };
    memory.scopes.set(SCOPE.key, { snapshot, head, tail: EMPTY_TAIL });
    journal.calls.length = 0;

    const { lastSeq } = await load(journal, SCOPE, { memory, startMs: NOW_MS });

    expect(lastSeq).toBe(3);
    expect(journal.calls).toEqual([`lastSeq ${SCOPE.key}`]);
  });

  it('that is warm replays the notices that a late and older health does not know', async () => {
    const journal = await longJournal(3);
    const notice = { kind: 'suspicious-scan', missing: 5, known: 9 } as const;
    await journal.append(aCommit({ seq: 4, changes: [], notice }));
    await journal.saveHealth(SCOPE, { ...NEW_HEALTH, seq: 3 });
    const memory = newMemory();
    const snapshot = { ...EMPTY_SNAPSHOT, seq: 4, baselined: true };
    const head = { checkpoint: null, health: { ...NEW_HEALTH, seq: 4 }, starts: {} };
    memory.scopes.set(SCOPE.key, { snapshot, head, tail: EMPTY_TAIL });

    const loaded = await load(journal, SCOPE, { memory, startMs: NOW_MS, head: null });

    expect(loaded.head.health.hold).toMatchObject({ missing: 5 });
    expect(loaded.lastSeq).toBe(4);
  });

  it('reads no more than a thousand commits before the checkpoint for an unreadable health', async () => {
    const journal = await longJournal(3_000);
    const snapshot = { ...EMPTY_SNAPSHOT, seq: 3_000, baselined: true };
    await journal.saveCheckpoint(SCOPE, snapshot, 'tick-1');
    const read: number[] = [];
    const counted: JournalReader = {
      ...journal,
      after: async (scope, seq, limit) => {
        const commits = await journal.after(scope, seq, limit);
        read.push(...commits.map((commit) => commit.seq));
        return commits;
      },
    };

    const loaded = await load(counted, SCOPE, { memory: newMemory(), startMs: NOW_MS });

    expect(loaded.lastSeq).toBe(3_000);
    expect([read.length, read[0]]).toEqual([1_000, 2_001]);
  });

  it('reads a journal whose first commits have expired once, not once for each thousand', async () => {
    const journal = await longJournal(6_000);
    journal.expire(SCOPE, 5_000);
    journal.calls.length = 0;

    const commits = await commitsPast(journal, SCOPE, 0);

    expect(commits.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 1_000 }, (_, index) => 5_001 + index),
    );
    expect(journal.calls).toHaveLength(2);
  });
});

async function longJournal(count: number): Promise<MemoryJournal> {
  const journal = memoryJournal();
  for (let seq = 1; seq <= count; seq += 1) await journal.append(aCommit({ seq }));
  return journal;
}

async function isCorrupt(): Promise<never> {
  throw new JournalError('corrupt', 'CorruptRow', 'the part 1 of 1 cannot be read');
}
