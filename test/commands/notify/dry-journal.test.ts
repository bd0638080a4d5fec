import { findRecorded } from '../../../commands/notify/commit-ids.ts';
import { dryJournal } from '../../../commands/notify/dry-journal.ts';
import { NEW_CHANNEL } from '../../../shared/core/channel-state.ts';
import { NEW_HEALTH } from '../../../shared/core/health.ts';
import { aChange, aCommit, SCOPE } from '../../helpers/examples.ts';
import { memoryJournal } from '../../helpers/memory-journal.ts';

describe('a dry journal', () => {
  it('shows what is stored and then what was written to it, and stores nothing', async () => {
    const stored = memoryJournal();
    for (const seq of [1, 2, 3]) await stored.append(aCommit({ seq }));
    const dry = dryJournal(stored);
    await dry.append(aCommit({ seq: 4 }));
    await dry.append(aCommit({ seq: 5 }));
    await dry.saveHealth(SCOPE, NEW_HEALTH);
    await dry.saveStarts(SCOPE, {}, { slack: 3 });
    await dry.moveChannel('slack', undefined, { ...NEW_CHANNEL, failures: 7 });
    const seqs = async (read: Promise<readonly { readonly seq: number }[]>) =>
      (await read).map(({ seq }) => seq);

    expect(await dry.lastSeq(SCOPE)).toBe(5);
    expect(await seqs(dry.after(SCOPE, 0, 10))).toEqual([1, 2, 3, 4, 5]);
    expect(await seqs(dry.after(SCOPE, 2, 2))).toEqual([3, 4]);
    expect(await seqs(dry.after(SCOPE, 4, 2))).toEqual([5]);
    expect(await seqs(dry.nextAfter(SCOPE, 3, 10))).toEqual([4, 5]);
    expect(await seqs(dry.before(SCOPE, 5, 3))).toEqual([4, 3, 2]);
    expect((await dry.commitAt(SCOPE, 4))?.seq).toBe(4);
    expect(await dry.commitAt(SCOPE, 6)).toBeUndefined();
    expect((await dry.channel('slack'))?.failures).toBe(7);
    expect(await stored.lastSeq(SCOPE)).toBe(3);
    expect(await stored.channel('slack')).toBeUndefined();
    expect((await stored.head(SCOPE))?.starts ?? {}).toEqual({});
  });
});

describe('the id of something recorded', () => {
  const journal = memoryJournal();
  const changes = [aChange(), aChange({ instanceId: 'i-other' })];
  beforeAll(() => journal.append(aCommit({ seq: 1, changes })));

  it.each([
    ['main/cn-hangzhou/1', { seq: 1, index: undefined }],
    ['main/cn-hangzhou/1/1', { seq: 1, index: 1 }],
    ['main/cn-hangzhou/1/2', undefined],
    ['main/cn-hangzhou/2', undefined],
    ['main/cn-hangzhou', undefined],
    ['1', undefined],
    ['', undefined],
    ['main/cn-hangzhou/1.5', undefined],
    ['main/cn-hangzhou/99999999999999999999', undefined],
  ])('%j is understood', async (id, expected) => {
    const found = await findRecorded(journal, id);

    expect(found && { seq: found.commit.seq, index: found.index }).toEqual(expected);
  });
});
