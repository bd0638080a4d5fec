import fc from 'fast-check';
import { type ChannelState, NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import { NEW_HEALTH } from '../../shared/core/health.ts';
import type { Commit, Snapshot } from '../../shared/core/model.ts';
import { examineExport } from '../../shared/journal/core/examine-export.ts';
import { outlived } from '../../shared/journal/core/imported-channel.ts';
import type { ExportItem } from '../../shared/journal/core/item.ts';
import { exportJournal } from '../../shared/journal/export-journal.ts';
import { ImportConflict, importJournal } from '../../shared/journal/import-journal.ts';
import { COMMITS_PER_READ } from '../../shared/journal/read.ts';
import { JournalError } from '../../shared/ports/journal.ts';
import { fieldsOf, itemIn } from '../../shared/tablestore/export-lines.ts';
import { diff } from '../../shared/watch/core/diff.ts';
import { load, NEW_HEAD } from '../../shared/watch/load.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import { aChange, aCommit, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { historyOf, sight } from '../helpers/histories.ts';
import { type MemoryJournal, memoryJournal } from '../helpers/memory-journal.ts';
import { propertyRuns } from '../helpers/rounds.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

/** A history, and where in it its store has its checkpoint, its channel and the end of its retention. */
const stores = fc.record({
  sights: fc.array(sight, { minLength: 1, maxLength: 8 }),
  checkpoint: fc.double({ min: 0, max: 1, noNaN: true }),
  cursor: fc.double({ min: 0, max: 1, noNaN: true }),
  expired: fc.double({ min: 0, max: 1, noNaN: true }),
});

interface Store {
  readonly journal: MemoryJournal;
  readonly commits: readonly Commit[];
  readonly last: Snapshot;
}

describe('an export', () => {
  it('is imported as it was: the next tick goes on without a baseline and repeats nothing', async () => {
    await fc.assert(
      fc.asyncProperty(stores, async (drawn) => {
        const { journal, last } = await storeOf(drawn);
        const items = await throughLines(journal);
        const other = memoryJournal();

        const imported = await importInto(other, items);

        expect(imported.commits).toBe((await journal.after(SCOPE, 0, 1_000)).length);
        expect(await allOf(other)).toEqual(await allOf(journal));
        const loaded = await load(other, SCOPE, { memory: newMemory(), startMs: NOW_MS });
        const { snapshot, damage } = await loaded.loadSnapshot();
        expect(damage).toBeNull();
        expect(snapshot).toEqual({ ...last, changeCount: snapshot.changeCount });
        const statuses = new Map([...last.instances].map(([id, { status }]) => [id, status]));
        expect(diff(snapshot, statuses)).toMatchObject({ changes: [], suspects: [] });
      }),
      { numRuns: propertyRuns(30), seed: 1 },
    );
  });

  it('is imported whole by a second run, wherever the first one died', async () => {
    const { journal } = await storeOf({ sights: SIGHTS, checkpoint: 0.5, cursor: 0.5, expired: 0 });
    const items = await throughLines(journal);
    const whole = memoryJournal();
    await importInto(whole, items);
    const calls = whole.calls.length;

    for (let died = 1; died < calls; died += 1) {
      const other = memoryJournal();
      failAfter(other, died);
      await importInto(other, items).catch((error: unknown) => {
        if (!(error instanceof JournalError)) throw error;
      });
      failAfter(other, Number.POSITIVE_INFINITY);
      const half = await allOf(other);
      // A head says what is current: it comes when everything that it speaks of is there.
      if (half.head?.checkpoint) {
        expect(half.commits).toHaveLength(await journal.lastSeq(SCOPE));
        expect(half.channels).toHaveLength(1);
      }

      await importInto(other, items);

      const { head, ...rest } = await allOf(other);
      const expected = await allOf(whole);
      expect({ died, ...rest }).toEqual({ died, ...expected, head: undefined });
      expect(head).toMatchObject({ totals: expected.head?.totals, starts: expected.head?.starts });
    }
  });

  it('may be longer than what one read of the journal returns', async () => {
    const journal = memoryJournal();
    for (let seq = 1; seq <= LONG; seq += 1) {
      const [from, to] = seq % 2 === 1 ? [null, 'Running'] : ['Running', null];
      await journal.append(aCommit({ seq, changes: [aChange({ from, to })] }));
    }
    await journal.saveWatchList({ scopes: [SCOPE], regions: {} });
    const items = await throughLines(journal);
    const other = memoryJournal();

    const first = await importInto(other, items);
    const second = await importInto(other, items);

    expect([first.commits, second.commits]).toEqual([LONG, 0]);
    expect(await other.after(SCOPE, 0, LONG)).toEqual(await journal.after(SCOPE, 0, LONG));
  });

  it('is refused by a store with another commit, which stays as it is', async () => {
    const { journal, commits } = await storeOf(NOTHING_EXPIRED);
    const items = await throughLines(journal);
    const other = memoryJournal();
    await other.append(aCommit({ ...commits[0], tickId: 'another-run' }));
    const before = await allOf(other);

    await expect(importInto(other, items)).rejects.toThrow(
      new ImportConflict([
        'commit main/cn-hangzhou/1 of the store is another one (of run another-run; in the export tick-0)',
      ]),
    );
    expect(await allOf(other)).toEqual(before);
  });

  it('is refused by a store that has gone further, in commits or with a channel', async () => {
    const { journal, commits, last } = await storeOf(NOTHING_EXPIRED);
    const items = await throughLines(journal);
    const next = last.seq + 1;
    const further = memoryJournal();
    for (const commit of commits) await further.append(commit);
    await further.append(aCommit({ seq: next }));
    const served = memoryJournal();
    await served.moveChannel('slack', undefined, aChannel(next));

    await expect(importInto(further, items)).rejects.toThrow(
      `main/cn-hangzhou has commit ${next} in the store, and the export ends at ${last.seq}`,
    );
    await expect(importInto(served, items)).rejects.toThrow(
      `channel slack was served to commit main/cn-hangzhou/${next} by the store`,
    );
  });

  it('continues a store that has its first commits, and adds the rest', async () => {
    const { journal, commits, last } = await storeOf(NOTHING_EXPIRED);
    const items = await throughLines(journal);
    const other = memoryJournal();
    for (const commit of commits.slice(0, 2)) await other.append(commit);

    const { commits: added } = await importInto(other, items);

    expect(added).toBe(last.seq - 2);
    expect((await allOf(other)).commits).toEqual(commits);
  });

  it('is not imported while a tick is at work', async () => {
    const { journal } = await storeOf(NOTHING_EXPIRED);
    const items = await throughLines(journal);
    const other = memoryJournal();
    await other.lease(SCOPE, { owner: 'tick-7', untilMs: NOW_MS + 20_000 }, NOW_MS);

    await expect(importInto(other, items)).rejects.toThrow(/a watcher is at work .*tick-7/u);
    expect((await allOf(other)).commits).toEqual([]);
  });

  it('of a store that went on marks what is recorded next as a possible repeat', async () => {
    const { journal, last } = await storeOf(NOTHING_EXPIRED);
    const other = memoryJournal();

    await importInto(other, await throughLines(journal), true);

    const state = await other.channel('slack');
    expect(state?.maybeDelivered[SCOPE.key]).toEqual({ seq: last.seq + 1, part: 0 });
    expect(outlived(NEW_CHANNEL, new Map([['a/b', 3]])).maybeDelivered).toEqual({
      'a/b': { seq: 4, part: 0 },
    });
  });
});

describe('a line of an export that was changed', () => {
  it.each<[string, (items: ExportItem[]) => readonly ExportItem[], string]>([
    ['a commit is left out', without((item) => isCommit(item, 2)), 'commits 2 to 2'],
    [
      'a change is another one',
      (items) => items.map((item) => (isCommit(item, 3) ? withStatus(item) : item)),
      'but it was',
    ],
    [
      'a commit is there twice',
      (items) => items.flatMap((item) => (isCommit(item, 2) ? [item, item] : [item])),
      'follows 2',
    ],
    [
      'the last commit is left out',
      (items) => items.filter((item) => !isCommit(item, lastSeqIn(items))),
      'end at',
    ],
    ['the head is left out', without(({ kind }) => kind === 'head'), 'has no head'],
  ])('is found: %s', async (_what, change, words) => {
    const { journal } = await storeOf(NOTHING_EXPIRED);
    const examination = examineExport();

    const problems = change(await throughLines(journal)).flatMap((item) => examination.next(item));

    expect([...problems, ...examination.end()].join('\n')).toContain(words);
  });

  it('is found where the parts of a snapshot are not in their order', () => {
    const part = { kind: 'snapshot', scope: 'a/b', seq: 1, baselined: true } as const;
    const lists = { instances: [], released: [] };

    const { next } = examineExport();

    expect(next({ ...part, ...lists, index: 0 })).toEqual([]);
    expect(next({ ...part, ...lists, index: 2 })).toEqual([
      'part 2 of the snapshot of a/b is out of its order',
    ]);
  });

  it.each([
    [
      { kind: 'commit', scope: 'a/b', seq: 1, at: 1, tickId: 't', changes: [{}] },
      'changes[0].instanceId is missing',
    ],
    [
      { kind: 'commit', scope: '', seq: 1, at: 1, tickId: 't', changes: [] },
      'scope is not the name of a scope',
    ],
    [{ kind: 'commit', scope: 'a/b', seq: -1, at: 1, tickId: 't', changes: [] }, 'seq is -1'],
    [{ kind: 'channel', channel: 'x', version: 1, state: {} }, 'state.cursor is missing'],
    [{ kind: 'head', scope: 'a/b', seq: 1, health: {} }, 'starts is missing'],
    [{ kind: 'watched', list: { scopes: 7 } }, 'list.scopes is 7, not a list'],
    [{ kind: 'snapshot', scope: 'a/b', seq: 1 }, 'is missing'],
    [{ kind: 'other' }, 'kind is none that this version knows'],
  ])('is not read: %j', (fields, words) => {
    expect(itemIn(fields)).toMatchObject({ unreadable: expect.stringContaining(words) });
  });
});

/** More than a read of the journal asks for. */
const LONG = COMMITS_PER_READ + 1;

/** Changes in every tick. */
const SIGHTS = ['Running', 'Stopped', 'Running', 'Stopped'].map((status, tick) => ({
  statuses: new Map([
    ['i-1', status],
    [`i-${tick + 2}`, 'Running'],
  ]),
  details: [{ name: `web-${tick}` }],
  hasNotice: tick % 2 === 1,
}));
const NOTHING_EXPIRED = { sights: SIGHTS, checkpoint: 0.5, cursor: 0.5, expired: 0 };

async function storeOf({
  sights,
  checkpoint,
  cursor,
  expired,
}: {
  readonly sights: Parameters<typeof historyOf>[0];
  readonly checkpoint: number;
  readonly cursor: number;
  readonly expired: number;
}): Promise<Store> {
  const { commits, states } = historyOf(sights);
  const journal = memoryJournal();
  for (const commit of commits) await journal.append(commit);
  const at = Math.round(checkpoint * commits.length);
  const stored = states[at];
  if (at > 0 && stored !== undefined) await journal.saveCheckpoint(SCOPE, stored, 'tick-1');
  journal.expire(SCOPE, Math.floor(expired * at));
  await journal.saveStarts(SCOPE, {}, { webhook: at });
  await journal.saveHealth(
    SCOPE,
    { ...NEW_HEALTH, seq: at, lastGoodAtMs: NOW_MS },
    { add: { calls: 7, throttles: 1 } },
  );
  await journal.moveChannel('slack', undefined, aChannel(Math.floor(cursor * commits.length)));
  await journal.recordDelivery(
    {
      channel: 'slack',
      seq: NOW_MS,
      atMs: NOW_MS,
      tickId: 'tick-1',
      commits: [`${SCOPE.key}/1`],
      commitCount: 1,
      changeCount: 1,
      attempt: 1,
      isRepeat: false,
      verdict: 'delivered',
      reason: null,
    },
    0,
  );
  await journal.saveWatchList({ scopes: [SCOPE], regions: {} });
  return { journal, commits, last: states.at(-1) ?? (stored as Snapshot) };
}

function aChannel(seq: number): ChannelState {
  const cursor = { [SCOPE.key]: { seq, part: 0 } };
  return { ...NEW_CHANNEL, version: 1, tickId: 'tick-1', cursor, deliveredAtMs: NOW_MS };
}

/** The items of an export, as they come back from its lines. */
async function throughLines(journal: MemoryJournal): Promise<ExportItem[]> {
  const items: ExportItem[] = [];
  for await (const item of exportJournal(journal, [])) {
    const read = itemIn(JSON.parse(JSON.stringify(fieldsOf(item))));
    if (!('value' in read)) throw new Error(read.unreadable);
    items.push(read.value);
  }
  return items;
}

async function importInto(
  journal: MemoryJournal,
  items: readonly ExportItem[],
  isOutlived = false,
) {
  const examination = examineExport();
  for (const item of items) expect(examination.next(item)).toEqual([]);
  const exported = {
    scopes: examination.scopes,
    async *items() {
      yield* items;
    },
  };
  const runtime = virtualRuntime(NOW_MS);
  return importJournal(journal, exported, {
    importId: 'import-1',
    isOutlived,
    runtime,
    deadlineMs: NOW_MS + 60_000,
    onProgress: () => undefined,
  });
}

/** All that a store holds of the scope, but for who wrote the head and its checkpoint and moved the channel. */
async function allOf(journal: MemoryJournal) {
  const { savedBy: _, ...head } = (await journal.head(SCOPE)) ?? NEW_HEAD;
  const channels = [...(await journal.channels())].map(([name, row]) => {
    return [name, 'value' in row && { ...row.value, version: 0, tickId: '' }];
  });
  return {
    commits: await journal.after(SCOPE, 0, 1_000),
    head: { ...head, checkpoint: head.checkpoint && { ...head.checkpoint, ...ANY_WRITER } },
    channels,
    deliveries: await journal.deliveries('slack', 100),
    watchList: await journal.watchList(),
  };
}
const ANY_WRITER = { writer: '', seq: 0, parts: 0 };

/** Every call after so many fails, as those of a process that is gone. */
function failAfter(journal: MemoryJournal, calls: number): void {
  let left = calls;
  journal.calls.push = (...added: string[]) => {
    left -= added.length;
    journal.failure =
      left < 0 ? new JournalError('failed', 'Gone', 'the process is gone') : undefined;
    return 0;
  };
}

function isCommit(item: ExportItem, seq: number): boolean {
  return item.kind === 'commit' && item.commit.seq === seq;
}

function without(isLeftOut: (item: ExportItem) => boolean) {
  return (items: ExportItem[]): readonly ExportItem[] => items.filter((item) => !isLeftOut(item));
}

function lastSeqIn(items: readonly ExportItem[]): number {
  return Math.max(...items.map((item) => (item.kind === 'commit' ? item.commit.seq : 0)));
}

function withStatus(item: ExportItem): ExportItem {
  if (item.kind !== 'commit') return item;
  const changes = [aChange({ instanceId: 'i-1', from: 'Pending', to: 'Starting' })];
  return { kind: 'commit', commit: { ...item.commit, changes } };
}
