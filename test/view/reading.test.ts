import { ChainError } from '../../shared/core/journal.ts';
import { EMPTY_SNAPSHOT, type Scope, type Snapshot } from '../../shared/core/model.ts';
import type { Journal } from '../../shared/ports/journal.ts';
import { type Reading, type Readings, refreshReadings } from '../../shared/view/reading.ts';
import { type MemoryJournal, memoryJournal } from '../helpers/memory-journal.ts';
import {
  appeared,
  BASELINE,
  commitTime,
  HANGZHOU,
  moved,
  type Recorder,
  recorder,
  SHANGHAI,
} from './helpers.ts';

let journal: MemoryJournal;
let past: Recorder;
let readings: Readings;

beforeEach(async () => {
  journal = memoryJournal();
  past = recorder(journal, HANGZHOU);
  readings = new Map();
});

async function refreshReading(source: Journal, scope: Scope, memory: Readings): Promise<Reading> {
  await refreshReadings(source, [scope], memory);
  const reading = memory.get(scope.key);
  if (reading === undefined) throw new Error('nothing was read');
  return reading;
}

async function statuses(source: Journal = journal): Promise<Readonly<Record<string, string>>> {
  const { snapshot } = await refreshReading(source, HANGZHOU, readings);
  return Object.fromEntries([...snapshot.instances].map(([id, { status }]) => [id, status]));
}

/** The snapshot that the journal holds now, for a checkpoint. */
async function snapshotNow(): Promise<Snapshot> {
  return (await refreshReading(journal, HANGZHOU, new Map())).snapshot;
}

it('finds nothing before the first tick', async () => {
  const reading = await refreshReading(journal, HANGZHOU, readings);

  expect(reading).toEqual({ head: undefined, snapshot: EMPTY_SNAPSHOT });
});

it('reads a checkpoint and the commits after it when it is cold', async () => {
  await past.record([appeared('i-1'), appeared('i-2')], BASELINE);
  await journal.saveCheckpoint(HANGZHOU, await snapshotNow(), 'tick-1');
  await past.record([moved('i-1', 'Running', 'Stopped')]);

  expect(await statuses()).toEqual({ 'i-1': 'Stopped', 'i-2': 'Running' });
});

it('reads only the head and the new commits when it is warm', async () => {
  await past.record([appeared('i-1')], BASELINE);
  await past.saveHealth();
  await journal.saveCheckpoint(HANGZHOU, await snapshotNow(), 'tick-1');
  await statuses();
  await past.record([moved('i-1', 'Running', 'Stopped')]);
  journal.calls.length = 0;

  expect(await statuses()).toEqual({ 'i-1': 'Stopped' });
  expect(journal.calls).toEqual(['peek main/cn-hangzhou', 'after main/cn-hangzhou']);
});

it('keeps the snapshot and the head themselves while nothing changes', async () => {
  await past.record([appeared('i-1')], BASELINE);
  await past.saveHealth();
  const before = await refreshReading(journal, HANGZHOU, readings);
  journal.calls.length = 0;

  const after = await refreshReading(journal, HANGZHOU, readings);

  expect(after.snapshot).toBe(before.snapshot);
  expect(after.head).toBe(before.head);
  expect(journal.calls).toEqual(['peek main/cn-hangzhou']);
});

it('reads the commits only of the scopes that have new ones', async () => {
  const other = recorder(journal, SHANGHAI);
  for (const each of [past, other]) {
    await each.record([appeared('i-1')], BASELINE);
    await each.saveHealth();
  }
  await refreshReadings(journal, [HANGZHOU, SHANGHAI], readings);
  await other.record([moved('i-1', 'Running', 'Stopped')]);
  journal.calls.length = 0;

  const read = await refreshReadings(journal, [HANGZHOU, SHANGHAI], readings);

  expect(journal.calls).toEqual([
    'peek main/cn-hangzhou main/cn-shanghai',
    'after main/cn-shanghai',
  ]);
  expect(read.map(({ scope, snapshot }) => [scope, snapshot.seq])).toEqual([
    [HANGZHOU, 1],
    [SHANGHAI, 2],
  ]);
});

it('keeps the instances themselves that a commit does not name', async () => {
  await past.record([appeared('i-1'), appeared('i-2')], BASELINE);
  await past.saveHealth();
  const before = await refreshReading(journal, HANGZHOU, readings);
  await past.record([moved('i-1', 'Running', 'Stopped')]);

  const after = await refreshReading(journal, HANGZHOU, readings);

  expect(after.snapshot.instances.get('i-2')).toBe(before.snapshot.instances.get('i-2'));
});

it('gives no old state out where the next commit is missing and the head knows a later one', async () => {
  await past.record([appeared('i-1')], BASELINE);
  await past.saveHealth();
  await statuses();
  await past.record([moved('i-1', 'Running', 'Stopping')]);
  journal.expire(HANGZHOU, 2);
  await past.record([moved('i-1', 'Stopping', 'Stopped')]);
  await past.saveHealth({ seq: 3 });

  await expect(statuses()).rejects.toThrow(ChainError);
});

it('gives the health of the last tick even when nothing was committed since', async () => {
  await past.record([appeared('i-1')], BASELINE);
  await past.saveHealth();
  await refreshReading(journal, HANGZHOU, readings);
  await past.saveHealth({ lastGoodAtMs: commitTime(9) });

  const { head } = await refreshReading(journal, HANGZHOU, readings);

  expect(head?.health.lastGoodAtMs).toBe(commitTime(9));
});

it('reads again when a tick replaces the checkpoint that it is about to read', async () => {
  await past.record([appeared('i-1')], BASELINE);
  await journal.saveCheckpoint(HANGZHOU, await snapshotNow(), 'tick-1');
  await past.record([moved('i-1', 'Running', 'Stopped')]);
  const next = await snapshotNow();
  const racing: Journal = {
    ...journal,
    async checkpoint(scope, ref) {
      await journal.saveCheckpoint(scope, next, 'tick-2');
      return journal.checkpoint(scope, ref);
    },
  };

  expect(await statuses(racing)).toEqual({ 'i-1': 'Stopped' });
});

it('gives up on a checkpoint that stays unreadable', async () => {
  await past.record([appeared('i-1')], BASELINE);
  const ref = await journal.saveCheckpoint(HANGZHOU, await snapshotNow(), 'tick-1');
  const broken: Journal = {
    ...journal,
    head: async (scope) => {
      const head = await journal.head(scope);
      return head && { ...head, checkpoint: { ...ref, writer: 'unknown' } };
    },
  };

  await expect(statuses(broken)).rejects.toMatchObject({ kind: 'corrupt' });
});

it('starts over when the tables were removed and watching began again', async () => {
  await past.record([appeared('i-1')], BASELINE);
  await past.saveHealth();
  await journal.saveCheckpoint(HANGZHOU, await snapshotNow(), 'tick-1');
  await statuses();

  journal.clear();
  expect(await statuses()).toEqual({});

  await recorder(journal, HANGZHOU).record([appeared('i-9')], BASELINE);
  expect(await statuses()).toEqual({ 'i-9': 'Running' });
});

it('starts over when another journal has replaced the known one', async () => {
  await past.record([appeared('i-1')], BASELINE);
  await past.record([appeared('i-2')]);
  await past.saveHealth();
  await journal.saveCheckpoint(HANGZHOU, await snapshotNow(), 'tick-1');
  await statuses();

  journal.clear();
  const other = recorder(journal, HANGZHOU);
  await other.record([appeared('i-9')], BASELINE);
  await other.saveHealth();

  expect(await statuses()).toEqual({ 'i-9': 'Running' });
});

it('reads the checkpoint again when the commits in between are past their retention', async () => {
  await past.record([appeared('i-1')], BASELINE);
  await past.saveHealth();
  await statuses();
  await past.record([moved('i-1', 'Running', 'Stopping')]);
  await past.record([moved('i-1', 'Stopping', 'Stopped')]);
  await journal.saveCheckpoint(HANGZHOU, await snapshotNow(), 'tick-3');

  journal.expire(HANGZHOU, 2);
  expect(await statuses()).toEqual({ 'i-1': 'Stopped' });

  readings = new Map();
  await past.record([moved('i-1', 'Stopped', 'Starting')]);
  journal.expire(HANGZHOU, 3);
  expect(await statuses()).toEqual({ 'i-1': 'Starting' });
});
