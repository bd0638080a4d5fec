import fc from 'fast-check';
import { type ChannelState, NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import { NEW_HEALTH } from '../../shared/core/health.ts';
import type { Commit, Scope, Snapshot } from '../../shared/core/model.ts';
import { type Head, type Journal, JournalError } from '../../shared/ports/journal.ts';
import { changesOf } from '../helpers/arbitraries.ts';
import {
  aChange,
  aCommit,
  aNote,
  anInstance,
  aScope,
  MINUTE_MS,
  NOW_MS,
  SCOPE,
} from '../helpers/examples.ts';
import { propertyRuns } from '../helpers/rounds.ts';

/** A journal that holds nothing yet, as seen by two runs of the watcher. */
export interface TestJournal {
  readonly one: Journal;
  readonly other: Journal;
  close(): Promise<void>;
}

const SHANGHAI: Scope = aScope('cn-shanghai');
/** Its key begins with the key of the scope that it is a part of. */
const ZONE: Scope = { ...SCOPE, key: `${SCOPE.key}/cn-hangzhou-h`, zoneId: 'cn-hangzhou-h' };

/** What every journal promises, whatever it keeps its rows in. */
export function journalContract(name: string, makeJournal: () => Promise<TestJournal>): void {
  describe(`${name}, as a journal`, () => {
    let made: TestJournal;
    let journal: Journal;
    let other: Journal;
    beforeEach(async () => {
      made = await makeJournal();
      journal = made.one;
      other = made.other;
    });
    afterEach(() => made.close());

    it('holds nothing at first', async () => {
      expect(await journal.head(SCOPE)).toBeUndefined();
      expect(await journal.after(SCOPE, 0, 10)).toEqual([]);
      expect(await journal.before(SCOPE, 10, 10)).toEqual([]);
      expect(await journal.commitAt(SCOPE, 1)).toBeUndefined();
      expect(await journal.channel('slack')).toBeUndefined();
    });

    it('says for many scopes at once what is new in them', async () => {
      const scopes = Array.from({ length: 120 }, (_, index) => aScope(`cn-${index}`));
      const [first = SCOPE, second = SCOPE] = scopes;
      for (const scope of [first, second]) {
        await journal.append(aCommit({ scope: scope.key, seq: 1 }));
        await journal.saveHealth(scope, { ...NEW_HEALTH, pages: 7 });
      }
      await journal.append(aCommit({ scope: second.key, seq: 2 }));
      const places = scopes.map((scope) => ({ scope, seq: 1, head: undefined }));

      const peeked = await journal.peek(places);

      const head = expect.objectContaining({ health: { ...NEW_HEALTH, pages: 7 } });
      expect([...peeked.keys()]).toEqual(scopes.map(({ key }) => key));
      expect([...peeked.values()].slice(0, 3)).toEqual([
        { head, isFollowed: false },
        { head, isFollowed: true },
        { head: undefined, isFollowed: false },
      ]);
      expect([...peeked.values()].slice(3)).toEqual(
        scopes.slice(3).map(() => ({ head: undefined, isFollowed: false })),
      );
    });

    it('gives the head that a reader knows itself, as long as it is the same', async () => {
      await journal.saveHealth(SCOPE, NEW_HEALTH);
      const peek = async (head: Head | undefined) =>
        (await journal.peek([{ scope: SCOPE, seq: 0, head }])).get(SCOPE.key)?.head;
      const known = await peek(undefined);

      expect(await peek(known)).toBe(known);
      await other.saveHealth(SCOPE, { ...NEW_HEALTH, failures: 1 });
      expect((await peek(known))?.health.failures).toBe(1);
    });

    it('keeps the attempts at messages of each channel, and shows the newest first', async () => {
      const record = {
        channel: 'slack',
        seq: NOW_MS * 1_000 + 3,
        atMs: NOW_MS,
        tickId: 'tick-1',
        commits: ['main/cn-hangzhou/12'],
        commitCount: 1,
        changeCount: 2,
        attempt: 1,
        isRepeat: false,
        verdict: 'rejected',
        reason: 'HTTP 404',
      } as const;
      const next = { ...record, seq: record.seq + 1, verdict: 'delivered', reason: null } as const;
      await journal.recordDelivery(record, NOW_MS + 60_000);
      await other.recordDelivery(next, NOW_MS + 60_000);
      await journal.recordDelivery({ ...record, channel: 'slack-ops' }, NOW_MS + 60_000);

      const [later, earlier] = [next, record].map((value) => ({ seq: value.seq, value }));
      expect(await journal.deliveries('slack', 5)).toEqual([later, earlier]);
      expect(await journal.deliveries('slack', 1)).toEqual([later]);
      expect(await journal.deliveries('slack', 5, next.seq)).toEqual([earlier]);
      expect(await journal.deliveries('webhook', 5)).toEqual([]);
      expect(await journal.lastSeq(SCOPE)).toBe(0);
    });

    it('keeps what is watched, whole, and replaces it', async () => {
      const list = {
        scopes: [
          { key: 'main/cn-hangzhou', account: 'main', regionId: 'cn-hangzhou' },
          {
            key: 'main/cn-hangzhou/cn-hangzhou-h/cluster-c/rg-1',
            account: 'main',
            regionId: 'cn-hangzhou',
            isDiscovered: true as const,
            zoneId: 'cn-hangzhou-h',
            clusterId: 'c',
            resourceGroupId: 'rg-1',
          },
        ],
        regions: { main: { ids: ['cn-hangzhou'], listedAtMs: NOW_MS } },
      };
      expect(await journal.watchList()).toBeUndefined();

      await journal.saveWatchList({ scopes: [], regions: {} });
      await journal.saveWatchList(list);

      expect(await other.watchList()).toEqual({ value: list });
    });

    describe('commits', () => {
      it('are kept whole', async () => {
        const commit = aCommit({
          seq: 1,
          previousAtMs: null,
          changes: [
            aChange({
              from: null,
              name: '支付网关-01 🟢 "quoted" \\ \n',
              zoneId: 'cn-hangzhou-h',
              instanceType: 'ecs.g7.large',
              resourceGroupId: 'rg-bp67acfmxazb4ph',
              privateIps: ['172.16.0.1'],
              publicIps: [],
              tags: { 环境: '生产', ['__proto__']: 'a tag like any other' },
            }),
            aChange({ instanceId: 'i-bp2', to: null }),
          ],
          notice: { kind: 'baseline', instances: 2, last: true },
        });

        expect(await journal.append(commit)).toBe('appended');

        expect(await other.commitAt(SCOPE, 1)).toEqual(commit);
        expect(await other.after(SCOPE, 0, 10)).toEqual([commit]);
      });

      it('are kept whole with changed details, beside changes, a notice or nothing', async () => {
        const details = [
          {
            instanceId: 'i-bp1',
            before: { name: 'old' },
            after: { name: '支付', tags: { a: 'b' }, note: aNote('换盘') },
          },
        ];
        const baseline = { kind: 'baseline', instances: 1, last: false } as const;
        const appeared = [aChange({ from: null })];
        const commits = [
          aCommit({ seq: 1, details, notice: baseline, changes: appeared }),
          aCommit({ seq: 2, details, notice: { ...baseline, last: true } }),
          aCommit({ seq: 3, details, changes: [aChange({ note: aNote('换盘') })] }),
          aCommit({ seq: 4, details }),
        ];

        for (const commit of commits) await journal.append(commit);

        expect(await other.after(SCOPE, 0, 10)).toEqual(commits);
      });

      it('are kept whole, whatever changed', async () => {
        let seq = 0;
        await fc.assert(
          fc.asyncProperty(changesOf(new Map()), async (changes) => {
            seq += 1;
            const commit = aCommit({ seq, changes });

            await journal.append(commit);

            expect(await other.commitAt(SCOPE, seq)).toEqual(commit);
          }),
          { numRuns: propertyRuns(30) },
        );
      });

      it('are written where nothing is yet, and nowhere else', async () => {
        const mine = aCommit({ seq: 1, tickId: 'mine', changes: [aChange()] });
        const late = aCommit({ seq: 1, tickId: 'late' });
        await journal.append(mine);

        expect(await other.append(late)).toBe('taken');

        expect(await journal.commitAt(SCOPE, 1)).toEqual(mine);
      });

      it('of two writers at once are written by one of them', async () => {
        for (let seq = 1; seq <= 10; seq += 1) {
          const commits = ['one', 'other'].map((tickId) => aCommit({ seq, tickId }));
          const [first = aCommit(), second = aCommit()] = commits;

          const results = await Promise.all([journal.append(first), other.append(second)]);

          const stored = await journal.commitAt(SCOPE, seq);
          expect([...results].sort()).toEqual(['appended', 'taken']);
          expect(stored?.tickId).toBe(results[0] === 'appended' ? 'one' : 'other');
        }
      });

      it('are counted by the seq of the last one', async () => {
        expect(await journal.lastSeq(SCOPE)).toBe(0);
        await fill(3);

        expect(await other.lastSeq(SCOPE)).toBe(3);
        expect(await other.lastSeq(SHANGHAI)).toBe(0);
        expect(await other.lastSeq(ZONE)).toBe(0);
      });

      it('are read onwards from a place, oldest first, so many at most', async () => {
        const commits = await fill(5);

        expect(await journal.after(SCOPE, 0, 10)).toEqual(commits);
        expect(await journal.after(SCOPE, 2, 10)).toEqual(commits.slice(2));
        expect(await journal.after(SCOPE, 2, 2)).toEqual(commits.slice(2, 4));
        expect(await journal.after(SCOPE, 5, 10)).toEqual([]);
      });

      it('are read onwards by as many as there are at once', async () => {
        const commits = await fill(5);

        const first = await journal.nextAfter(SCOPE, 1, 3);
        expect(first.length).toBeGreaterThan(0);
        expect(first).toEqual(commits.slice(1, 1 + first.length));
        expect(first.length).toBeLessThanOrEqual(3);
        expect(await journal.nextAfter(SCOPE, 5, 3)).toEqual([]);
      });

      it('are read backwards from a place, newest first, so many at most', async () => {
        const commits = await fill(5);

        expect(await journal.before(SCOPE, 6, 10)).toEqual(commits.toReversed());
        expect(await journal.before(SCOPE, 4, 10)).toEqual(commits.slice(0, 3).toReversed());
        expect(await journal.before(SCOPE, 4, 2)).toEqual(commits.slice(1, 3).toReversed());
        expect(await journal.before(SCOPE, 1, 10)).toEqual([]);
      });

      it('are read in the order of their numbers, not of their digits', async () => {
        const seqs = [2, 9, 10, 11, 99, 100, 1_000];
        for (const seq of seqs) await journal.append(aCommit({ seq }));

        expect((await journal.after(SCOPE, 0, 10)).map(({ seq }) => seq)).toEqual(seqs);
        expect((await journal.after(SCOPE, 9, 10)).map(({ seq }) => seq)).toEqual(seqs.slice(2));
        expect((await journal.before(SCOPE, 100, 2)).map(({ seq }) => seq)).toEqual([99, 11]);
      });

      it('of one scope are no other’s', async () => {
        for (const scope of [SCOPE, SHANGHAI, ZONE]) {
          expect(await journal.append(aCommit({ scope: scope.key, seq: 1 }))).toBe('appended');
        }

        for (const scope of [SCOPE, SHANGHAI, ZONE]) {
          const own = [expect.objectContaining({ scope: scope.key, seq: 1 })];
          expect(await journal.after(scope, 0, 10)).toEqual(own);
          expect(await journal.before(scope, 10, 10)).toEqual(own);
        }
      });
    });

    describe('the lease of a scope', () => {
      it('is ignored when only a wrong clock can have taken it', async () => {
        const future = { owner: 'tick-1', untilMs: NOW_MS + 60 * MINUTE_MS };
        await journal.lease(SCOPE, future, NOW_MS + 60 * MINUTE_MS - 10_000);

        expect(
          await other.lease(SCOPE, { owner: 'tick-2', untilMs: NOW_MS + 10_000 }, NOW_MS),
        ).toBe('mine');
      });

      const mine = { owner: 'mine', untilMs: NOW_MS + 10_000 };
      const others = { owner: 'another', untilMs: NOW_MS + 20_000 };

      it('is for the run that asks first', async () => {
        expect(await journal.lease(SCOPE, mine, NOW_MS)).toBe('mine');
        expect(await other.lease(SCOPE, others, NOW_MS + 1)).toEqual(mine);
      });

      it('can be asked for again by its owner, for longer', async () => {
        const longer = { ...mine, untilMs: NOW_MS + 30_000 };
        await journal.lease(SCOPE, mine, NOW_MS);

        expect(await journal.lease(SCOPE, longer, NOW_MS + 5_000)).toBe('mine');
        expect(await other.lease(SCOPE, others, NOW_MS + 20_000)).toEqual(longer);
      });

      it('is free when its time is over, and not before', async () => {
        await journal.lease(SCOPE, mine, NOW_MS);

        expect(await other.lease(SCOPE, others, mine.untilMs)).toEqual(mine);
        expect(await other.lease(SCOPE, others, mine.untilMs + 1)).toBe('mine');
        expect(await journal.lease(SCOPE, mine, mine.untilMs + 2)).toEqual(others);
      });

      it('is given to one of two who ask at once', async () => {
        const answers = await Promise.all([
          journal.lease(SCOPE, mine, NOW_MS),
          other.lease(SCOPE, others, NOW_MS),
        ]);

        expect(answers.filter((answer) => answer === 'mine')).toHaveLength(1);
        expect(answers.filter((answer) => answer !== 'mine')).toEqual([
          answers[0] === 'mine' ? mine : others,
        ]);
      });

      it('is given back with the health of the tick', async () => {
        await journal.lease(SCOPE, mine, NOW_MS);
        await journal.saveHealth(SCOPE, NEW_HEALTH);

        expect(await other.lease(SCOPE, others, NOW_MS + 1)).toBe('mine');
      });

      it('is given back by its owner at once, and by no other run', async () => {
        await journal.lease(SCOPE, mine, NOW_MS);

        expect(await other.lease(SCOPE, { ...others, untilMs: 0 }, NOW_MS + 1)).toEqual(mine);
        expect(await journal.lease(SCOPE, { ...mine, untilMs: 0 }, NOW_MS + 2)).toBe('mine');
        expect(await other.lease(SCOPE, others, NOW_MS + 3)).toBe('mine');
      });

      const sent = { add: { calls: 1, throttles: 0 } };

      it('stays with the run that took it last, and the health with the one that saved it last, where one ends that held it before', async () => {
        const early = { ...NEW_HEALTH, instances: 7 };
        const failing = { ...NEW_HEALTH, failures: 2 };
        await journal.lease(SCOPE, mine, NOW_MS);
        await other.lease(SCOPE, others, mine.untilMs + 1);

        expect(await journal.saveHealth(SCOPE, early, sent, ['mine'])).toBe('taken');
        expect(await journal.lease(SCOPE, mine, mine.untilMs + 2)).toEqual(others);
        // The other run may die before it saves any.
        expect(await other.head(SCOPE)).toMatchObject({ health: early, totals: { calls: 1 } });
        expect(await other.saveHealth(SCOPE, failing, sent, ['another'])).toBe('saved');
        expect(await journal.saveHealth(SCOPE, NEW_HEALTH, sent, ['mine'])).toBe('taken');
        expect(await other.head(SCOPE)).toMatchObject({
          health: failing,
          savedBy: 'another',
          totals: { calls: 3, throttles: 0 },
        });
      });

      it('is taken over with the health by a run that may end the lease of the other', async () => {
        await other.lease(SCOPE, others, NOW_MS);

        expect(await journal.saveHealth(SCOPE, NEW_HEALTH, sent, ['mine', 'another'])).toBe(
          'saved',
        );
        expect(await other.saveHealth(SCOPE, NEW_HEALTH, undefined, ['another'])).toBe('taken');
        expect(await other.head(SCOPE)).toMatchObject({ savedBy: 'mine', totals: { calls: 1 } });
      });

      it('is given back where nothing says which run holds it', async () => {
        expect(await journal.saveHealth(SCOPE, NEW_HEALTH, sent, ['mine'])).toBe('saved');
      });

      describe('that a run has taken which looks at nothing', () => {
        const failed = { ...NEW_HEALTH, failures: 1 };
        const good = { ...NEW_HEALTH, instances: 7 };

        it('is given back with its failure, which a health saved later replaces', async () => {
          await journal.lease(SCOPE, mine, NOW_MS);
          await other.lease(SCOPE, others, mine.untilMs + 1);

          expect(await other.saveFailure(SCOPE, failed, others)).toBe('saved');
          expect(await journal.head(SCOPE)).toMatchObject({ health: failed });
          expect(await journal.saveHealth(SCOPE, good, sent, ['mine'])).toBe('saved');
          expect(await other.head(SCOPE)).toMatchObject({ health: good, savedBy: 'mine' });
        });

        it.each([
          ['beside it', { add: { calls: 1, throttles: 0 } }, 'taken'],
          ['by a run that believes itself alone', { leave: { calls: 1, throttles: 0 } }, 'saved'],
        ] as const)(
          'is given back without its failure, where a health was saved %s',
          async (_, calls, saved) => {
            await journal.lease(SCOPE, mine, NOW_MS);
            await other.lease(SCOPE, others, mine.untilMs + 1);
            expect(await journal.saveHealth(SCOPE, good, calls, ['mine'])).toBe(saved);

            expect(await other.saveFailure(SCOPE, failed, others)).toBe('taken');
            expect(await journal.head(SCOPE)).toMatchObject({ health: good });
            const third = { owner: 'third', untilMs: NOW_MS + 30_000 };
            expect(await journal.lease(SCOPE, third, mine.untilMs + 2)).toBe('mine');
            // What was saved beside an earlier lease is of no concern to this one.
            expect(await journal.saveFailure(SCOPE, failed, third)).toBe('saved');
          },
        );

        it('stays with the run that has taken it since, and so does the health', async () => {
          await other.lease(SCOPE, mine, NOW_MS);
          await journal.lease(SCOPE, others, mine.untilMs + 1);

          expect(await other.saveFailure(SCOPE, failed, mine)).toBe('taken');
          expect(await journal.head(SCOPE)).toBeUndefined();
          expect(await other.lease(SCOPE, mine, mine.untilMs + 2)).toEqual(others);
        });
      });

      it('is no other scope’s', async () => {
        await journal.lease(SCOPE, mine, NOW_MS);

        expect(await other.lease(ZONE, others, NOW_MS)).toBe('mine');
      });

      it('alone makes no head', async () => {
        await journal.lease(SCOPE, mine, NOW_MS);

        expect(await journal.head(SCOPE)).toBeUndefined();
      });
    });

    describe('the health of a scope', () => {
      const health = {
        ...NEW_HEALTH,
        lastGoodAtMs: NOW_MS,
        instances: 120,
        reason: 'Forbidden.RAM: 不允许',
        hold: { missing: 60, scans: 2, sinceMs: NOW_MS - MINUTE_MS },
      };

      it('is remembered', async () => {
        await journal.saveHealth(SCOPE, health);

        expect(await other.head(SCOPE)).toEqual({ checkpoint: null, health, starts: {} });
        expect(await other.head(SHANGHAI)).toBeUndefined();
      });

      it('is the latest that was learned', async () => {
        await journal.saveHealth(SCOPE, health);
        await journal.saveHealth(SCOPE, { ...health, instances: 121 });

        expect((await other.head(SCOPE))?.health.instances).toBe(121);
      });

      it('comes with totals that runs add to, whatever the others have read before', async () => {
        await journal.saveHealth(SCOPE, health, { add: { calls: 9, throttles: 2 } });
        await other.saveHealth(SCOPE, health, { add: { calls: 1, throttles: 0 } });
        await journal.saveHealth(SCOPE, health);

        expect((await other.head(SCOPE))?.totals).toEqual({ calls: 10, throttles: 2 });
      });

      describe('comes with calls that are left for the next run', () => {
        const left = { calls: 9, throttles: 2 };
        const later = { calls: 5, throttles: 1 };
        const lease = { owner: 'tick-3', untilMs: NOW_MS + 10_000 };
        const leaseOf = (owner: string) => ({ owner, untilMs: NOW_MS + 5_000 });
        const headOf = async (savedBy: string) => ({ ...(await other.head(SCOPE)), savedBy });

        beforeEach(() => journal.lease(SCOPE, leaseOf('tick-1'), NOW_MS));

        it('which adds them with its lease, once', async () => {
          await journal.saveHealth(SCOPE, health, { add: { calls: 1, throttles: 0 } });
          await journal.saveHealth(SCOPE, health, { leave: left });
          const known = await headOf('tick-1');

          expect(known).toMatchObject({ totals: { calls: 1, throttles: 0 }, uncounted: left });
          expect(await other.lease(SCOPE, lease, NOW_MS, known)).toBe('counted');
          expect(await other.lease(SCOPE, lease, NOW_MS, known)).toBe('mine');
          await other.saveHealth(SCOPE, health);
          const after = await journal.head(SCOPE);
          expect(after).toMatchObject({ totals: { calls: 10, throttles: 2 } });
          expect(after).not.toHaveProperty('uncounted');
        });

        it('which adds none if another run has left its own meanwhile', async () => {
          await journal.saveHealth(SCOPE, health, { leave: left });
          const known = await headOf('tick-1');
          await journal.lease(SCOPE, leaseOf('tick-2'), NOW_MS, known);
          await journal.saveHealth(SCOPE, health, { leave: later });

          expect(await other.lease(SCOPE, lease, NOW_MS, known)).toBe('mine');
          expect(await other.lease(SCOPE, lease, NOW_MS, {})).toBe('mine');
          expect(await other.head(SCOPE)).toMatchObject({
            totals: { calls: 9, throttles: 2 },
            uncounted: later,
          });
        });

        it.each([
          ['nothing', undefined],
          ['calls', { leave: left }],
        ] as const)(
          'but does not take the head for known that another run has saved since, where %s was left',
          async (_, sent) => {
            await journal.saveHealth(SCOPE, health, sent);
            const known = await headOf('tick-1');
            await journal.lease(SCOPE, leaseOf('tick-2'), NOW_MS);
            await journal.saveHealth(SCOPE, health, { add: { calls: 1, throttles: 0 } });

            expect(await other.lease(SCOPE, lease, NOW_MS, known)).toBe('mine');
            expect((await other.head(SCOPE))?.totals).toEqual({ calls: 1, throttles: 0 });
          },
        );

        it('and stay where the lease is another run’s, or where the run knows no head', async () => {
          const holder = { owner: 'tick-2', untilMs: NOW_MS + 5_000 };
          await journal.saveHealth(SCOPE, health, { leave: left });
          const known = await headOf('tick-1');
          expect(await journal.lease(SCOPE, holder, NOW_MS)).toBe('mine');

          expect(await other.lease(SCOPE, lease, NOW_MS + 1, known)).toEqual(holder);
          expect(await headOf('tick-1')).toEqual(known);
        });

        it('nothing is left where no run has left anything', async () => {
          await journal.saveHealth(SCOPE, health, { add: { calls: 1, throttles: 0 } });

          expect(await other.lease(SCOPE, lease, NOW_MS, { savedBy: 'tick-1' })).toBe('counted');
          expect((await other.head(SCOPE))?.totals).toEqual({ calls: 1, throttles: 0 });
        });
      });

      it('and the checkpoint leave one another alone', async () => {
        const ref = await journal.saveCheckpoint(SCOPE, aSnapshot(3), 'tick-1');
        await journal.saveHealth(SCOPE, health);
        const later = await journal.saveCheckpoint(SCOPE, aSnapshot(5), 'tick-2');

        expect(ref.seq).toBe(3);
        expect(await other.head(SCOPE)).toEqual({ checkpoint: later, health, starts: {} });
      });
    });

    describe('checkpoints', () => {
      it('give back the snapshot that was stored, and are current', async () => {
        const snapshot = aSnapshot(7);

        const ref = await journal.saveCheckpoint(SCOPE, snapshot, 'tick-1');

        expect(ref).toMatchObject({ seq: 7, writer: 'tick-1' });
        expect(await other.head(SCOPE)).toMatchObject({ checkpoint: ref });
        expect(await other.checkpoint(SCOPE, ref)).toEqual(snapshot);
      });

      it.each([true, false])(
        'of an empty scope remember whether it is baselined: %s',
        async (baselined) => {
          const empty: Snapshot = { seq: 1, baselined, instances: new Map(), released: new Map() };

          const ref = await journal.saveCheckpoint(SCOPE, empty, 'tick-1');

          expect(await other.checkpoint(SCOPE, ref)).toEqual(empty);
        },
      );

      it('replace older ones, which are removed', async () => {
        const old = await journal.saveCheckpoint(SCOPE, aSnapshot(9), 'tick-1');
        const ref = await other.saveCheckpoint(SCOPE, aSnapshot(10), 'tick-2');

        expect(await journal.head(SCOPE)).toMatchObject({ checkpoint: ref });
        expect(await journal.checkpoint(SCOPE, ref)).toEqual(aSnapshot(10));
        await expect(journal.checkpoint(SCOPE, old)).rejects.toMatchObject({
          name: 'JournalError',
          kind: 'corrupt',
        });
      });

      it('never replace newer ones', async () => {
        const newer = await journal.saveCheckpoint(SCOPE, aSnapshot(10), 'tick-2');

        const answer = await other.saveCheckpoint(SCOPE, aSnapshot(9), 'tick-1');

        expect(answer).toEqual(newer);
        expect(await journal.head(SCOPE)).toMatchObject({ checkpoint: newer });
        expect(await journal.checkpoint(SCOPE, newer)).toEqual(aSnapshot(10));
      });

      it('of two ticks at the same commit are the first one’s', async () => {
        const first = await journal.saveCheckpoint(SCOPE, aSnapshot(10), 'tick-1');

        const answer = await other.saveCheckpoint(SCOPE, aSnapshot(10), 'tick-2');

        expect(answer).toEqual(first);
        expect(await journal.checkpoint(SCOPE, first)).toEqual(aSnapshot(10));
        await expect(
          journal.checkpoint(SCOPE, { ...first, writer: 'tick-2' }),
        ).rejects.toBeInstanceOf(JournalError);
      });

      it('of two ticks at once leave one that is current and can be read', async () => {
        const refs = await Promise.all([
          journal.saveCheckpoint(SCOPE, aSnapshot(10), 'tick-1'),
          other.saveCheckpoint(SCOPE, aSnapshot(11), 'tick-2'),
        ]);

        const current = (await journal.head(SCOPE))?.checkpoint;
        expect(current).toEqual(refs[1]);
        expect(await journal.checkpoint(SCOPE, refs[1])).toEqual(aSnapshot(11));
      });

      it('that are damaged are replaced even at the same commit, whichever way they are named', async () => {
        const first = await journal.saveCheckpoint(SCOPE, aSnapshot(10), 'tick-1');

        const second = await other.saveCheckpoint(SCOPE, aSnapshot(10), 'tick-2', first);
        const text = JSON.stringify(second);
        const third = await journal.saveCheckpoint(SCOPE, aSnapshot(10), 'tick-3', text);

        expect([second.writer, third.writer]).toEqual(['tick-2', 'tick-3']);
        expect(await other.head(SCOPE)).toMatchObject({ checkpoint: third });
        expect(await other.checkpoint(SCOPE, third)).toEqual(aSnapshot(10));
      });

      it('that are damaged are left alone when another run has replaced them already', async () => {
        const damaged = await journal.saveCheckpoint(SCOPE, aSnapshot(10), 'tick-1');
        const mended = await journal.saveCheckpoint(SCOPE, aSnapshot(10), 'tick-2', damaged);

        expect(await other.saveCheckpoint(SCOPE, aSnapshot(10), 'late', damaged)).toEqual(mended);

        expect(await other.checkpoint(SCOPE, mended)).toEqual(aSnapshot(10));
      });

      it('of one scope leave another’s alone', async () => {
        const here = await journal.saveCheckpoint(SCOPE, aSnapshot(2), 'tick-1');
        await journal.saveCheckpoint(ZONE, aSnapshot(9), 'tick-1');
        await journal.saveCheckpoint(SHANGHAI, aSnapshot(9), 'tick-1');

        expect(await other.checkpoint(SCOPE, here)).toEqual(aSnapshot(2));
      });

      it('that do not exist are no empty fleet', async () => {
        const ref = { seq: 3, parts: 1, writer: 'no-run' };

        await expect(journal.checkpoint(SCOPE, ref)).rejects.toMatchObject({ kind: 'corrupt' });
      });
    });

    describe('kept checkpoints', () => {
      const nearest = async (scope: Scope, seq: number) => [
        (await other.keptUntil(scope, seq))?.seq,
        (await other.keptAfter(scope, seq))?.seq,
      ];

      it('give back the snapshot that was stored, and when that was', async () => {
        const snapshot = { ...aSnapshot(7), released: new Map([['i-gone', NOW_MS]]) };

        await journal.keepCheckpoint(SCOPE, snapshot, 'tick-1', NOW_MS);

        const kept = await other.keptUntil(SCOPE, 7);
        if (kept === undefined) throw new RangeError('none is kept');
        expect(kept).toMatchObject({ seq: 7, writer: 'tick-1', atMs: NOW_MS });
        expect(await other.keptSnapshot(SCOPE, kept)).toEqual(snapshot);
      });

      it('are found before a commit and after it, those of each scope by themselves', async () => {
        for (const seq of [20, 5, 11]) {
          await journal.keepCheckpoint(SCOPE, aSnapshot(seq), 'tick-1', NOW_MS);
        }
        await journal.keepCheckpoint(ZONE, aSnapshot(6), 'tick-1', NOW_MS);

        expect(await nearest(SCOPE, 4)).toEqual([undefined, 5]);
        expect(await nearest(SCOPE, 5)).toEqual([5, 11]);
        expect(await nearest(SCOPE, 10)).toEqual([5, 11]);
        expect(await nearest(SCOPE, 1e9)).toEqual([20, undefined]);
        expect(await nearest(ZONE, 9)).toEqual([6, undefined]);
        expect(await nearest(SHANGHAI, 9)).toEqual([undefined, undefined]);
      });

      it('stand beside the commits and the current checkpoint, and touch neither', async () => {
        await journal.append(aCommit({ seq: 1 }));
        const ref = await journal.saveCheckpoint(SCOPE, aSnapshot(1), 'tick-1');

        await journal.keepCheckpoint(SCOPE, aSnapshot(9), 'tick-1', NOW_MS);
        await journal.saveCheckpoint(SCOPE, aSnapshot(10), 'tick-2');

        expect((await other.after(SCOPE, 0, 10)).map(({ seq }) => seq)).toEqual([1]);
        expect((await other.before(SCOPE, 99, 10)).map(({ seq }) => seq)).toEqual([1]);
        expect(await other.lastSeq(SCOPE)).toBe(1);
        expect((await other.head(SCOPE))?.checkpoint).toMatchObject({ seq: 10 });
        expect(await nearest(SCOPE, ref.seq)).toEqual([undefined, 9]);
      });

      it('of two ticks at the same commit are one of them, whole', async () => {
        const [one, two] = [aSnapshot(9), { ...aSnapshot(9), baselined: false }];

        await Promise.all([
          journal.keepCheckpoint(SCOPE, one, 'tick-1', NOW_MS),
          other.keepCheckpoint(SCOPE, two, 'tick-2', NOW_MS),
        ]);

        const kept = await journal.keptUntil(SCOPE, 9);
        if (kept === undefined) throw new RangeError('none is kept');
        const stored = await journal.keptSnapshot(SCOPE, kept);
        expect(stored).toEqual(kept.writer === 'tick-1' ? one : two);
      });
    });

    describe('the starts of channels in a scope', () => {
      const first = { slack: 0 };
      const second = { slack: 0, 'team chat "二"': 12 };

      it('are kept whole, and leave health and checkpoint alone', async () => {
        const health = { ...NEW_HEALTH, seq: 3 };
        await journal.saveHealth(SCOPE, health);

        expect(await journal.saveStarts(SCOPE, {}, second)).toBe('saved');

        expect(await other.head(SCOPE)).toEqual({ checkpoint: null, health, starts: second });
        expect(await other.head(ZONE)).toBeUndefined();
      });

      it('are a head even where nothing else is stored', async () => {
        await journal.saveStarts(SCOPE, {}, first);

        expect(await other.head(SCOPE)).toEqual({
          checkpoint: null,
          health: NEW_HEALTH,
          starts: first,
        });
      });

      it('change from what they were believed to be, and from nothing else', async () => {
        expect(await journal.saveStarts(SCOPE, first, second)).toBe('taken');
        expect(await journal.saveStarts(SCOPE, {}, first)).toBe('saved');
        expect(await other.saveStarts(SCOPE, {}, { slack: 5 })).toBe('taken');
        expect(await other.saveStarts(SCOPE, { slack: 5 }, second)).toBe('taken');
        expect(await other.saveStarts(SCOPE, first, second)).toBe('saved');

        expect(await journal.head(SCOPE)).toMatchObject({ starts: second });
      });

      it('that are empty again are as good as none', async () => {
        await journal.saveStarts(SCOPE, {}, first);

        expect(await journal.saveStarts(SCOPE, first, {})).toBe('saved');
        expect(await other.saveStarts(SCOPE, {}, second)).toBe('saved');
      });

      it('are saved by one of two ticks at once', async () => {
        const results = await Promise.all([
          journal.saveStarts(SCOPE, {}, { slack: 1 }),
          other.saveStarts(SCOPE, {}, { slack: 2 }),
        ]);

        expect([...results].sort()).toEqual(['saved', 'taken']);
        expect((await journal.head(SCOPE))?.starts).toEqual({
          slack: results[0] === 'saved' ? 1 : 2,
        });
      });
    });

    describe('the state of a channel', () => {
      const first = aChannel(1);
      const second = aChannel(2);

      it('is kept whole', async () => {
        expect(await journal.moveChannel('slack', undefined, first)).toBe('moved');

        expect(await other.channel('slack')).toEqual(first);
        expect(await other.channel('dingtalk')).toBeUndefined();
      });

      it('is read with the states of all other channels, in the order of their names', async () => {
        expect([...(await other.channels())]).toEqual([]);
        await journal.moveChannel('slack-ops', undefined, second);
        await journal.moveChannel('slack', undefined, first);

        expect([...(await other.channels())]).toEqual([
          ['slack', { value: first }],
          ['slack-ops', { value: second }],
        ]);
      });

      it('is made once', async () => {
        await journal.moveChannel('slack', undefined, first);

        expect(await other.moveChannel('slack', undefined, aChannel(1, 'late'))).toBe('taken');
        expect(await journal.channel('slack')).toEqual(first);
      });

      it('moves from what it was believed to be, and from nothing else', async () => {
        await journal.moveChannel('slack', undefined, first);

        expect(await journal.moveChannel('slack', first, second)).toBe('moved');
        expect(await other.moveChannel('slack', first, aChannel(2, 'late'))).toBe('taken');
        expect(await other.moveChannel('slack', aChannel(3), aChannel(4))).toBe('taken');
        expect(await other.channel('slack')).toEqual(second);
      });

      it('does not move when it was never made', async () => {
        expect(await journal.moveChannel('slack', first, second)).toBe('taken');
        expect(await journal.channel('slack')).toBeUndefined();
      });

      it('is moved by one of two ticks at once', async () => {
        await journal.moveChannel('slack', undefined, first);

        const results = await Promise.all([
          journal.moveChannel('slack', first, aChannel(2, 'one')),
          other.moveChannel('slack', first, aChannel(2, 'other')),
        ]);

        expect([...results].sort()).toEqual(['moved', 'taken']);
        expect((await journal.channel('slack'))?.tickId).toBe(
          results[0] === 'moved' ? 'one' : 'other',
        );
      });
    });

    it('counts what its reads and writes are charged', async () => {
      await journal.append(aCommit({ seq: 1 }));
      const before = { ...journal.units };

      await journal.append(aCommit({ seq: 2 }));
      const between = { ...journal.units };
      await journal.after(SCOPE, 0, 10);

      expect(between.write).toBe(before.write + 1);
      expect(journal.units).toEqual({ read: between.read + 1, write: between.write });
    });

    async function fill(count: number): Promise<readonly Commit[]> {
      const commits = Array.from({ length: count }, (_, index) =>
        aCommit({ seq: index + 1, atMs: NOW_MS + index * MINUTE_MS, changes: [aChange()] }),
      );
      for (const commit of commits) await journal.append(commit);
      return commits;
    }
  });
}

function aSnapshot(seq: number): Snapshot {
  const instances = Array.from({ length: 5 }, (_, index) => {
    const known = { name: `支付网关-${seq}-${index}`, tags: { env: '生产' }, sinceKnown: true };
    return [`i-bp${index}`, anInstance(index === 0 ? {} : known)] as const;
  });
  const released = Array.from(
    { length: 3 },
    (_, index) => [`i-gone${index}`, NOW_MS + index] as const,
  );
  return { seq, baselined: true, instances: new Map(instances), released: new Map(released) };
}

function aChannel(version: number, tickId = `tick-${version}`): ChannelState {
  return {
    ...NEW_CHANNEL,
    version,
    tickId,
    cursor: { [SCOPE.key]: { seq: 7, part: 2 }, [ZONE.key]: { seq: 0, part: 0 } },
    claim: { to: { [SCOPE.key]: { seq: 8, part: 0 } }, tickId, untilMs: NOW_MS },
    maybeDelivered: { [SCOPE.key]: { seq: 8, part: 0 } },
    attemptedAtMs: 0,
    sentAtMs: [NOW_MS - 1_000, NOW_MS],
    failures: 3,
    failingSinceMs: NOW_MS - MINUTE_MS,
    notBeforeMs: NOW_MS + MINUTE_MS,
    problem: 'errcode 310000: 签名不匹配',
    withoutUserText: true,
    deliveredAtMs: null,
  };
}
