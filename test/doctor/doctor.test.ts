import fc from 'fast-check';
import { type ManualClock, manualClock } from '../../local/clock.ts';
import { type ChannelState, NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import { type Health, NEW_HEALTH } from '../../shared/core/health.ts';
import { fold } from '../../shared/core/journal.ts';
import { type Commit, EMPTY_SNAPSHOT } from '../../shared/core/model.ts';
import { print } from '../../shared/doctor/core/print.ts';
import type { DoctorReport } from '../../shared/doctor/core/report.ts';
import { doctor } from '../../shared/doctor/doctor.ts';
import type { DoctorRun } from '../../shared/doctor/run.ts';
import type { CheckpointRef } from '../../shared/ports/journal.ts';
import { load } from '../../shared/watch/load.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import { aChange, aCommit, aScope, MINUTE_MS, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { propertyRuns } from '../helpers/rounds.ts';
import { type StoredRows, storedRows } from '../helpers/stored-rows.ts';
import { officialClient } from '../helpers/tablestore.ts';
import { startTestJournal, type TablestoreJournal } from '../helpers/tablestore-journal.ts';

const CHECKPOINT_SEQ = 3;

/** An hour of two instances: a baseline, and a change in each of four ticks. */
const COMMITS: readonly Commit[] = [
  aTickOf(1, {
    changes: ['i-bp1', 'i-bp2'].map((instanceId) =>
      aChange({ instanceId, from: null, to: 'Running' }),
    ),
    notice: { kind: 'baseline', instances: 2, last: true },
  }),
  aTickOf(2, { changes: [aChange({ from: 'Running', to: 'Stopped' })] }),
  aTickOf(3, { changes: [aChange({ instanceId: 'i-bp2', from: 'Running', to: 'Stopped' })] }),
  aTickOf(4, { changes: [aChange({ from: 'Stopped', to: 'Running' })] }),
  aTickOf(5, { changes: [aChange({ instanceId: 'i-bp2', from: 'Stopped', to: null })] }),
];

const HEALTH: Health = {
  ...NEW_HEALTH,
  seq: 5,
  lastAttemptAtMs: NOW_MS - MINUTE_MS,
  lastGoodAtMs: NOW_MS - MINUTE_MS,
  instances: 1,
};

describe('the doctor', () => {
  let made: TablestoreJournal;
  let stored: StoredRows;
  let clock: ManualClock;
  let checkpoint: CheckpointRef;
  beforeEach(setUp);
  afterEach(() => made.close());

  async function setUp(): Promise<void> {
    clock = manualClock(NOW_MS - 60 * MINUTE_MS);
    made = await startTestJournal(1, { clock });
    stored = storedRows(made.server);
    const journal = made.journal();
    for (const commit of COMMITS) await journal.append(commit);
    const snapshot = fold(EMPTY_SNAPSHOT, COMMITS.slice(0, CHECKPOINT_SEQ));
    checkpoint = await journal.saveCheckpoint(SCOPE, snapshot, 'tick-3');
    await journal.saveHealth(SCOPE, HEALTH);
    await journal.moveChannel('slack', undefined, aChannel());
    clock.advance(60 * MINUTE_MS);
  }

  it('shows what is stored, and that nothing is wrong', async () => {
    const report = await examine();

    expect(report).toMatchObject({ ok: true, problems: 0, repairs: [] });
    expect(print(report)).toBe(`main/cn-hangzhou
  baseline        commit 1, 2026-11-22T10:01:01.120Z
  journal         5 commits, from 1 to 5
  checkpoint      at commit 3 in 1 part, 2 instances
  instances       1
  last good scan  60 seconds ago, 2026-11-22T10:04:01.120Z
  failures        none
  hold            none
  lease           free

channel slack
  delivered       main/cn-hangzhou up to 5
  backlog         none
  failures        none
  last delivery   none
  held back       none

Nothing is wrong.
`);
  });

  it('shows the last attempts at messages, and how much is held back', async () => {
    const held = [
      {
        scope: SCOPE.key,
        instanceId: 'i-bp1',
        changes: [{ seq: 4, atMs: NOW_MS, previousAtMs: null, change: aChange() }],
        flips: [NOW_MS],
        flapping: null,
      },
    ];
    await moveChannel({ held });
    const record = {
      channel: 'slack',
      tickId: 'tick-4',
      commits: [`${SCOPE.key}/4`],
      commitCount: 2,
      changeCount: 3,
      attempt: 1,
      isRepeat: true,
    };
    const refused = { verdict: 'rejected', reason: 'HTTP 404: no_service' } as const;
    const taken = { verdict: 'delivered', reason: null } as const;
    await made
      .journal()
      .recordDelivery({ ...record, ...refused, seq: 1, atMs: NOW_MS - 1_000 }, NOW_MS + 60_000);
    await made
      .journal()
      .recordDelivery({ ...record, ...taken, seq: 2, atMs: NOW_MS }, NOW_MS + 60_000);

    const report = await examine();

    expect(print(report)).toContain(`  held back       1 instance
  attempt         2026-11-22T10:05:01.120Z delivered (3 changes, main/cn-hangzhou/4 and 1 more, a repeat)
  attempt         2026-11-22T10:05:00.120Z rejected (3 changes, main/cn-hangzhou/4 and 1 more, a repeat): HTTP 404: no_service
`);
  });

  it('begins with a channel that is failing, and shows the journal of the watcher', async () => {
    const cursor = { [SCOPE.key]: { seq: 5, part: 0 }, watcher: { seq: 1, part: 0 } };
    await moveChannel({ cursor, failures: 1, isRefused: true, problem: 'token is not exist' });
    const failing = { slack: NOW_MS };
    const facts = { channel: 'slack', failures: 1, reason: 'no', deliveredAtMs: null, failing };
    const notice = { kind: 'channel-failing' as const, ...facts };
    await made.journal().append(aCommit({ scope: 'watcher', seq: 1, notice }));

    const report = await examine();

    expect(print(report)).toMatch(/^channel slack\n/u);
    expect(print(report)).toContain('watcher\n  journal         1 commit, from 1 to 1\n\n');
    expect(textsOf(report)).toEqual(['The last attempt failed: token is not exist.']);
    const away = { level: 'problem', kind: 'ecs', text: 'ECS is away', advice: 'Wait.' } as const;
    const ecs = {
      findings: [{ ...away, place: 'ecs.example.com' }],
      facts: ['ecs: answers for 1 scope'],
    };
    expect(print({ ...report, problems: 2 }, ecs)).toMatch(
      /^PROBLEM: ECS is away\n {2}Wait\.\n {2}Where: ecs\.example\.com\n\necs: answers for 1 scope\n\nchannel slack\n.*\n2 problems\.\n {2}ECS is away\n {2}channel slack: The last attempt failed: token is not exist\.\n$/su,
    );
  });

  describe('of kept checkpoints', () => {
    const keep = (commits: readonly Commit[], seq = commits.length) =>
      made
        .journal()
        .keepCheckpoint(SCOPE, { ...fold(EMPTY_SNAPSHOT, commits), seq }, 'tick-k', NOW_MS);

    it('finds nothing wrong where they are what the commits say', async () => {
      for (const seq of [1, 3, 5]) await keep(COMMITS.slice(0, seq));

      expect(await examine()).toMatchObject({ ok: true, problems: 0 });
      // Only the beginning has expired.
      await removeCommit(1);
      expect(findingsOf(await examine())).toEqual([]);
    });

    it('finds one that is damaged, by its row, by its parts, and where its commit is gone', async () => {
      for (const seq of [2, 3, 4]) await keep(COMMITS.slice(0, seq));
      await stored.putCommit(`kept:${SCOPE.key}`, 2, { checkpoint: '{"seq":2' });
      await stored.putCommit(`kept-parts:${SCOPE.key}/3/tick-k`, 0, { data: Buffer.from('x') });
      await stored.removeCommit(`kept-parts:${SCOPE.key}/4/tick-k`, 0);
      for (const seq of [1, 2]) await removeCommit(seq);

      const report = await examine();

      expect(report.ok).toBe(true);
      expect(findingsOf(report)).toMatchObject(
        [3, 4, 2].map((seq) => ({ kind: 'kept-checkpoint-damaged', level: 'note', seq })),
      );
      expect(textsOf(report)[0]).toBe(
        'The checkpoint that was kept at commit 3 cannot be read: it is not what was stored.',
      );
    });

    it('finds one that is not what the commits say', async () => {
      await keep(COMMITS.slice(0, 1), 4);

      const report = await examine();

      expect(findingsOf(report)).toMatchObject([
        { kind: 'kept-checkpoint-differs', level: 'problem', seq: 4, instances: 1 },
      ]);
      expect(textsOf(report)).toEqual([
        'The checkpoint that was kept at commit 4 is not what the commits up to it say of 1 instance: ' +
          'it has i-bp2 as Running, and the commits as Stopped.',
      ]);
    });
  });

  it('finds nothing wrong with details that have changed', async () => {
    const details = [{ instanceId: 'i-bp1', before: { name: 'old' }, after: { name: 'new' } }];
    await made.journal().append(aTickOf(6, { details }));
    const cursor = { [SCOPE.key]: { seq: 6, part: 0 } };
    await moveChannel({ cursor });

    expect(await examine()).toMatchObject({
      ok: true,
      problems: 0,
      scopes: [{ journal: { lastSeq: 6 }, instances: 1 }],
    });
  });

  it('finds nothing wrong with a quiet scope whose commits have all expired', async () => {
    for (const { seq } of COMMITS) await removeCommit(seq);
    await store({ seq: 5, baselined: true, instances: new Map(), released: new Map() });

    expect(await examine()).toMatchObject({ ok: true, scopes: [{ journal: null, instances: 0 }] });
  });

  it('finds nothing wrong with a scope whose beginning has expired', async () => {
    for (const seq of [1, 2]) await removeCommit(seq);

    const report = await examine();

    expect(report).toMatchObject({ ok: true, scopes: [{ instances: 1, baseline: null }] });
    expect(print(report)).toContain('3 commits, from 3 to 5; older ones are no longer kept');
  });

  it('reads a journal of more commits than one read returns', async () => {
    const journal = made.journal();
    for (let seq = 6; seq <= 1_010; seq += 1) {
      const [from, to] = seq % 2 === 0 ? ['Running', 'Stopped'] : ['Stopped', 'Running'];
      await journal.append(aCommit({ seq, changes: [aChange({ from, to })] }));
    }
    await putCommit(1_005, {
      atMs: NOW_MS,
      changes: [aChange({ from: 'Starting', to: 'Running' })],
    });

    const report = await examine();

    expect(report.scopes[0]?.findings.map(({ text }) => text)).toEqual([
      expect.stringMatching(
        /^Commit 1005 .* moves i-bp1 from Starting, but commit 1004 left it as Stopped/u,
      ),
    ]);
    expect(report.channels).toMatchObject([{ backlog: 1_005 }]);
  });

  describe('explains without changing anything:', () => {
    it.each<[string, () => Promise<unknown>, readonly (string | RegExp)[]]>([
      [
        'a change past the checkpoint that does not fit',
        () => putCommit(4, { changes: [aChange({ from: 'Pending', to: 'Running' })] }),
        [
          /^Commit 4 \(2026-11-22T10:04:01.120Z, tick tick-4\) moves i-bp1 from Pending, but commit 2 left it as Stopped\. No cold tick can begin/u,
        ],
      ],
      [
        'a wrong commit before the checkpoint',
        () => putCommit(2, { changes: [aChange({ from: 'Running', to: 'Stopping' })] }),
        [
          /^The checkpoint at commit 3 shows i-bp1 as Stopped, but commit 2 left it as Stopping\.$/u,
        ],
      ],
      [
        'a commit that is missing',
        () => removeCommit(4),
        [/^Commit 4 is missing from the journal.*No cold tick can begin until this is fixed\.$/u],
      ],
      [
        'a commit that is missing before the checkpoint',
        () => removeCommit(2),
        [
          /^Commit 2 is missing from the journal, though older ones or a checkpoint of older ones are kept\.$/u,
        ],
      ],
      [
        'commits that cannot be read, each by its number, and a contradiction after them',
        async () => {
          await putCommit(2, {}, { changes: '[{"instanceId"' });
          await putCommit(3, {}, { changes: '[{"name":"without an id"}]' });
          await putCommit(5, { changes: [aChange({ from: 'Stopped', to: null })] });
        },
        [
          /^Commit 2 cannot be read: .*JSON/u,
          'Commit 3 cannot be read: changes[0].instanceId is missing.',
          /^Commit 5 .* moves i-bp1 from Stopped, but commit 4 left it as Running/u,
        ],
      ],
      [
        'a commit that cannot be read, before the checkpoint but past the last health',
        async () => {
          await putCommit(2, {}, { changes: 'no JSON' });
          await saveHealth({ seq: 1 });
        },
        [/^Commit 2 cannot be read: .* No cold tick can begin until this is fixed\.$/u],
      ],
      [
        'a part of the checkpoint that is corrupt',
        () => putPart(partOf(checkpoint), Buffer.from('no gzip')),
        [
          'The checkpoint at commit 3 cannot be read: part 1 of 1: data cannot be unpacked: incorrect header check.',
        ],
      ],
      [
        'a part of the checkpoint that is missing',
        () => stored.removeState(SCOPE.key, partOf(checkpoint)),
        ['The checkpoint at commit 3 cannot be read: part 1 of 1: data is missing.'],
      ],
      [
        'a checkpoint whose reference cannot be read',
        () => stored.setHead(SCOPE.key, { checkpoint: '{"seq":3' }),
        [
          /^The checkpoint cannot be read: the column checkpoint of the head row is damaged \(.*JSON/u,
        ],
      ],
      [
        'a checkpoint of a commit that does not exist',
        () => store({ seq: 9, baselined: true, instances: new Map(), released: new Map() }),
        [
          /^The checkpoint is at commit 9, but the journal ends at commit 5: commits 6–9 are missing\.$/u,
          '4 commits of main/cn-hangzhou past its cursor are no longer kept, and can never be delivered.',
        ],
      ],
      [
        'a journal whose end is gone',
        () => removeCommit(5),
        [
          /^The journal ends at commit 4, but a tick has recorded up to commit 5/u,
          /^Its cursor is at commit 5 of main\/cn-hangzhou, but that journal ends at commit 4/u,
        ],
      ],
      [
        'a journal without its beginning and without a checkpoint',
        async () => {
          await removeCommit(1);
          await stored.removeState(SCOPE.key, 'head');
        },
        [
          /^The journal begins with commit 2, and no checkpoint holds what was before/u,
          /^1 part of other checkpoints is left over/u,
          /^No scan of this scope has ever been complete/u,
        ],
      ],
      [
        'a health that cannot be read',
        () => stored.setHead(SCOPE.key, { health: 'unwell' }),
        [/^The health of the ticks .* cannot be read/u],
      ],
      [
        'a lease that cannot be read',
        () => stored.setHead(SCOPE.key, { leaseOwner: 'tick-9', leaseUntil: 'soon' }),
        [/^The lease .* cannot be read: leaseUntil is a text, not an integer\.$/u],
      ],
      [
        'a watcher that has stopped',
        () => saveHealth({ lastGoodAtMs: NOW_MS - 3 * 60 * MINUTE_MS }),
        [/^The last good scan ended 3 hours ago \(2026-11-22T07:05:01.120Z\)/u],
      ],
      [
        'scans that fail, and a release that is held',
        () =>
          saveHealth({
            failures: 4,
            failingSinceMs: NOW_MS - 4 * MINUTE_MS,
            reason: 'Forbidden.RAM: denied',
            hold: { missing: 60, scans: 2, sinceMs: NOW_MS - 2 * MINUTE_MS },
          }),
        [
          'The last 4 scans were not complete, since 2026-11-22T10:01:01.120Z: Forbidden.RAM: denied.',
          '60 instances vanished at once, and their release is held since 2026-11-22T10:03:01.120Z (2 scans agree).',
        ],
      ],
      [
        'a scope that could never be read, as of a region that does not exist',
        () =>
          saveHealth({
            lastGoodAtMs: null,
            failures: 1,
            failingSinceMs: NOW_MS - MINUTE_MS,
            reason: 'InvalidRegionId.NotFound: the region mars-1 does not exist',
          }),
        [
          'No scan of this scope has ever been complete. The last scan was not complete, since ' +
            '2026-11-22T10:04:01.120Z: InvalidRegionId.NotFound: the region mars-1 does not exist.',
        ],
      ],
      [
        'times of clocks that were wrong',
        async () => {
          await saveHealth({ lastGoodAtMs: NOW_MS + 60 * MINUTE_MS });
          await stored.setHead(SCOPE.key, {
            leaseOwner: 'tick-9',
            leaseUntil: BigInt(NOW_MS + 60 * MINUTE_MS),
          });
          await moveChannel({ attemptedAtMs: NOW_MS + 60 * MINUTE_MS });
        },
        [
          /^The last good scan is dated 2026-11-22T11:05:01.120Z, which is in the future/u,
          /^tick-9 holds the lease until 2026-11-22T11:05:01.120Z, longer than any lease may last/u,
          /^Its last attempt is dated 2026-11-22T11:05:01.120Z, which is in the future/u,
        ],
      ],
      [
        'a channel that was down for longer than commits are kept',
        async () => {
          for (const seq of [1, 2, 3]) await removeCommit(seq);
          await moveChannel({ cursor: { [SCOPE.key]: { seq: 1, part: 0 } } });
        },
        [
          '2 commits of main/cn-hangzhou past its cursor are no longer kept, and can never be delivered.',
          '2 commits are still to be delivered.',
        ],
      ],
      [
        'a channel that fails, and messages that may have arrived',
        async () => {
          const there = { [SCOPE.key]: { seq: 4, part: 0 } };
          await moveChannel({
            cursor: { [SCOPE.key]: { seq: 3, part: 0 } },
            claim: { to: there, tickId: 'tick-4', untilMs: 0 },
            maybeDelivered: there,
            failures: 2,
            failingSinceMs: NOW_MS - MINUTE_MS,
            problem: 'HTTP 503',
            notBeforeMs: NOW_MS + MINUTE_MS,
          });
        },
        [
          /^What was recorded in main\/cn-hangzhou up to commit 4 may have arrived/u,
          '2 commits are still to be delivered.',
          /^The answer to the message of tick tick-4 was lost, or the tick died/u,
          'The last 2 attempts failed, since 2026-11-22T10:04:01.120Z: HTTP 503.',
        ],
      ],
      [
        'a channel that cannot pass a commit which cannot be read',
        async () => {
          await putCommit(5, {}, { changes: 'no JSON' });
          await moveChannel({ cursor: { [SCOPE.key]: { seq: 4, part: 0 } } });
        },
        [
          /^Commit 5 cannot be read/u,
          /^Commit 5 of main\/cn-hangzhou is past its cursor and cannot be read/u,
          '1 commit is still to be delivered.',
        ],
      ],
      [
        'an event that its receiver never took',
        () => {
          const event = { scope: SCOPE.key, seq: 3, atMs: NOW_MS - MINUTE_MS, reason: 'HTTP 400' };
          const longAgo = { ...event, seq: 2, atMs: NOW_MS - 8 * 24 * 60 * MINUTE_MS };
          return moveChannel({ setAside: [longAgo, event] });
        },
        [
          /^Commit 3 of main\/cn-hangzhou was set aside at 2026-11-22T10:04:01.120Z: .* \(HTTP 400\)\.$/u,
        ],
      ],
      [
        'a channel with a time that no working clock has written',
        () => moveChannel({ notBeforeMs: NOW_MS + 365 * 24 * 60 * MINUTE_MS }),
        [/^Its row holds times that no working clock has written: a pause until 2027-/u],
      ],
      [
        'a channel whose row cannot be read',
        () => stored.putState('channels', 'slack', { version: 1n, state: '{}' }),
        ['Its row cannot be read: state.cursor is missing. Nothing is delivered to it.'],
      ],
    ])('%s', async (_what, spoil, expected) => {
      await spoil();
      const before = await stored.all();

      const report = await examine();

      expect(textsOf(report)).toEqual(
        expected.map((text) => (typeof text === 'string' ? text : expect.stringMatching(text))),
      );
      expect(report.ok).toBe(false);
      for (const { advice } of findingsOf(report)) expect(advice).toMatch(/^[A-Z].*\.$/u);
      expect(saysThatTicksStop(report)).toBe(!(await canBegin()));
      expect(await stored.all()).toEqual(before);
    });

    it('whether a tick can still begin, whatever combination is damaged', async () => {
      const seqs = COMMITS.map(({ seq }) => seq);
      const damages: Readonly<Record<string, () => Promise<unknown>>> = {
        ...each('remove', seqs, removeCommit),
        ...each('falsify', seqs, (seq) =>
          putCommit(seq, { changes: [aChange({ from: 'Pending', to: 'Stopped' })] }),
        ),
        ...each('break', seqs, (seq) => putCommit(seq, {}, { changes: 'no JSON' })),
        'break the part': () => putPart(partOf(checkpoint), Buffer.from('no gzip')),
        'lose the last health': () => saveHealth({ seq: 1 }),
        'break the head': () => stored.setHead(SCOPE.key, { checkpoint: '{' }),
        'break the health': () => stored.setHead(SCOPE.key, { health: '{' }),
        'remove the head': () => stored.removeState(SCOPE.key, 'head'),
      };
      const some = fc.subarray(Object.keys(damages), { minLength: 1, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(some, async (names) => {
          await made.close();
          await setUp();
          for (const name of names) await damages[name]?.();

          const report = await examine();

          expect([names, saysThatTicksStop(report)]).toEqual([names, !(await canBegin())]);
        }),
        { numRuns: propertyRuns(40) },
      );
    });

    it('a place where nothing was ever stored', async () => {
      const elsewhere = aScope('cn-shanghai');

      const report = await examine({ scopes: [elsewhere] });

      expect(report.scopes).toMatchObject([{ findings: [{ kind: 'nothing-stored' }] }]);
      expect(report.ok).toBe(false);
    });

    it('tables that do not exist, and creates none', async () => {
      const empty = await startTestJournal(1, { clock });
      try {
        const report = await examineIn(empty, { isRepair: true });

        expect(report.scopes).toMatchObject([{ findings: [{ kind: 'nothing-stored' }] }]);
        expect((await officialClient(empty.server).listTable({})).tableNames).toEqual([]);
      } finally {
        await empty.close();
      }
    });

    it('a channel that has only a start, against the journal', async () => {
      await made.journal().saveStarts(SCOPE, {}, { webhook: 3 });

      const report = await examine({ channels: ['webhook'] });

      expect(report.channels[0]).toMatchObject({
        channel: 'webhook',
        cursor: { [SCOPE.key]: 3 },
        backlog: 2,
        findings: [{ kind: 'backlog', commits: 2 }],
      });
    });

    it('starts that cannot be read', async () => {
      await stored.setHead(SCOPE.key, { starts: '{' });

      expect(textsOf(await examine())).toEqual([
        expect.stringMatching(/^Where channels begin in this journal .* cannot be read/u),
      ]);
    });

    it('channels that are not registered yet, and channels that are no longer configured', async () => {
      const report = await examine({ channels: ['webhook'] });

      expect(report).toMatchObject({
        ok: true,
        channels: [
          { channel: 'webhook', findings: [{ kind: 'not-joined', level: 'note' }] },
          { channel: 'slack', findings: [{ kind: 'not-configured', level: 'note' }] },
        ],
      });
    });
  });

  describe('with --repair', () => {
    it('stores a fresh checkpoint where the journal says all that the damaged one held', async () => {
      await putPart(partOf(checkpoint), Buffer.from('no gzip'));
      const before = await stored.all();
      const plan = await examine();

      const report = await examine({ isRepair: true });

      expect(plan.repairs).toMatchObject([{ kind: 'store-checkpoint', state: 'planned', seq: 5 }]);
      expect(print(plan)).toContain(
        'Nothing was changed. npm run doctor -- --repair would\n  main/cn-hangzhou: store a fresh checkpoint at commit 5 with 1 instance, rebuilt from the whole journal',
      );
      expect(report).toMatchObject({
        ok: true,
        repairs: [{ kind: 'store-checkpoint', state: 'done', seq: 5, instances: 1 }],
        scopes: [{ checkpoint: { seq: 5 }, lease: null, findings: [] }],
      });
      expect(print(report)).toMatch(/stored a fresh checkpoint.*Nothing is wrong any more\.\n$/su);
      const after = await stored.all();
      expect(after.journal).toEqual(before.journal);
      expect(after.channels).toEqual(before.channels);
      const ref = (await made.journal().head(SCOPE))?.checkpoint ?? checkpoint;
      expect(await made.journal().checkpoint(SCOPE, ref)).toEqual(fold(EMPTY_SNAPSHOT, COMMITS));
      expect(await made.journal().lease(SCOPE, aLease('tick-6'), NOW_MS)).toBe('mine');
    });

    it('does so even where the reference to the checkpoint cannot be read', async () => {
      await stored.setHead(SCOPE.key, { checkpoint: '{"seq":3', checkpointSeq: 99n });

      const report = await examine({ isRepair: true });

      expect(report).toMatchObject({ ok: true, scopes: [{ checkpoint: { seq: 5 } }] });
    });

    it('stores nothing where the beginning of the journal has expired, and says what follows', async () => {
      await removeCommit(1);
      await putPart(partOf(checkpoint), Buffer.from('no gzip'));
      const before = await stored.all();

      const report = await examine({ isRepair: true });

      expect(report).toMatchObject({ ok: false, repairs: [] });
      expect(findingsOf(report)[0]?.advice).toMatch(
        /would be incomplete, and none is stored\. The next tick .* takes a new baseline for all others/u,
      );
      expect(await stored.all()).toEqual(before);
    });

    it('stores nothing where the journal contradicts itself', async () => {
      await putPart(partOf(checkpoint), Buffer.from('no gzip'));
      await putCommit(2, { changes: [aChange({ from: 'Pending', to: 'Stopped' })] });
      const before = await stored.all();

      const report = await examine({ isRepair: true });

      expect(report).toMatchObject({ ok: false, repairs: [] });
      expect(findingsOf(report)[0]?.advice).toMatch(/^The journal is damaged as well/u);
      expect(await stored.all()).toEqual(before);
    });

    it('removes left-over parts, but none that a tick may be storing now', async () => {
      const old = 'part/0000000000000004/died/0';
      const young = 'part/0000000000000005/alive/0';
      clock.advance(-60 * MINUTE_MS);
      await putPart(old, Buffer.from('anything'));
      clock.advance(60 * MINUTE_MS);
      await putPart(young, Buffer.from('anything'));
      const plan = await examine();

      const report = await examine({ isRepair: true });

      expect(plan).toMatchObject({
        ok: true,
        scopes: [{ findings: [{ kind: 'parts-left', level: 'note', count: 2, removable: 1 }] }],
        repairs: [{ kind: 'remove-parts', state: 'planned', parts: [old] }],
      });
      expect(report).toMatchObject({
        ok: true,
        repairs: [{ kind: 'remove-parts', state: 'done', parts: [old] }],
      });
      const items = (await stored.all()).parts.map(({ item }) => item);
      expect(items).toEqual([partOf(checkpoint), young]);
    });

    it('leaves a scope alone while a tick is at work on it', async () => {
      await putPart(partOf(checkpoint), Buffer.from('no gzip'));
      await made.journal().lease(SCOPE, aLease('tick-6'), NOW_MS);
      const before = await stored.all();

      const report = await examine({ isRepair: true });

      expect(report).toMatchObject({
        ok: false,
        repairs: [{ kind: 'refused', owner: 'tick-6' }],
        scopes: [{ lease: { owner: 'tick-6' } }],
      });
      expect(print(report)).toContain('nothing was repaired, because a tick is at work there');
      expect(await stored.all()).toEqual(before);
    });

    it('writes nothing where nothing needs a repair', async () => {
      const before = await stored.all();

      expect(await examine({ isRepair: true })).toMatchObject({ ok: true, repairs: [] });

      expect(await stored.all()).toEqual(before);
    });
  });

  function examine(run: Partial<DoctorRun> = {}): Promise<DoctorReport> {
    return examineIn(made, run);
  }

  /** Can a watch function that remembers nothing begin a tick on what is stored? */
  async function canBegin(): Promise<boolean> {
    // The lease stops no tick for long: one that cannot be read counts as none.
    try {
      await (
        await load(made.journal(), SCOPE, { memory: newMemory(), startMs: clock.now() })
      ).loadSnapshot();
      return true;
    } catch {
      return false;
    }
  }

  async function putCommit(
    seq: number,
    parts: Partial<Commit>,
    raw: { readonly changes?: string } = {},
  ): Promise<void> {
    const { atMs, tickId, changes } = aTickOf(seq, parts);
    const text = raw.changes ?? JSON.stringify(changes);
    await stored.putCommit(SCOPE.key, seq, { at: BigInt(atMs), tickId, changes: text });
  }

  function removeCommit(seq: number): Promise<void> {
    return stored.removeCommit(SCOPE.key, seq);
  }

  function putPart(item: string, data: Buffer): Promise<void> {
    return stored.putState(SCOPE.key, item, { data });
  }

  function store(snapshot: typeof EMPTY_SNAPSHOT): Promise<CheckpointRef> {
    return made.journal().saveCheckpoint(SCOPE, snapshot, 'tick-5');
  }

  async function saveHealth(changes: Partial<Health>): Promise<void> {
    await made.journal().saveHealth(SCOPE, { ...HEALTH, ...changes });
  }

  async function moveChannel(changes: Partial<ChannelState>): Promise<void> {
    const after = { ...aChannel(), ...changes, version: 2 };
    await made.journal().moveChannel('slack', aChannel(), after);
  }
});

function examineIn(
  { rows, repair }: TablestoreJournal,
  run: Partial<DoctorRun>,
): Promise<DoctorReport> {
  return doctor(
    { rows: rows(), repair: repair(), now: () => NOW_MS },
    { scopes: [SCOPE], channels: [], isRepair: false, runId: 'doctor-1', ...run },
  );
}

function findingsOf({ scopes, channels }: DoctorReport) {
  return [...scopes, ...channels].flatMap(({ findings }) => findings);
}

function textsOf(report: DoctorReport): readonly string[] {
  return findingsOf(report).map(({ text }) => text);
}

function each(
  verb: string,
  seqs: readonly number[],
  act: (seq: number) => Promise<unknown>,
): Readonly<Record<string, () => Promise<unknown>>> {
  return Object.fromEntries(seqs.map((seq) => [`${verb} ${seq}`, () => act(seq)]));
}

function saysThatTicksStop(report: DoctorReport): boolean {
  const texts = findingsOf(report).map(({ text, advice }) => `${text} ${advice}`);
  return texts.some((words) => /no (cold )?tick can begin|cold tick cannot begin/iu.test(words));
}

/** A minute a tick, the last one at NOW_MS. */
function aTickOf(seq: number, parts: Partial<Commit>): Commit {
  return aCommit({ seq, atMs: NOW_MS - (5 - seq) * MINUTE_MS, tickId: `tick-${seq}`, ...parts });
}

function aLease(owner: string) {
  return { owner, untilMs: NOW_MS + 10_000 };
}

function partOf({ seq, writer }: CheckpointRef): string {
  return `part/${String(seq).padStart(16, '0')}/${writer}/0`;
}

function aChannel(): ChannelState {
  return {
    ...NEW_CHANNEL,
    version: 1,
    tickId: 'tick-1',
    cursor: { [SCOPE.key]: { seq: 5, part: 0 } },
  };
}
