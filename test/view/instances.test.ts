import fc from 'fast-check';
import { NEW_HEALTH } from '../../shared/core/health.ts';
import { EMPTY_SNAPSHOT, type Snapshot } from '../../shared/core/model.ts';
import { historyOf, sight } from '../helpers/histories.ts';
import { propertyRuns } from '../helpers/rounds.ts';
import {
  appeared,
  BASELINE,
  commitTime,
  HANGZHOU,
  isoCommitTime,
  type Json,
  moved,
  recorder,
  SHANGHAI,
  type TestView,
  testView,
} from './helpers.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function ids({ instances }: Json): readonly string[] {
  return instances.map(({ instanceId }: Json) => instanceId);
}

/** Three instances in the first commit; `web-b` stops in the second, and is released in the third. */
async function threeInstances(): Promise<TestView> {
  const test = testView([HANGZHOU]);
  const { record, saveHealth } = recorder(test.journal, HANGZHOU);
  const baseline = { ...BASELINE, instances: 3 } as const;
  await record(
    [
      { ...appeared('i-1', 'Running', 'web-c'), tags: { env: 'prod' }, privateIps: ['10.0.0.1'] },
      appeared('i-2', 'Running', 'web-b'),
      appeared('i-3', 'Stopped', '=web-a, "quoted"'),
    ],
    baseline,
  );
  await record([moved('i-2', 'Running', 'Stopped')]);
  await record([moved('i-2', 'Stopped', null)]);
  await saveHealth();
  test.nowMs = commitTime(3) + 42_000;
  return test;
}

describe('the list of instances', () => {
  it.each([
    ['sort=name', ['i-3', 'i-1']],
    ['sort=-name', ['i-1', 'i-3']],
    ['sort=status', ['i-1', 'i-3']],
    ['sort=-status', ['i-3', 'i-1']],
  ])('is sorted by %s', async (sort, sorted) => {
    const test = await threeInstances();

    expect(ids(await test.json(`/instances?${sort}`))).toEqual(sorted);
  });

  it.each(['', '?limit=1', '?status=Starting', '?fields=status'])(
    'is written as all other JSON is: %s',
    async (query) => {
      const { body } = await (await threeInstances()).ask(`/instances${query}`);

      expect(body).toBe(`${JSON.stringify(JSON.parse(body), null, 2)}\n`);
    },
  );

  it('is not even made for a client that has it', async () => {
    const test = await threeInstances();
    const first = await test.ask('/instances');
    const queries = {
      list: () => {
        throw new Error('a list was made');
      },
      page: () => {
        throw new Error('a page was made');
      },
    };
    const unable = { ...test.ports, queries };
    Object.assign(test, { ports: unable });
    const again = { headers: new Map([['if-none-match', first.headers.etag ?? '']]) };

    const answer = await test.ask('/instances', again);

    expect([answer.status, answer.body]).toEqual([304, '']);
    expect(answer.headers).toMatchObject({
      etag: first.headers.etag,
      'cache-control': 'private, no-cache',
      vary: 'accept',
      'x-ecs-watch-as-of': first.headers['x-ecs-watch-as-of'],
      'x-ecs-watch-age-seconds': first.headers['x-ecs-watch-age-seconds'],
      'x-ecs-watch-stale': 'false',
    });
    expect(answer.headers).not.toHaveProperty('content-type');
  });

  it('holds the fields that are asked for', async () => {
    const test = await threeInstances();

    const { instances } = await test.json('/instances?fields=instanceId,tags');

    expect(instances).toEqual([
      { instanceId: 'i-1', tags: { env: 'prod' } },
      { instanceId: 'i-3' },
    ]);
  });

  it('refuses a field, an order and a format that do not exist, and a status that nothing has', async () => {
    const test = await threeInstances();
    const messageOf = async (query: string) => (await test.json(`/instances?${query}`, 400)).detail;

    expect(await messageOf('fields=ip')).toMatch(/^fields is not known: ip \(known: instanceId, /u);
    expect(await messageOf('sort=ip')).toMatch(/^sort is none of: name, -name, /u);
    expect(await messageOf('format=xml')).toBe('format is none of: json, ndjson, csv');
    expect(await messageOf('status=Stoped')).toBe(
      'status is not known: stoped (known: Pending, Starting, Running, Stopping, Stopped)',
    );
    expect(await messageOf('stoppedFor=2')).toMatch(/^stoppedFor is not a duration such as/u);
  });

  it('knows a status that ECS did not have when this version was made', async () => {
    const test = testView([HANGZHOU]);
    await recorder(test.journal, HANGZHOU).record([appeared('i-1', 'Hibernated')], BASELINE);

    expect(ids(await test.json('/instances?status=hibernated'))).toEqual(['i-1']);
  });

  it.each([
    ['application/json, text/csv;q=0.1', 'application/json; charset=utf-8'],
    ['text/csv, application/json;q=0.1', 'text/csv; charset=utf-8'],
    ['application/x-ndjson;q=0', 'application/json; charset=utf-8'],
    ['*/*', 'application/json; charset=utf-8'],
  ])('is given to a client that accepts %s as %s', async (accept, mediaType) => {
    const test = await threeInstances();

    const { headers } = await test.ask('/instances', { headers: new Map([['accept', accept]]) });

    expect(headers['content-type']).toBe(mediaType);
  });

  it('says with a time whether the status began then, also where only the time is asked for', async () => {
    const test = await threeInstances();

    const { instances } = await test.json('/instances?fields=since&limit=1');
    const { body } = await test.ask('/instances?format=csv&fields=since');

    expect(instances).toEqual([{ since: expect.any(String), sinceKnown: expect.any(Boolean) }]);
    expect(body.split('\r\n')[0]).toBe('since,sinceKnown');
  });

  it('refuses more globs than can be compared with every instance', async () => {
    const test = await threeInstances();
    const globs = Array.from({ length: 21 }, (_, index) => `*${index}*`).join();

    const { detail } = await test.json(`/instances?name=${globs}`, 400);

    expect(detail).toBe('name has more than 20 values with *');
  });

  it('is given as lines of JSON, whole where no limit is named', async () => {
    const test = await threeInstances();

    const whole = await test.ask('/instances?format=ndjson&fields=instanceId');
    const first = await test.ask('/instances?limit=1&fields=instanceId', {
      headers: new Map([['accept', 'application/x-ndjson']]),
    });
    const cursor = first.headers['x-next-cursor'];
    const second = await test.ask(`/instances?format=ndjson&fields=instanceId&cursor=${cursor}`);

    expect(whole.body).toBe('{"instanceId":"i-1"}\n{"instanceId":"i-3"}\n');
    expect(whole.headers).toMatchObject({
      'content-type': 'application/x-ndjson',
      'x-total-count': '2',
      'x-ecs-watch-age-seconds': '42',
      'x-ecs-watch-stale': 'false',
    });
    expect(whole.headers).not.toHaveProperty('x-next-cursor');
    expect([first.body, second.body]).toEqual(['{"instanceId":"i-1"}\n', '{"instanceId":"i-3"}\n']);
  });

  it('is given as a table in which a name is no formula', async () => {
    const test = await threeInstances();

    const { body, headers } = await test.ask(
      '/instances?format=csv&fields=instanceId,name,tags,privateIps',
    );

    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(body.split('\r\n')).toEqual([
      'instanceId,name,privateIps,tags',
      'i-1,web-c,10.0.0.1,env=prod',
      `i-3,"'=web-a, ""quoted""",,`,
      '',
    ]);
  });

  it('is unchanged for a client that has it, until something happens', async () => {
    const test = await threeInstances();
    const first = await test.ask('/instances');
    const again = { headers: new Map([['if-none-match', first.headers.etag ?? '']]) };

    test.nowMs += 30_000;
    const later = await test.ask('/instances', again);
    const other = await test.ask('/instances?status=Running', again);
    test.nowMs += 3_600_000;
    const stale = await test.ask('/instances', again);

    expect([first, later, other, stale].map(({ status }) => status)).toEqual([200, 304, 200, 200]);
    expect(later.headers).toMatchObject({
      'x-ecs-watch-age-seconds': '72',
      'x-ecs-watch-stale': 'false',
    });
  });

  it('gives the same answer under the same validator, at every moment of a minute', async () => {
    const test = await threeInstances();
    const answers = new Map<string, string>();

    for (let seconds = 0; seconds < 300; seconds += 7) {
      test.nowMs += 7_000;
      const { headers, body } = await test.ask('/instances?stoppedFor=3m');
      const shown = JSON.stringify(ids(JSON.parse(body)));
      expect(answers.get(headers.etag ?? '') ?? shown).toBe(shown);
      answers.set(headers.etag ?? '', shown);
    }
    expect(new Set(answers.values()).size).toBe(2);
  });

  it('has another validator once the tables were removed and made again', async () => {
    const validators = await Promise.all(
      ['Running', 'Stopped'].map(async (status) => {
        const test = testView();
        const hangzhou = recorder(test.journal, HANGZHOU);
        await hangzhou.record([appeared('i-1', status)], BASELINE);
        await hangzhou.saveHealth();
        return (await test.ask('/instances')).headers.etag;
      }),
    );

    expect(new Set(validators).size).toBe(2);
  });

  it('is as healthy on each page as on the first', async () => {
    const test = await threeInstances();
    const lastGoodAtMs = test.nowMs - 60_000;
    await test.journal.saveHealth(HANGZHOU, { ...NEW_HEALTH, lastGoodAtMs, failures: 3 });

    const first = await test.json('/instances?limit=1');
    const second = await test.json(`/instances?limit=1&cursor=${first.nextCursor}`);

    expect([first.healthy, second.healthy]).toEqual([false, false]);
  });

  it('judges a duration by the minute', async () => {
    const test = await threeInstances();
    const path = '/instances?stoppedFor=3m';
    const first = await test.ask(path);
    const again = { headers: new Map([['if-none-match', first.headers.etag ?? '']]) };

    test.nowMs += 60_000;
    const later = await test.ask(path, again);

    expect(ids(JSON.parse(first.body))).toEqual([]);
    expect(later.status).toBe(200);
    expect(ids(JSON.parse(later.body))).toEqual(['i-3']);
  });
});

describe('the list of instances at a time', () => {
  it('is that of the last commit by then', async () => {
    const test = await threeInstances();
    const at = async (timeMs: number) => {
      const { asOf, instances } = await test.json(`/instances?at=${timeMs}`);
      return [asOf, instances.map(({ instanceId, status }: Json) => `${instanceId} ${status}`)];
    };

    expect(await at(commitTime(1))).toEqual([
      new Date(commitTime(1)).toISOString(),
      ['i-1 Running', 'i-2 Running', 'i-3 Stopped'],
    ]);
    expect((await at(commitTime(2) - 1))[1]).toContain('i-2 Running');
    expect((await at(commitTime(2)))[1]).toContain('i-2 Stopped');
    expect((await at(commitTime(3)))[1]).toEqual(['i-1 Running', 'i-3 Stopped']);
  });

  it('says how far back it goes, and refuses the future', async () => {
    const test = await threeInstances();
    await test.json('/instances');
    test.journal.expire(HANGZHOU, 1);
    test.nowMs += 90 * DAY_MS;
    const messageOf = async (timeMs: number) =>
      (await test.json(`/instances?at=${timeMs}`, 400)).detail;

    expect(await messageOf(commitTime(1))).toBe(
      `main/cn-hangzhou: the journal goes back to ${new Date(commitTime(2)).toISOString()} only`,
    );
    expect(await messageOf(test.nowMs + 30_001)).toBe('at is in the future');
    expect(ids(await test.json(`/instances?at=${commitTime(2)}`))).toContain('i-2');
  });

  it('goes as far back in a quiet scope as the others show that commits are kept', async () => {
    const test = testView([HANGZHOU, SHANGHAI]);
    const quiet = recorder(test.journal, SHANGHAI);
    await quiet.record([appeared('i-quiet')], BASELINE);
    const busy = recorder(test.journal, HANGZHOU);
    await busy.record([appeared('i-0')], BASELINE);
    for (let seq = 2; seq <= 9; seq += 1) await busy.record([appeared(`i-${seq}`)]);
    const late = { tickId: 'tick', previousAtMs: commitTime(7), scope: SHANGHAI.key, seq: 2 };
    const changes = [moved('i-quiet', 'Running', 'Stopped')];
    await test.journal.append({ ...late, atMs: commitTime(8), changes });
    test.nowMs = commitTime(9) + 30 * DAY_MS;
    await busy.saveHealth();
    await quiet.saveHealth();
    await test.json('/instances');
    test.journal.expire(HANGZHOU, 4);
    test.journal.expire(SHANGHAI, 1);

    const before = await test.json(`/instances?at=${commitTime(6)}&id=i-quiet`);
    const after = await test.json(`/instances?at=${commitTime(8)}&id=i-quiet`);
    const { detail } = await test.json(`/instances?at=${commitTime(5) - 1}`, 400);

    expect([before, after].map(({ counts }) => counts)).toEqual([{ Running: 1 }, { Stopped: 1 }]);
    expect(detail).toBe(
      [HANGZHOU, SHANGHAI]
        .map(({ key }) => `${key}: the journal goes back to ${isoCommitTime(5)} only`)
        .join('; '),
    );
  });

  it('takes a time that only another clock has reached for now', async () => {
    const test = await threeInstances();

    const { total } = await test.json('/instances');

    expect((await test.json(`/instances?at=${test.nowMs + 200}`)).total).toBe(total);
  });

  it('grows old in an outage, and judges durations by its own time', async () => {
    const test = await threeInstances();
    const ages = async (timeMs: number) => {
      const { asOf, ageSeconds, stale } = await test.json(`/instances?at=${timeMs}`);
      return [asOf, ageSeconds, stale];
    };
    test.nowMs = commitTime(3) + 7 * DAY_MS;

    expect(await ages(commitTime(3) + 60_000)).toEqual([isoCommitTime(3), 60, false]);
    expect(await ages(test.nowMs - 1_000)).toEqual([isoCommitTime(3), 7 * 86_400 - 1, true]);
    const stopped = await test.json(`/instances?at=${commitTime(3)}&stoppedFor=1h`);
    expect(ids(stopped)).toEqual([]);
    const page = await test.json(`/instances?at=${commitTime(1)}&limit=1`);
    const next = await test.json(
      `/instances?at=${commitTime(1)}&limit=1&cursor=${page.nextCursor}`,
    );
    expect(next.asOf).toBe(page.asOf);
  });

  it('is not guessed where a damaged state was made again, and where all commits have expired', async () => {
    const rebuilt = await threeInstances();
    const past = recorder(rebuilt.journal, HANGZHOU, 3);
    await past.record([appeared('i-4')], {
      kind: 'baseline',
      instances: 3,
      last: true,
      since: 2,
    });
    rebuilt.nowMs = commitTime(5);
    const expired = await threeInstances();
    await expired.json('/instances');
    expired.journal.expire(HANGZHOU, 3);
    expired.nowMs = commitTime(3) + 90 * DAY_MS;
    const messageOf = async (test: TestView, timeMs: number) =>
      (await test.json(`/instances?at=${timeMs}`, 400)).detail;

    expect(await messageOf(rebuilt, commitTime(3))).toBe(
      'main/cn-hangzhou: its stored state was damaged, and what is known begins again at ' +
        isoCommitTime(4),
    );
    expect(ids(await rebuilt.json(`/instances?at=${commitTime(4)}`))).toContain('i-4');
    expect(await messageOf(expired, expired.nowMs - 2 * DAY_MS)).toMatch(
      /the journal goes back to/u,
    );
    expect(ids(await expired.json(`/instances?at=${expired.nowMs - HOUR_MS}`))).toEqual([
      'i-1',
      'i-3',
    ]);
  });

  it('is empty before the watcher began, in each scope by itself', async () => {
    const test = await threeInstances();
    const both = testView([HANGZHOU, SHANGHAI]);
    Object.assign(both, { nowMs: test.nowMs });
    await recorder(both.journal, HANGZHOU).record([appeared('i-1')], BASELINE);
    const shanghai = recorder(both.journal, SHANGHAI);
    await shanghai.record([], BASELINE);
    await shanghai.record([appeared('i-9')]);

    expect(ids(await both.json(`/instances?at=${commitTime(1)}`))).toEqual(['i-1']);
    const nothing = await both.json(`/instances?at=${commitTime(0)}`);
    expect([ids(nothing), nothing.asOf, nothing.stale]).toEqual([[], null, true]);
  });

  it('equals what was recorded, at every commit and just before it, in random histories', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(sight, { minLength: 1, maxLength: 6 }), async (sights) => {
        const { commits, states } = historyOf(sights);
        const test = testView([HANGZHOU]);
        for (const commit of commits) await test.journal.append(commit);
        test.nowMs = (commits.at(-1)?.atMs ?? 0) + 1;
        /** The state after the last commit that was made by a time. */
        const stateAt = (timeMs: number) =>
          states[commits.filter(({ atMs }) => atMs <= timeMs).length] ?? EMPTY_SNAPSHOT;

        for (const { atMs } of commits) {
          for (const timeMs of [atMs - 1, atMs]) {
            const shown = await test.json(`/instances?limit=1000&at=${timeMs}`);
            expect(shownOf(shown)).toEqual(recordedOf(stateAt(timeMs)));
            compared += 1;
          }
        }
      }),
      { numRuns: propertyRuns(30) },
    );
    expect(compared).toBeGreaterThan(propertyRuns(200));
  });
});

describe('the pages of a list', () => {
  it.each(['name', '-since', 'status'])(
    'sorted by %s miss and repeat nothing while everything changes',
    async (sort) => {
      const test = testView([HANGZHOU]);
      const { record } = recorder(test.journal, HANGZHOU);
      const all = Array.from({ length: 20 }, (_, index) => `i-${index + 10}`);
      await record(
        all.map((id, index) => appeared(id, 'Running', `web-${index % 7}`)),
        BASELINE,
      );
      let page = await test.json(`/instances?limit=3&sort=${sort}`);
      const seen = [...ids(page)];

      for (let turn = 0; page.nextCursor !== undefined; turn += 1) {
        // What was given, and what is still to come: both move in every order.
        await record([moved(all[turn] ?? '', 'Running', turn % 2 === 0 ? 'Stopped' : null)]);
        page = await test.json(`/instances?limit=3&sort=${sort}&cursor=${page.nextCursor}`);
        seen.push(...ids(page));
      }

      expect(seen.toSorted()).toEqual(all);
    },
  );

  it('refuse the cursor of another list', async () => {
    const test = await threeInstances();
    const { nextCursor } = await test.json('/instances?limit=1');

    const { detail } = await test.json(`/instances?sort=name&cursor=${nextCursor}`, 400);
    const wider = await test.json(`/instances?limit=5&fields=instanceId&cursor=${nextCursor}`);

    expect(detail).toMatch(/^cursor is not a cursor from an earlier answer/u);
    expect(ids(wider)).toEqual(['i-3']);
  });
});

function shownOf({ instances }: Json): readonly string[] {
  return instances
    .map(({ instanceId, status, name, since }: Json) =>
      JSON.stringify([instanceId, status, since, name]),
    )
    .sort();
}

function recordedOf({ instances }: Snapshot): readonly string[] {
  return [...instances]
    .map(([id, { status, name, sinceMs }]) =>
      JSON.stringify([id, status, new Date(sinceMs).toISOString(), name]),
    )
    .sort();
}
