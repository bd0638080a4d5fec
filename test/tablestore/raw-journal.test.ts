import { type ManualClock, manualClock } from '../../local/clock.ts';
import { NEW_HEALTH } from '../../shared/core/health.ts';
import type { Snapshot } from '../../shared/core/model.ts';
import type { Journal } from '../../shared/ports/journal.ts';
import type { RawJournal } from '../../shared/ports/raw-journal.ts';
import {
  aChange,
  aCommit,
  anInstance,
  aScope,
  MINUTE_MS,
  NOW_MS,
  SCOPE,
} from '../helpers/examples.ts';
import { columns, condition, key, officialClient } from '../helpers/tablestore.ts';
import {
  startTestJournal,
  TABLE_PREFIX,
  type TablestoreJournal,
} from '../helpers/tablestore-journal.ts';

const SHANGHAI = aScope('cn-shanghai');

/** What the port promises for an examination of a journal row by row. */
describe('the rows of a journal', () => {
  let made: TablestoreJournal;
  let clock: ManualClock;
  let journal: Journal;
  let rows: RawJournal;
  beforeEach(async () => {
    clock = manualClock(NOW_MS);
    made = await startTestJournal(1, { clock });
    journal = made.journal();
    rows = made.rows();
  });
  afterEach(() => made.close());

  it('are none where nothing was ever stored, and no table is made for the question', async () => {
    expect(await rows.commits(SCOPE, 0, 10)).toEqual([]);
    expect(await rows.head(SCOPE)).toBeUndefined();
    expect(await rows.lease(SCOPE)).toBeUndefined();
    expect(await rows.strayParts(SCOPE, null)).toEqual([]);
    expect(await rows.channels()).toEqual(new Map());
    expect((await officialClient(made.server).listTable({})).tableNames).toEqual([]);
  });

  it('are commits past a place, so many at most, even where a range ends early', async () => {
    const commits = Array.from({ length: 12 }, (_, index) =>
      aCommit({ seq: index + 1, changes: [aChange()] }),
    );
    for (const commit of commits) await journal.append(commit);
    await journal.append(aCommit({ scope: SHANGHAI.key, seq: 1 }));
    made.server.setFaults([{ kind: 'short-range', maxRows: 5 }]);

    expect(await rows.commits(SCOPE, 0, 100)).toEqual(commits);
    expect(await rows.commits(SCOPE, 2, 7)).toEqual(commits.slice(2, 9));
  });

  it.each<[string, Parameters<typeof columns>[0], string]>([
    ['no time', { tickId: 'tick-1', changes: '[]' }, 'at is missing'],
    [
      'half of its changes',
      { at: 1n, tickId: 'tick-1', changes: '[{"instanceId"' },
      'changes is not JSON: ',
    ],
    [
      'a change without an instance',
      { at: 1n, tickId: 'tick-1', changes: '[{"to":"Running"}]' },
      'changes[0].instanceId is missing',
    ],
    [
      'no list of changes',
      { at: 1n, tickId: 'tick-1', changes: '{}' },
      'changes is an object, not a list',
    ],
    [
      'nothing in place of changes',
      { at: 1n, tickId: 'tick-1', changes: 'null' },
      'changes is null, not a list',
    ],
    [
      'a notice of no kind',
      { at: 1n, tickId: 'tick-1', changes: '[]', notice: '{}' },
      'notice.kind is missing',
    ],
  ])('with %s are named and hide no other one', async (_what, values, problem) => {
    await journal.append(aCommit({ seq: 1 }));
    await put('journal', { scope: SCOPE.key, seq: 2n }, values);
    await journal.append(aCommit({ seq: 3 }));

    expect(await rows.commits(SCOPE, 0, 10)).toEqual([
      aCommit({ seq: 1 }),
      { seq: 2, unreadable: expect.stringContaining(problem) },
      aCommit({ seq: 3 }),
    ]);
  });

  it('of a head are read cell by cell', async () => {
    const ref = await journal.saveCheckpoint(SCOPE, aSnapshot(3), 'tick-1');
    await journal.saveHealth(SCOPE, NEW_HEALTH);
    await put(
      'state',
      { scope: SHANGHAI.key, item: 'head' },
      { checkpoint: '{"seq":3', health: '{}}', starts: '{"slack":"3"}' },
    );
    await journal.saveStarts(SCOPE, {}, { slack: 3 });

    expect(await rows.head(SCOPE)).toEqual({
      checkpoint: { value: ref },
      health: { value: NEW_HEALTH },
      starts: { value: { slack: 3 } },
    });
    expect(await rows.head(SHANGHAI)).toEqual({
      checkpoint: {
        unreadable: expect.stringMatching('^checkpoint is not JSON'),
        stored: '{"seq":3',
      },
      health: { unreadable: expect.stringMatching('^health is not JSON'), stored: '{}}' },
      starts: {
        unreadable: expect.stringMatching('^starts'),
        stored: '{"slack":"3"}',
      },
    });
  });

  it('say which tick holds the lease', async () => {
    const lease = { owner: 'tick-1', untilMs: NOW_MS + 10_000 };
    await journal.lease(SCOPE, lease, NOW_MS);

    expect(await rows.lease(SCOPE)).toEqual({ value: lease });
  });

  it('of a checkpoint are read part by part, and others are strays with their time', async () => {
    const ref = await journal.saveCheckpoint(SCOPE, aSnapshot(3), 'tick-1');
    clock.advance(MINUTE_MS);
    const stray = `part/${'4'.padStart(16, '0')}/died/0`;
    await put('state', { scope: SCOPE.key, item: stray }, { data: Buffer.from('anything') });

    expect(await rows.part(SCOPE, ref, 0)).toEqual({ value: aSnapshot(3) });
    expect(await rows.part(SCOPE, { ...ref, writer: 'another' }, 0)).toEqual({
      unreadable: 'data is missing',
    });
    const strays = [{ name: stray, writtenAtMs: NOW_MS + MINUTE_MS }];
    expect(await rows.strayParts(SCOPE, ref)).toEqual(strays);
    await made.repair().removeParts(SCOPE, [stray]);
    expect(await rows.strayParts(SCOPE, ref)).toEqual([]);
    expect(await rows.part(SCOPE, ref, 0)).toEqual({ value: aSnapshot(3) });
  });

  it('are every channel by its name, readable or not', async () => {
    const state = { version: 1n, state: '{"version":1}' };
    await put('state', { scope: 'channels', item: 'slack' }, state);

    const channels = await rows.channels();

    expect([...channels]).toEqual([
      ['slack', { unreadable: 'state.cursor is missing', stored: '{"version":1}' }],
    ]);
  });

  async function put(
    table: 'journal' | 'state',
    primaryKey: Parameters<typeof key>[0],
    values: Parameters<typeof columns>[0],
  ): Promise<void> {
    // The tables are made on first use.
    await journal.head(SCOPE);
    await officialClient(made.server).putRow({
      tableName: `${TABLE_PREFIX}${table}`,
      condition: condition(),
      primaryKey: key(primaryKey),
      attributeColumns: columns(values),
    });
  }
});

function aSnapshot(seq: number): Snapshot {
  return {
    seq,
    baselined: true,
    instances: new Map([['i-bp1', anInstance({ name: 'web-1' })]]),
    released: new Map(),
  };
}
