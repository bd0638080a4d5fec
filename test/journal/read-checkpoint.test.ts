import { EMPTY_SNAPSHOT, type Snapshot } from '../../shared/core/model.ts';
import { readCheckpoint } from '../../shared/journal/read-checkpoint.ts';
import { JournalError, type JournalReader } from '../../shared/ports/journal.ts';
import { SCOPE } from '../helpers/examples.ts';
import { type MemoryJournal, memoryJournal } from '../helpers/memory-journal.ts';

describe('the current checkpoint', () => {
  let journal: MemoryJournal;
  beforeEach(() => {
    journal = memoryJournal();
  });

  it('of a scope without one is the empty snapshot, at no cost', async () => {
    expect(await readCheckpoint(journal, SCOPE, null)).toEqual({
      ref: null,
      snapshot: EMPTY_SNAPSHOT,
    });
    expect(journal.calls).toEqual([]);
  });

  it('is the newer one, however often a tick replaces it during the read', async () => {
    const ref = await journal.saveCheckpoint(SCOPE, aSnapshot(1), 'tick-1');
    let seq = 1;
    const racing: JournalReader = {
      ...journal,
      async checkpoint(scope, current) {
        if (seq < 5) await journal.saveCheckpoint(scope, aSnapshot(++seq), `tick-${seq}`);
        return journal.checkpoint(scope, current);
      },
    };

    const read = await readCheckpoint(racing, SCOPE, ref);

    expect(read).toEqual({
      ref: { ...ref, seq: 5, writer: 'tick-5' },
      snapshot: aSnapshot(5),
    });
  });

  it('is damaged when the head still names it', async () => {
    const ref = await journal.saveCheckpoint(SCOPE, aSnapshot(1), 'tick-1');
    const damage = new JournalError('corrupt', 'CorruptRow', 'the part 1 of 1 cannot be read');
    const damaged: JournalReader = { ...journal, checkpoint: () => Promise.reject(damage) };

    expect(await readCheckpoint(damaged, SCOPE, ref)).toEqual({ ref, snapshot: null, damage });
  });

  it('is not called damaged when the journal does not answer', async () => {
    const ref = await journal.saveCheckpoint(SCOPE, aSnapshot(1), 'tick-1');
    journal.failure = new JournalError('failed', 'OTSServerBusy', 'busy');

    await expect(readCheckpoint(journal, SCOPE, ref)).rejects.toBe(journal.failure);
  });
});

function aSnapshot(seq: number): Snapshot {
  return { seq, baselined: true, instances: new Map(), released: new Map() };
}
