import { type Journal, JournalError } from '../../shared/ports/journal.ts';
import { scheduleIn } from '../../shared/watch/core/periodic/schedule.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import { dueReportOf } from '../../shared/watch/periodic-report.ts';
import { aChange, aCommit, MINUTE_MS, SCOPE } from '../helpers/examples.ts';
import { memoryJournal } from '../helpers/memory-journal.ts';

const DUE_MS = Date.UTC(2026, 10, 22, 9);
const report = scheduleIn('daily 09:00', 'UTC');

it('waits for a scope that no tick can look at, and then takes it as its journal knows it', async () => {
  const journal = memoryJournal();
  const changes = [aChange({ instanceId: 'i-1', from: null, to: 'Stopped' })];
  await journal.append(aCommit({ seq: 1, atMs: DUE_MS - MINUTE_MS, changes }));
  const reportAt = (minutes: number) => reportOver(journal, minutes);

  expect(await reportAt(9)).toBeNull();
  expect(await reportAt(10)).toMatchObject({ changes: 1, instances: 1, stopped: 1 });
});

it('leaves out a channel whose row cannot be read, and is made all the same', async () => {
  const journal = memoryJournal();
  const readRow = journal.channel;
  journal.channel = async (name) => {
    if (name !== 'chat') return readRow(name);
    throw new JournalError('corrupt', 'CorruptRow', 'the row cannot be read');
  };
  const quota = { per: 'day', messages: 500 } as const;
  const channels = ['chat', 'other'].map((name) => ({ name, quota }));

  expect(await reportOver(journal, 10, channels)).toMatchObject({
    channels: [{ channel: 'other', messages: 0, quota: 500 }],
  });
});

function reportOver(journal: Journal, minutes: number, channels: readonly object[] = []) {
  return dueReportOf(
    { journal, channels, runtime: { now: () => DUE_MS } } as never,
    {
      ...(report && { report }),
      startMs: DUE_MS + minutes * MINUTE_MS,
      deadlineMs: DUE_MS + 60 * MINUTE_MS,
      memory: newMemory(),
    } as never,
    [{ kind: 'skipped', scope: SCOPE, reason: 'another run' }],
    DUE_MS - 24 * 60 * MINUTE_MS,
  );
}
