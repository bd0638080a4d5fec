import fc from 'fast-check';
import type { Change, Commit, Scope } from '../../shared/core/model.ts';
import { aScope } from '../helpers/examples.ts';
import { propertyRuns } from '../helpers/rounds.ts';
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
  smallFleet,
  type TestView,
  testView,
} from './helpers.ts';

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

  it.each([
    [
      'to=Stoped',
      'to is not known: stoped (known: Pending, Starting, Running, Stopping, Stopped, released)',
    ],
    [
      'from=!Runing',
      'from is not known: runing (known: Pending, Starting, Running, Stopping, Stopped, none)',
    ],
    ['to=none', 'to is not known: none (known: '],
    ['status=gone,Stopped', 'status is not known: gone (known: '],
  ])('refuses a status that no change can have: %s', async (filter, problem) => {
    const test = await smallFleet();

    const { detail } = await test.json(`/changes?since=0&${filter}`, 400);

    expect(detail).toContain(problem);
  });

  it('knows a status that ECS does not document once an instance has it', async () => {
    const test = await smallFleet();
    await recorder(test.journal, HANGZHOU, 3).record([moved('i-1', 'Stopped', 'Hibernated')]);

    const { changes } = await test.json('/changes?since=0&to=hibernated');

    expect(changes).toMatchObject([{ instanceId: 'i-1', to: 'Hibernated' }]);
  });

  it('holds all that was seen until the time that it states, while a tick ends', async () => {
    const test = await smallFleet();
    const past = recorder(test.journal, HANGZHOU, 3);
    const { head } = test.journal;
    test.journal.head = async (scope) => {
      // Whatever is read beside the heads is read by now.
      await new Promise(setImmediate);
      if (scope.key === HANGZHOU.key) {
        await past.record([moved('i-1', 'Stopped', 'Running')]);
        await past.saveHealth();
      }
      return head(scope);
    };

    const { scopes, changes } = await test.json('/changes?limit=1');

    expect(scopes[0].asOf).toBe(isoCommitTime(4));
    expect(changes).toMatchObject([{ id: 'main/cn-hangzhou/4/0' }]);
  });

  it('goes back from a time, that moment left out', async () => {
    const test = await smallFleet();
    const idsBefore = async (query: string) =>
      (await test.json(`/changes?${query}`)).changes.map(({ id }: Json) => id);

    expect(await idsBefore(`before=${commitTime(3)}`)).toEqual([
      'main/cn-hangzhou/2/1',
      'main/cn-hangzhou/2/0',
      'main/cn-shanghai/2/0',
    ]);
    expect(await idsBefore(`before=${commitTime(2)}`)).toEqual([]);
    expect(await idsBefore(`before=${commitTime(3) + 1}&limit=1`)).toEqual([
      'main/cn-hangzhou/3/1',
    ]);
  });

  it('answers 304 until something happens, and says how old the state is all the same', async () => {
    const test = await smallFleet();
    const { nextCursor } = await test.json('/changes');
    const path = `/changes?since=${nextCursor}`;
    const first = await test.ask(path);
    const again = () =>
      test.ask(path, { headers: new Map([['if-none-match', String(first.headers.etag)]]) });

    test.nowMs += 5_000;
    const unchanged = await again();
    await recorder(test.journal, HANGZHOU, 3).record([moved('i-1', 'Stopped', 'Running')]);
    const changed = await again();

    expect(unchanged).toMatchObject({ status: 304, body: '' });
    expect(Number(unchanged.headers['x-ecs-watch-age-seconds'])).toBe(
      Number(first.headers['x-ecs-watch-age-seconds']) + 5,
    );
    expect(changed.status).toBe(200);
    expect(JSON.parse(changed.body).changes).toHaveLength(1);
  });

  it('is another answer once a scope is stale', async () => {
    const test = await smallFleet();
    const { nextCursor } = await test.json('/changes');
    const path = `/changes?since=${nextCursor}`;
    const { etag = '' } = (await test.ask(path)).headers;

    test.nowMs += 60 * 60_000;
    const stale = await test.ask(path, { headers: new Map([['if-none-match', etag]]) });

    expect(stale.status).toBe(200);
    expect(JSON.parse(stale.body).stale).toBe(true);
  });

  it('gives other details of instances to those who ask for them', async () => {
    const test = await smallFleet();
    const { nextCursor } = await test.json('/changes');
    const details = [{ instanceId: 'i-1', before: { name: 'web-1' }, after: { name: 'web-one' } }];
    const commit = { ...(await lastOf(test)), seq: 4, changes: [], details };
    await test.journal.append(commit);

    const plain = await test.json(`/changes?since=${nextCursor}`);
    const full = await test.json(`/changes?since=${nextCursor}&details=true`);
    const events = await test.ask(`/changes?since=${nextCursor}&details=true&format=cloudevents`);

    expect(plain).not.toHaveProperty('details');
    expect(plain.changes).toEqual([]);
    expect(full.details).toMatchObject([{ id: 'main/cn-hangzhou/4/0', ...details[0] }]);
    expect(JSON.parse(events.body)).toMatchObject([{ type: 'ecs-watch.details', subject: 'i-1' }]);
    expect(full.nextCursor).toBe(plain.nextCursor);
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
      { numRuns: propertyRuns(50) },
    );
  });

  it('gives a follower every change once while another instance of the function has an older list', async () => {
    const newer = await smallFleet();
    const older = testView([HANGZHOU], newer.journal);
    const given: string[] = [];
    let cursor = '0';
    for (const instance of [newer, older, newer]) {
      const page = await instance.json(`/changes?since=${cursor}`);
      given.push(...page.changes.map(({ id }: Json) => id));
      cursor = page.nextCursor;
    }

    expect(given.filter((id) => id.startsWith('main/cn-shanghai'))).toEqual([
      'main/cn-shanghai/2/0',
    ]);
    expect(new Set(given).size).toBe(given.length);
  });

  it('asks for a narrower query where a cursor would not fit an address, and loses nothing', async () => {
    const accounts = ['main', 'shop'];
    const scopes: Scope[] = accounts.flatMap((account) =>
      Array.from({ length: 1_200 }, (_, index) => ({
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
      'the cursor over 2401 scopes would be longer than 3072 characters, which leaves no room in an ' +
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
      { numRuns: propertyRuns(60) },
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

/** The last commit of Hangzhou. */
async function lastOf({ journal }: TestView): Promise<Commit> {
  const [last] = await journal.before(HANGZHOU, Number.MAX_SAFE_INTEGER, 1);
  if (last === undefined) throw new RangeError('there is no commit');
  return last;
}
