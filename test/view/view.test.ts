import fc from 'fast-check';
import { type ChannelState, NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import { NEW_HEALTH } from '../../shared/core/health.ts';
import type { Change, Scope } from '../../shared/core/model.ts';
import { JournalError } from '../../shared/ports/journal.ts';
import { ROUTES } from '../../shared/view/routes/index.ts';
import { view } from '../../shared/view/view.ts';
import { aScope } from '../helpers/examples.ts';
import {
  appeared,
  BASELINE,
  BROWSER,
  commitTime,
  HANGZHOU,
  isoCommitTime,
  type Json,
  moved,
  recorder,
  SHANGHAI,
  START_MS,
  type TestView,
  testView,
} from './helpers.ts';

/** Two regions; web-1 was stopped, i-2 was released, i-9 appeared. */
async function smallFleet(): Promise<TestView> {
  const test = testView([HANGZHOU, SHANGHAI]);
  const hangzhou = recorder(test.journal, HANGZHOU);
  await hangzhou.record([appeared('i-1', 'Running', 'web-1'), appeared('i-2')], BASELINE);
  await hangzhou.record([moved('i-1', 'Running', 'Stopping'), moved('i-2', 'Running', 'Stopped')]);
  await hangzhou.record([moved('i-1', 'Stopping', 'Stopped'), moved('i-2', 'Stopped', null)]);
  await hangzhou.saveHealth();
  const shanghai = recorder(test.journal, SHANGHAI);
  await shanghai.record([appeared('i-8')], BASELINE);
  await shanghai.record([appeared('i-9', 'Pending')]);
  await shanghai.saveHealth({ lastGoodAtMs: commitTime(3) });
  test.nowMs = commitTime(3) + 42_000;
  return test;
}

describe('/instances', () => {
  it('lists the current instances of all scopes, and the age of that state', async () => {
    const test = await smallFleet();

    const body = await test.json('/instances');

    expect(body).toEqual({
      asOf: isoCommitTime(3),
      ageSeconds: 42,
      stale: false,
      healthy: true,
      scopes: [
        {
          scope: 'main/cn-hangzhou',
          region: 'cn-hangzhou',
          seq: 3,
          asOf: isoCommitTime(3),
          ageSeconds: 42,
          stale: false,
          healthy: true,
          instances: 1,
        },
        expect.objectContaining({ scope: 'main/cn-shanghai', seq: 2, instances: 2 }),
      ],
      total: 3,
      counts: { Pending: 1, Running: 1, Stopped: 1 },
      instances: [
        {
          instanceId: 'i-1',
          scope: 'main/cn-hangzhou',
          region: 'cn-hangzhou',
          status: 'Stopped',
          since: isoCommitTime(3),
          sinceKnown: true,
          name: 'web-1',
        },
        expect.objectContaining({ instanceId: 'i-8', status: 'Running' }),
        expect.objectContaining({ instanceId: 'i-9', status: 'Pending' }),
      ],
    });
  });

  it.each([
    ['status=stopped,pending', ['i-1', 'i-9']],
    ['region=cn-shanghai', ['i-8', 'i-9']],
    ['scope=main/cn-shanghai&status=running', ['i-8']],
    ['id=i-9,i-1,i-404', ['i-1', 'i-9']],
    ['name=WEB-*', ['i-1']],
  ])('filters by %s', async (filter, ids) => {
    const test = await smallFleet();

    const { instances, total } = await test.json(`/instances?${filter}`);

    expect(instances.map(({ instanceId }: Json) => instanceId)).toEqual(ids);
    expect(total).toBe(ids.length);
  });

  it('reads only the scopes of the query', async () => {
    const test = await smallFleet();
    test.journal.calls.length = 0;

    const { scopes } = await test.json('/instances?region=cn-shanghai');

    expect(scopes).toHaveLength(1);
    expect(test.journal.calls.filter((call) => call.includes('hangzhou'))).toEqual([]);
  });

  it('continues from a cursor in the state of the first page, whatever happens meanwhile', async () => {
    const test = await smallFleet();

    const first = await test.json('/instances?limit=1');
    const past = recorder(test.journal, SHANGHAI);
    await test.journal.append({
      ...(await past.record([])),
      seq: 3,
      changes: [appeared('i-0'), moved('i-8', 'Running', null)],
    });
    const second = await test.json(`/instances?limit=5&cursor=${first.nextCursor}`);

    expect(first.instances.map(({ instanceId }: Json) => instanceId)).toEqual(['i-1']);
    expect(second.instances.map(({ instanceId }: Json) => instanceId)).toEqual(['i-8', 'i-9']);
    expect(second.nextCursor).toBeUndefined();
  });

  it('names every problem of an invalid query', async () => {
    const test = await smallFleet();

    const { type, detail } = await test.json('/instances?limit=0&region=us-east-1&order=name', 400);

    expect({ type, detail }).toEqual({
      type: 'urn:ecs-watch:bad-request',
      detail: expect.stringMatching(
        /region is not watched.*; limit is not.*; unknown param.*order/u,
      ),
    });
  });

  it('is as old as its oldest scope, and stale when a scope was never scanned', async () => {
    const test = await smallFleet();
    const ports = {
      ...test.ports,
      scopes: [...test.ports.scopes, aScope('x')],
    };
    Object.assign(test, { ports });

    expect(await test.json('/instances')).toMatchObject({ asOf: null, stale: true, total: 3 });
  });
});

describe('/instances/{id}', () => {
  it('gives the instance with its history, newest first', async () => {
    const test = await smallFleet();

    const body = await test.json('/instances/i-1');

    expect(body).toEqual({
      asOf: isoCommitTime(3),
      ageSeconds: 42,
      stale: false,
      healthy: true,
      instance: expect.objectContaining({ instanceId: 'i-1', status: 'Stopped', name: 'web-1' }),
      timeline: [
        {
          status: 'Stopped',
          sinceAfter: isoCommitTime(2),
          since: isoCommitTime(3),
          sinceKnown: true,
          untilAfter: null,
          until: null,
          seconds: 42,
        },
        {
          status: 'Stopping',
          sinceAfter: isoCommitTime(1),
          since: isoCommitTime(2),
          sinceKnown: true,
          untilAfter: isoCommitTime(2),
          until: isoCommitTime(3),
          seconds: 60,
        },
        expect.objectContaining({ status: 'Running', sinceAfter: null, sinceKnown: false }),
      ],
      history: [
        {
          id: 'main/cn-hangzhou/3/0',
          scope: 'main/cn-hangzhou',
          seq: 3,
          at: isoCommitTime(3),
          previousAt: isoCommitTime(2),
          instanceId: 'i-1',
          from: 'Stopping',
          to: 'Stopped',
        },
        expect.objectContaining({ seq: 2, from: 'Running', to: 'Stopping' }),
        expect.objectContaining({ seq: 1, from: null, to: 'Running', baseline: true }),
      ],
    });
  });

  it('gives a history that does not end at a return', async () => {
    const test = testView();
    const { record, saveHealth } = recorder(test.journal, HANGZHOU);
    await record([appeared('i-1')], BASELINE);
    await record([moved('i-1', 'Running', null)]);
    await record([{ ...appeared('i-1'), returned: true, fromSinceMs: commitTime(2) }]);
    await record([moved('i-1', 'Running', null)]);
    // It was remembered no more that the instance had been called released.
    await record([{ ...appeared('i-1'), created: '2026-11-22T09:00Z' }]);
    await saveHealth();

    const { history } = await test.json('/instances/i-1');

    expect(history.map(({ seq }: Json) => seq)).toEqual([5, 4, 3, 2, 1]);
    expect(history[2]).toMatchObject({ returned: true, fromSince: isoCommitTime(2) });
  });

  it('gives a history in parts', async () => {
    const test = await smallFleet();

    const seqs: number[] = [];
    const timelines: boolean[] = [];
    let cursor = '';
    do {
      const body = await test.json(`/instances/i-1?limit=1&cursor=${cursor}`);
      timelines.push('timeline' in body);
      seqs.push(...body.history.map(({ seq }: Json) => seq));
      cursor = body.nextCursor ?? '';
    } while (cursor !== '');

    expect(seqs).toEqual([3, 2, 1]);
    expect(timelines).toEqual([true, false, false]);
  });

  it('finds the last change of a quiet instance in a long journal with a few reads', async () => {
    const test = testView();
    const past = recorder(test.journal, HANGZHOU);
    await past.record([appeared('i-quiet'), appeared('i-busy', 'a')], BASELINE);
    for (let turn = 0; turn < 2_500; turn += 1) {
      await past.record([moved('i-busy', turn % 2 === 0 ? 'a' : 'b', turn % 2 === 0 ? 'b' : 'a')]);
    }
    await test.json('/instances?limit=1');
    test.journal.calls.length = 0;

    const { history, nextCursor } = await test.json('/instances/i-quiet');

    expect(history).toHaveLength(1);
    expect(nextCursor).toBeUndefined();
    expect(test.journal.calls.length).toBeLessThan(20);
  });

  it('says when a released instance went, and its last status', async () => {
    const test = await smallFleet();

    const body = await test.json('/instances/i-2', 410);

    expect(body).toEqual({
      type: 'urn:ecs-watch:gone',
      title: 'Gone',
      status: 410,
      detail:
        `i-2 was released between ${isoCommitTime(2)} and ${isoCommitTime(3)}; ` +
        'its last status was Stopped',
      instance: {
        instanceId: 'i-2',
        scope: 'main/cn-hangzhou',
        region: 'cn-hangzhou',
        lastStatus: 'Stopped',
        releasedAt: isoCommitTime(3),
        releasedAfter: isoCommitTime(2),
      },
      timeline: [
        expect.objectContaining({ status: 'released', since: isoCommitTime(3), until: null }),
        expect.objectContaining({ status: 'Stopped', until: isoCommitTime(3), seconds: 60 }),
        expect.objectContaining({ status: 'Running' }),
      ],
      history: [
        expect.objectContaining({ seq: 3, to: null }),
        expect.objectContaining({ seq: 2 }),
        expect.objectContaining({ seq: 1, from: null }),
      ],
    });
  });

  it('remembers in the cursor which commit released the instance', async () => {
    const test = await smallFleet();

    const first = await test.json('/instances/i-2?limit=1', 410);
    const second = await test.json(`/instances/i-2?limit=5&cursor=${first.nextCursor}`, 410);

    expect(second.instance).toEqual(first.instance);
    expect(second.history.map(({ seq }: Json) => seq)).toEqual([2, 1]);
    expect(second.nextCursor).toBeUndefined();
    await test.json(`/instances/i-404?cursor=${first.nextCursor}`, 400);
  });

  it('does not find what was never seen', async () => {
    const test = await smallFleet();

    const { detail } = await test.json('/instances/i-404', 404);

    expect(detail).toBe('i-404 was never seen, as far as the journal goes back');
  });

  it('reads a long journal back in bounded steps before it says that something was never seen', async () => {
    const test = testView();
    const past = recorder(test.journal, HANGZHOU);
    await past.record([appeared('i-gone'), appeared('i-busy', 'a')], BASELINE);
    await past.record([moved('i-gone', 'Running', null)]);
    for (let turn = 0; turn < 2_100; turn += 1) {
      await past.record([moved('i-busy', turn % 2 === 0 ? 'a' : 'b', turn % 2 === 0 ? 'b' : 'a')]);
    }

    const first = await test.json('/instances/i-gone', 404);
    const second = await test.json(`/instances/i-gone?cursor=${first.nextCursor}`, 410);

    expect(first.detail).toContain('nor in the last 2000 commits that were read');
    expect(second.instance).toMatchObject({ lastStatus: 'Running', releasedAt: isoCommitTime(2) });
  });
});

describe('/changes', () => {
  it('gives the newest changes first, notices apart, and a cursor for later ones', async () => {
    const test = await smallFleet();

    const body = await test.json('/changes');

    expect(body).toMatchObject({ asOf: isoCommitTime(3), order: 'newest-first' });
    expect(body.changes.map(({ id }: Json) => id)).toEqual([
      'main/cn-hangzhou/3/1',
      'main/cn-hangzhou/3/0',
      'main/cn-hangzhou/2/1',
      'main/cn-hangzhou/2/0',
      'main/cn-shanghai/2/0',
    ]);
    expect(body.notices.map(({ id, notice }: Json) => [id, notice])).toEqual([
      ['main/cn-hangzhou/1', 'baseline'],
      ['main/cn-shanghai/1', 'baseline'],
    ]);
    expect(body.olderCursor).toBeUndefined();
    expect(await test.json(`/changes?since=${body.nextCursor}`)).toMatchObject({
      order: 'oldest-first',
      changes: [],
      notices: [],
      more: false,
    });
  });

  it('lets a script follow without missing or repeating anything', async () => {
    const test = await smallFleet();
    const past = recorder(test.journal, HANGZHOU);
    const { nextCursor } = await test.json('/changes?limit=1');
    await test.journal.append({
      ...(await past.record([])),
      seq: 4,
      atMs: commitTime(4),
      changes: [moved('i-1', 'Stopped', 'Starting')],
    });

    const news = await test.json(`/changes?since=${nextCursor}`);

    expect(news.changes.map(({ id }: Json) => id)).toEqual(['main/cn-hangzhou/4/0']);
    expect((await test.json(`/changes?since=${news.nextCursor}`)).changes).toEqual([]);
  });

  it('starts at a time, that moment included', async () => {
    const test = await smallFleet();

    const iso = await test.json(`/changes?since=${isoCommitTime(3)}`);
    const ms = await test.json(`/changes?since=${commitTime(3)}`);

    expect(iso.changes.map(({ id }: Json) => id)).toEqual([
      'main/cn-hangzhou/3/0',
      'main/cn-hangzhou/3/1',
    ]);
    expect(ms).toEqual(iso);
    expect((await test.json('/changes?since=2030-01-01')).changes).toEqual([]);
    expect((await test.json('/changes?since=2020-01-01')).changes).toHaveLength(5);
  });

  it.each([
    ['region=cn-shanghai', ['main/cn-shanghai/2/0']],
    ['scope=main/cn-shanghai', ['main/cn-shanghai/2/0']],
    ['account=main&region=cn-shanghai', ['main/cn-shanghai/2/0']],
    ['id=i-2', ['main/cn-hangzhou/2/1', 'main/cn-hangzhou/3/1']],
    ['to=stopped', ['main/cn-hangzhou/2/1', 'main/cn-hangzhou/3/0']],
    ['from=none', ['main/cn-shanghai/2/0']],
    ['from=stopped&to=released', ['main/cn-hangzhou/3/1']],
    ['status=stopped', ['main/cn-hangzhou/2/1', 'main/cn-hangzhou/3/0', 'main/cn-hangzhou/3/1']],
    ['status=released', ['main/cn-hangzhou/3/1']],
  ])('filters by %s', async (filter, ids) => {
    const test = await smallFleet();

    const { changes } = await test.json(`/changes?since=2020-01-01&${filter}`);

    expect(changes.map(({ id }: Json) => id)).toEqual(ids);
  });

  it('holds in a cursor the regions of its query; another one starts at its beginning', async () => {
    const test = await smallFleet();

    const { nextCursor } = await test.json('/changes?region=cn-hangzhou');
    const rest = await test.json(`/changes?since=${nextCursor}`);

    expect(rest.changes.map(({ id }: Json) => id)).toEqual(['main/cn-shanghai/2/0']);
  });

  it('starts at the beginning of a region that is newly watched', async () => {
    const test = await smallFleet();
    const before = testView([HANGZHOU], test.journal);

    const { nextCursor } = await before.json('/changes');
    const { changes, notices } = await test.json(`/changes?since=${nextCursor}`);

    expect(changes).toMatchObject([{ scope: 'main/cn-shanghai', instanceId: 'i-9' }]);
    expect(notices).toMatchObject([{ scope: 'main/cn-shanghai', notice: 'baseline' }]);
  });

  it('gives a follower every change once, whenever scopes are added and removed', async () => {
    const regions = ['cn-hangzhou', 'cn-shanghai', 'cn-beijing', 'eu-central-1', 'us-west-1'];
    const STEPS = 5;
    /** From which step on, and for how many, a scope is watched. */
    const time = fc.tuple(fc.nat({ max: STEPS }), fc.integer({ min: 1, max: STEPS }));
    const times = fc.array(time, { minLength: regions.length, maxLength: regions.length });
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 1, max: 3 }), async (watched, limit) => {
        const { journal } = testView();
        const pasts = regions.map((region) => recorder(journal, aScope(region)));
        const given: string[] = [];
        const recorded: string[] = [];
        let cursor = '0';
        for (let step = 0; step < STEPS; step += 1) {
          const present = regions.map((_, index) => {
            const [from = 0, length = 0] = watched[index] ?? [];
            return step >= from && step < from + length;
          });
          for (const [index, past] of pasts.entries()) {
            if (present[index] !== true) continue;
            const { scope, seq } = await past.record([appeared(`i-${step}`), appeared('i-x')]);
            recorded.push(`${scope}/${seq}/0`, `${scope}/${seq}/1`);
          }
          const test = testView(
            regions.filter((_, index) => present[index]).map((region) => aScope(region)),
            journal,
          );
          for (let more = true; more; ) {
            const body = await test.json(`/changes?limit=${limit}&since=${cursor}`);
            given.push(...body.changes.map(({ id }: Json) => id));
            cursor = body.nextCursor;
            more = body.more;
          }
        }

        expect(given.toSorted()).toEqual(recorded.toSorted());
      }),
      { numRuns: 50 },
    );
  });

  it('asks for a narrower query where a cursor would not fit an address, and loses nothing', async () => {
    const accounts = ['main', 'shop'];
    const scopes: Scope[] = accounts.flatMap((account) =>
      Array.from({ length: 300 }, (_, index) => ({
        key: `${account}/cn-region-${index}`,
        account,
        regionId: `cn-region-${index}`,
      })),
    );
    const test = testView(scopes);
    test.journal.lastSeq = async () => 1_000_000;

    const { detail } = await test.json('/changes', 400);
    const narrow = await test.json('/changes?account=shop');

    expect(detail).toBe(
      'the cursor over 601 scopes would be longer than 3072 characters, which leaves no room in an ' +
        'address; ask for a part of them with account, region or scope',
    );
    expect(narrow.nextCursor.length).toBeLessThan(2_048);
    const next = await test.json(`/changes?account=shop&since=${narrow.nextCursor}`);
    expect(next.nextCursor).toBe(narrow.nextCursor);
  });

  it('refuses a cursor that was cut', async () => {
    const test = await smallFleet();
    const { nextCursor } = await test.json('/changes');

    const { detail } = await test.json(`/changes?since=${nextCursor.slice(0, -3)}`, 400);

    expect(detail).toBe(
      'since is not a cursor from an earlier answer of this address, ' +
        'or a time (ISO 8601, or ms since 1970)',
    );
  });

  it('filters by resource group, as /instances does', async () => {
    const test = testView();
    const past = recorder(test.journal, HANGZHOU);
    const ours = { resourceGroupId: 'rg-ours' };
    await past.record([appeared('i-0')], BASELINE);
    await past.record([
      { ...appeared('i-1'), ...ours },
      { ...appeared('i-2'), resourceGroupId: 'rg-theirs' },
    ]);
    await past.record([
      moved('i-0', 'Running', null),
      { ...moved('i-1', 'Running', null), ...ours },
    ]);
    await past.record([{ ...appeared('i-3'), ...ours }]);

    const { changes } = await test.json('/changes?since=0&resourceGroup=rg-ours');
    const { instances } = await test.json('/instances?resourceGroup=rg-ours,rg-none');

    expect(changes.map(({ instanceId }: Json) => instanceId)).toEqual(['i-1', 'i-1', 'i-3']);
    expect(instances).toMatchObject([{ instanceId: 'i-3', resourceGroupId: 'rg-ours' }]);
  });

  it('gives notices with every filter, so that no filter hides a failing watcher', async () => {
    const test = testView();
    await recorder(test.journal, HANGZHOU).record([], {
      kind: 'scans-failing',
      failures: 3,
      sinceMs: START_MS,
      reason: 'Forbidden.RAM',
    });

    const { notices } = await test.json('/changes?id=i-1&status=Stopped');

    expect(notices).toMatchObject([{ notice: 'scans-failing', reason: 'Forbidden.RAM' }]);
  });

  it('stops at a bound where nothing matches, and says that more may follow', async () => {
    const test = testView();
    const past = recorder(test.journal, HANGZHOU);
    for (let turn = 0; turn < 2_100; turn += 1) await past.record([appeared(`i-${turn}`)]);
    await past.record([moved('i-0', 'Running', 'Stopped')]);

    const first = await test.json('/changes?since=0&status=Stopped');
    const second = await test.json(`/changes?since=${first.nextCursor}&status=Stopped`);

    expect([first.changes.length, first.more]).toEqual([0, true]);
    expect([second.changes.length, second.more]).toEqual([1, false]);
  });

  it('gives every change once and in order, both ways, with any limit and any commits', async () => {
    const journals = fc.array(fc.array(fc.nat({ max: 3 }), { maxLength: 6 }), {
      minLength: 2,
      maxLength: 2,
    });
    await fc.assert(
      fc.asyncProperty(journals, fc.integer({ min: 1, max: 4 }), async (sizes, limit) => {
        const test = testView([HANGZHOU, SHANGHAI]);
        const recorded: string[] = [];
        for (const [index, scope] of [HANGZHOU, SHANGHAI].entries()) {
          const past = recorder(test.journal, scope);
          for (const size of sizes[index] ?? []) {
            const changes: Change[] = Array.from({ length: size }, (_, at) => appeared(`i-${at}`));
            const notice = { kind: 'suspicion-lifted', missing: 1 } as const;
            const { seq } = await past.record(changes, size === 0 ? notice : undefined);
            const ids = changes.map((_, at) => `${scope.key}/${seq}/${at}`);
            recorded.push(...(size === 0 ? [`${scope.key}/${seq}`] : ids));
          }
        }

        const forward = await follow(test, `/changes?limit=${limit}&since=`, '0', 'nextCursor');
        const back = await follow(test, `/changes?limit=${limit}&before=`, '', 'olderCursor');

        expect(forward.toSorted()).toEqual(recorded.toSorted());
        expect(back.toSorted()).toEqual(recorded.toSorted());
        const [here] = [HANGZHOU.key].map((key) => recorded.filter((id) => isChangeOf(key, id)));
        expect(forward.filter((id) => isChangeOf(HANGZHOU.key, id))).toEqual(here);
        expect(back.filter((id) => isChangeOf(HANGZHOU.key, id))).toEqual(here?.toReversed());
      }),
      { numRuns: 60 },
    );
  });
});

function isChangeOf(scope: string, id: string): boolean {
  return id.startsWith(scope) && id.split('/').length === 4;
}

/** The ids of everything from `start` on, answer by answer. */
async function follow(
  test: TestView,
  address: string,
  start: string,
  next: 'nextCursor' | 'olderCursor',
): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | undefined = start;
  while (cursor !== undefined) {
    const body: Json = await test.json(`${address}${cursor}`);
    expect(body.changes.length + body.notices.length).toBeLessThanOrEqual(4);
    ids.push(...[...body.changes, ...body.notices].map(({ id }: Json) => id));
    cursor = next === 'nextCursor' && !body.more ? undefined : body[next];
  }
  return ids;
}

const NEW_HEAD = { checkpoint: null, health: NEW_HEALTH, starts: {} };

describe('/healthz', () => {
  const SLACK: ChannelState = {
    ...NEW_CHANNEL,
    version: 1,
    tickId: 't',
    cursor: { 'main/cn-hangzhou': { seq: 1, part: 0 }, 'main/cn-shanghai': { seq: 2, part: 0 } },
    failures: 2,
    problem: 'HTTP 500 from hooks.slack.com',
    deliveredAtMs: commitTime(1),
  };

  it('is healthy while the last complete scan of every scope is recent', async () => {
    const test = await smallFleet();
    await test.journal.moveChannel('slack', undefined, SLACK);

    expect(await test.json('/healthz')).toEqual({
      ok: true,
      degraded: false,
      scopes: [
        {
          scope: 'main/cn-hangzhou',
          lastGoodAt: isoCommitTime(3),
          ageSeconds: 42,
          stale: false,
          healthy: true,
          failures: 0,
        },
        expect.objectContaining({ scope: 'main/cn-shanghai', stale: false }),
      ],
      channels: [
        {
          channel: 'slack',
          backlog: 2,
          failures: 2,
          problem: 'HTTP 500 from hooks.slack.com',
          deliveredAt: isoCommitTime(1),
        },
      ],
    });
  });

  it('reads no commit, and remembers its rows for five seconds', async () => {
    const test = await smallFleet();
    await test.json('/healthz');
    const calls = [...test.journal.calls];
    test.nowMs += 4_999;

    expect((await test.json('/healthz')).scopes[0].ageSeconds).toBe(46);

    expect(calls.filter((call) => /^(?:before|after) /u.test(call))).toEqual([]);
    expect(test.journal.calls).toEqual(calls);
    test.nowMs += 1;
    await test.json('/healthz');
    expect(test.journal.calls.length).toBeGreaterThan(calls.length);
  });

  it('names what a receiver never took, for a week, and so does the page', async () => {
    const test = await smallFleet();
    const event = { scope: HANGZHOU.key, seq: 2, atMs: commitTime(2), reason: 'HTTP 400' };
    await test.journal.moveChannel('slack', undefined, { ...SLACK, setAside: [event] });

    const { channels } = await test.json('/healthz');
    const { body } = await test.ask('/', { headers: BROWSER });
    test.nowMs += 7 * 24 * 60 * 60_000;
    const later = await test.json('/healthz', 503);

    expect(channels).toMatchObject([{ setAside: ['main/cn-hangzhou/2'] }]);
    expect(body).toContain('never taken by the receiver: main/cn-hangzhou/2');
    expect(later.channels[0]).not.toHaveProperty('setAside');
  });

  it('is degraded, and still well, while a channel is failing', async () => {
    const test = await smallFleet();
    const refused = { ...SLACK, failures: 1, isRefused: true, attemptedAtMs: test.nowMs };
    await test.journal.moveChannel('slack', undefined, refused);

    expect(await test.json('/healthz')).toMatchObject({ ok: true, degraded: true });
    // A channel that is not tried any more is not configured any more.
    test.nowMs += 3 * 60 * 60 * 1000;
    expect(await test.json('/healthz', 503)).toMatchObject({ degraded: false });
  });

  it('says why a health cannot be read, to those with the token, and so does the page', async () => {
    const test = await smallFleet();
    const error = new JournalError('corrupt', 'CorruptRow', 'health.failures is -1');
    test.journal.head = async () => ({ ...NEW_HEAD, unreadable: { health: { error } } });

    const { scopes } = await test.json('/healthz', 503);
    const { body } = await test.ask('/', { headers: BROWSER });

    expect(scopes[0]).toMatchObject({ stale: true, reason: 'CorruptRow: health.failures is -1' });
    expect(body).toContain('CorruptRow: health.failures is -1');
  });

  it('counts a channel that has nothing but starts', async () => {
    const test = await smallFleet();
    const starts = { slack: 1 };
    await test.journal.saveStarts(HANGZHOU, {}, starts);

    expect((await test.json('/healthz')).channels).toEqual([
      { channel: 'slack', backlog: 2, failures: 0, deliveredAt: null },
    ]);
  });

  it('is unhealthy when the last complete scan is more than five minutes ago', async () => {
    const test = await smallFleet();

    test.nowMs = commitTime(3) + 300_000;
    expect((await test.json('/healthz')).ok).toBe(true);
    test.nowMs += 1;
    expect((await test.json('/healthz', 503)).ok).toBe(false);
  });

  it('is unhealthy everywhere as soon as three scans in a row have failed', async () => {
    const test = await smallFleet();
    const failing = { ...NEW_HEALTH, lastGoodAtMs: commitTime(3), reason: 'Forbidden.RAM' };

    await test.journal.saveHealth(HANGZHOU, { ...failing, failures: 2 });
    expect(await test.json('/healthz')).toMatchObject({ ok: true });
    await test.journal.saveHealth(HANGZHOU, { ...failing, failures: 3 });
    // What was read is remembered for some seconds.
    test.nowMs += 5_000;

    const unhealthy = { stale: false, healthy: false };
    expect(await test.json('/healthz', 503)).toMatchObject({ ok: false, scopes: [unhealthy, {}] });
    for (const address of ['/', '/instances', '/changes', '/instances/i-1']) {
      expect(await test.json(address)).toMatchObject(unhealthy);
    }
    const page = (await test.ask('/', { headers: BROWSER })).body;
    expect(page).toContain('FAILING · ecs-watch');
    expect(page).toContain('<strong>FAILING:</strong> the last 3 scans of\nmain/cn-hangzhou');

    await test.journal.saveHealth(HANGZHOU, { ...failing, failures: 5 });
    test.nowMs += 5_000;
    expect((await test.ask('/', { headers: BROWSER })).body).toContain(
      'the last 5 scans of\nmain/cn-hangzhou',
    );
  });

  it('is unhealthy after as many failures, or at such an age, as the configuration says', async () => {
    const test = await smallFleet();
    const ask = async (staleMs: number) => {
      const ports = { ...test.ports, healthLimits: { failures: 3, staleMs } };
      const request = { method: 'GET', path: ['healthz'], query: new Map(), headers: new Map() };
      const access = 'granted' as const;
      return (await view(ports, { ...request, body: Buffer.alloc(0), access })).status;
    };

    expect([await ask(42_000), await ask(41_999)]).toEqual([200, 503]);
  });

  it('is unhealthy before the first scan', async () => {
    expect(await testView().json('/healthz', 503)).toMatchObject({
      ok: false,
      scopes: [{ lastGoodAt: null, ageSeconds: null, stale: true }],
      channels: [],
    });
  });

  it('gives no reasons, problems or holds to callers without the token', async () => {
    const test = await smallFleet();
    await test.journal.moveChannel('slack', undefined, SLACK);
    await test.journal.saveHealth(HANGZHOU, {
      ...NEW_HEALTH,
      failures: 2,
      reason: 'Forbidden.RAM for i-1',
      hold: { missing: 12, scans: 1, sinceMs: START_MS },
    });

    const stranger = (await test.ask('/healthz', { access: 'refused' })).body;
    const trusted = (await test.ask('/healthz')).body;

    expect(JSON.parse(stranger).scopes[0]).toMatchObject({ failures: 2 });
    expect(stranger).not.toMatch(/Forbidden|hooks\.slack|hold|missing/u);
    expect(JSON.parse(trusted).scopes[0]).toMatchObject({
      hold: { missing: 12, scans: 1, since: '2026-11-22T10:00:00.000Z' },
    });
    expect(trusted).toMatch(/Forbidden\.RAM for i-1.*hooks\.slack/su);
  });

  it('is unhealthy when the journal cannot be read, and gives the reason only with the token', async () => {
    const test = await smallFleet();
    test.journal.failure = new JournalError('failed', 'OTSAuthFailed', 'the access key is wrong');

    const stranger = await test.ask('/healthz', { access: 'closed' });
    const trusted = await test.json('/healthz', 503);

    expect([stranger.status, stranger.body.includes('OTSAuthFailed')]).toEqual([503, false]);
    expect(stranger.problem).toContain('OTSAuthFailed');
    expect(trusted).toMatchObject({ ok: false, reason: 'OTSAuthFailed: the access key is wrong' });
  });
});

it('shows what concerns no scope among the changes, by time and from a cursor on', async () => {
  const test = await smallFleet();
  const first = await test.json('/changes');
  const failing = { slack: commitTime(4) };
  const facts = { channel: 'slack', failures: 3, reason: 'HTTP 500', deliveredAtMs: null, failing };
  const notice = { kind: 'channel-failing' as const, ...facts };
  const where = { scope: 'watcher', seq: 1, atMs: commitTime(4), previousAtMs: null };
  await test.journal.append({ ...where, tickId: 'tick-4', changes: [], notice });

  const told = { id: 'watcher/1', notice: 'channel-failing', channel: 'slack', reason: 'HTTP 500' };
  expect((await test.json('/changes')).notices[0]).toMatchObject(told);
  const later = await test.json(`/changes?since=${first.nextCursor}`);
  expect(later).toMatchObject({ changes: [], notices: [told], more: false });
  expect((await test.json('/changes?scope=watcher')).notices).toHaveLength(1);
  const { body } = await test.ask('/', { headers: BROWSER });
  expect(body).toContain('The channel slack is failing');
});

describe('/', () => {
  it('is a summary for a program: counts by scope and status, and links', async () => {
    const test = await smallFleet();

    expect(await test.json('/')).toEqual({
      asOf: isoCommitTime(3),
      ageSeconds: 42,
      stale: false,
      healthy: true,
      total: 3,
      statuses: { Pending: 1, Running: 1, Stopped: 1 },
      scopes: [
        expect.objectContaining({ scope: 'main/cn-hangzhou', statuses: { Stopped: 1 } }),
        expect.objectContaining({
          scope: 'main/cn-shanghai',
          statuses: { Pending: 1, Running: 1 },
        }),
      ],
      links: {
        instances: '/instances',
        instance: '/instances/{id}',
        changes: '/changes',
        counts: '/counts',
        deliveries: '/deliveries',
        diff: '/diff',
        health: '/healthz',
        metrics: '/metrics',
        discovery: '/sd',
      },
    });
  });

  it('shows a browser the fleet, its recent changes and its channels', async () => {
    const test = await smallFleet();

    const { status, headers, body } = await test.ask('/', { headers: BROWSER });

    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body).toMatch(/web-1.*i-9.*Recent changes.*released.*Channels/su);
  });

  it('shows an invalid query to a browser as a page, and to a program as JSON', async () => {
    const test = await smallFleet();

    const page = await test.ask('/?status=Running&regoin=x', { headers: BROWSER });
    const json = await test.json('/?status=Running', 400);

    expect([page.status, page.headers['content-type']]).toEqual([400, 'text/html; charset=utf-8']);
    expect(page.body).toContain('unknown parameters: regoin');
    expect(json.detail).toBe('unknown parameters: status (this address takes none)');
  });

  it('says that nothing is recorded yet before the first tick', async () => {
    const { body } = await testView().ask('/', { headers: BROWSER });

    expect(body).toContain('Nothing recorded yet.');
  });

  it('marks stale data as stale', async () => {
    const test = await smallFleet();
    test.nowMs = commitTime(60);

    const { body } = await test.ask('/', { headers: BROWSER });

    expect(body).toContain('<strong>STALE:</strong>');
  });
});

it('reads only heads and new commits, scope by scope, when it is warm', async () => {
  const test = await smallFleet();
  await test.json('/instances');
  test.journal.calls.length = 0;

  await test.json('/instances');

  expect(test.journal.calls.toSorted()).toEqual([
    'after main/cn-hangzhou',
    'after main/cn-shanghai',
    'head main/cn-hangzhou',
    'head main/cn-shanghai',
  ]);
});

it.each(['/', '/instances', '/instances/i-1', '/changes'])(
  'answers %s with 503 while the store fails, instead of an empty fleet',
  async (path) => {
    const test = await smallFleet();
    test.journal.failure = new JournalError('failed', 'OTSServerBusy', 'try again', {
      requestId: 'r-1',
    });

    expect(await test.json(path, 503)).toMatchObject({
      type: 'urn:ecs-watch:journal-unreadable',
      detail: 'the journal could not be read: OTSServerBusy: try again (request r-1)',
    });
  },
);

it('answers with 503 when the journal contradicts itself', async () => {
  const test = testView();
  await recorder(test.journal, HANGZHOU).record([moved('i-1', 'Running', 'Stopped')]);

  expect((await test.json('/instances', 503)).detail).toContain('ChainError');
});

it.each(['/nothing', '/instances/i-1/x', '/healthz/x'])('does not know %s', async (path) => {
  expect(await testView().json(path, 404)).toMatchObject({
    type: 'urn:ecs-watch:not-found',
    detail:
      'there is no such address; try /instances, /instances/{id}, /changes, /diff, /counts, /deliveries, /healthz, ' +
      '/metrics, /sd',
  });
});

describe.each(ROUTES.map(({ path }) => path))('%s', (path) => {
  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'get'])(
    'is read-only: %s is refused',
    async (method) => {
      const test = await smallFleet();
      test.journal.calls.length = 0;

      const { status, headers, body } = await test.ask(path, { method });

      expect([status, headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
      expect(JSON.parse(body).type).toBe('urn:ecs-watch:method-not-allowed');
      expect(test.journal.calls).toEqual([]);
    },
  );

  it('answers OPTIONS with its methods, without the token and without reading', async () => {
    const test = await smallFleet();
    test.journal.calls.length = 0;

    const { status, headers, body } = await test.ask(path, { method: 'OPTIONS', access: 'closed' });

    expect([status, headers.allow, body]).toEqual([204, 'GET, HEAD, OPTIONS', '']);
    expect(test.journal.calls).toEqual([]);
  });

  it('answers HEAD as GET, without a body', async () => {
    const test = await smallFleet();

    const get = await test.ask(path);
    const head = await test.ask(path, { method: 'HEAD' });

    expect(head).toEqual({ ...get, body: '' });
  });
});

describe('/icon.svg', () => {
  it('is open and may be kept, as it holds nothing of the fleet', async () => {
    const { status, headers } = await testView().ask('/icon.svg', { access: 'closed' });

    expect([status, headers['content-type']]).toEqual([200, 'image/svg+xml']);
    expect(headers['cache-control']).toBe('public, max-age=86400');
  });

  it('is not sent again to a client that has it', async () => {
    const test = testView();
    const { headers } = await test.ask('/icon.svg');

    const again = await test.ask('/icon.svg', {
      headers: new Map([['if-none-match', headers.etag ?? '']]),
    });

    expect([again.status, again.body, again.headers.etag]).toEqual([304, '', headers.etag]);
  });

  it('is the icon that the page names', async () => {
    const { body } = await testView().ask('/', { headers: BROWSER });

    expect(body).toContain('<link rel="icon" href="icon.svg">');
  });
});

it.each(['/', '/instances/i-1', '/changes', '/healthz'])(
  'gives %s no validator, because it contains an age that grows every second',
  async (path) => {
    const test = await smallFleet();
    const everything = new Map([['if-none-match', '*']]);

    for (const headers of [everything, new Map([...everything, ...BROWSER])]) {
      const answer = await test.ask(path, { headers });

      expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
      expect(Object.keys(answer.headers)).not.toContain('etag');
    }
  },
);

it.each(['/', '/instances', '/instances/i-1', '/changes', '/nothing'])(
  'reads nothing and reveals nothing on %s without the token',
  async (path) => {
    const test = await smallFleet();
    test.journal.calls.length = 0;

    const refused = await test.ask(path, { access: 'refused' });
    const closed = await test.ask(path, { access: 'closed', headers: BROWSER });

    expect(refused.status).toBe(401);
    expect(refused.headers['www-authenticate']).toMatch(/^Basic .*Bearer /u);
    expect(closed.status).toBe(403);
    expect(closed.body).toContain('VIEW_TOKEN');
    expect(closed.body).toContain('VIEW_PUBLIC=true');
    expect(test.journal.calls).toEqual([]);
  },
);
