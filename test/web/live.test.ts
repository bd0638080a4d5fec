import fc from 'fast-check';
import { seededRandom } from '../../local/random.ts';
import { createClient, type Fetch } from '../../web/client.ts';
import { rowOf } from '../../web/core/answers.ts';
import { lostContact } from '../../web/core/contact.ts';
import { rowKey, wholeTotals } from '../../web/core/fleet.ts';
import { followView, type Live, NOTHING_YET, type World } from '../../web/live.ts';
import { historyOf, sight } from '../helpers/histories.ts';
import { roundsOf } from '../helpers/rounds.ts';
import {
  appeared,
  BASELINE,
  commitTime,
  HANGZHOU,
  type Json,
  moved,
  recorder,
  SHANGHAI,
  type TestView,
  testView,
} from '../view/helpers.ts';

/** Pages with histories of their own. */
const PAGES = roundsOf('LIVE_PAGES', 3);

/** A page on a wall: its clock, which may be behind that of the view, and its timers are the test's. */
function wall(test: TestView, behindMs = 0) {
  let timer: { readonly atMs: number; readonly callback: () => void } | null = null;
  const world: World = {
    now: () => test.nowMs - behindMs,
    random: () => 0.5,
    isVisible: () => true,
    setTimer(ms, callback) {
      timer = { atMs: test.nowMs + ms, callback };
      return () => {
        timer = null;
      };
    },
  };
  return {
    world,
    /** Lets the page do what it does until it waits, and then the time pass. */
    async poll(): Promise<void> {
      for (let turns = 0; timer === null; turns += 1) {
        if (turns > 100_000) throw new Error('the page never waits');
        await new Promise(setImmediate);
      }
      const { atMs, callback } = timer;
      timer = null;
      test.nowMs = Math.max(test.nowMs, atMs);
      callback();
    },
  };
}

const FAULTS: readonly (() => Response | Promise<Response>)[] = [
  () => Promise.reject(new TypeError('Failed to fetch')),
  () => new Response('{"detail":"the journal could not be read"}', { status: 503 }),
  () => new Response('{"detail":"send the token of the view"}', { status: 401 }),
  () => new Response('<html>502 Bad Gateway</html>', { status: 502 }),
  () => new Response('{"changes":[', { status: 200 }),
];

/** The view as a browser fetches it, which fails as often as `failing` says. */
function fetching(test: TestView, failing: () => number, random: () => number): Fetch {
  return async (path, options) => {
    if (random() < failing()) {
      const fault = FAULTS[Math.floor(random() * FAULTS.length)];
      if (fault !== undefined) return fault();
    }
    const headers = new Map(Object.entries(options.headers));
    const answer = await test.ask(`/${path}`, { headers });
    const body = answer.status === 304 ? null : answer.body;
    return new Response(body, { status: answer.status, headers: answer.headers });
  };
}

const sights = fc.array(sight, { minLength: 1, maxLength: 8 });
const keys = [HANGZHOU.key, SHANGHAI.key];

describe('the page on a wall', () => {
  it('is right after 200 polls, whatever failed, restarted or was refused meanwhile', async () => {
    let failed = 0;
    await fc.assert(
      fc.asyncProperty(fc.tuple(sights, sights), fc.integer(), async (histories, seed) => {
        const { next: random } = seededRandom(seed);
        const test = testView([HANGZHOU, SHANGHAI]);
        const waiting = histories.map((history, index) =>
          historyOf(history).commits.map((commit) => ({ ...commit, scope: keys[index] ?? '' })),
        );
        let isFailing = true;
        const fetch = fetching(test, () => (isFailing ? 0.2 : 0), random);
        const { world, poll } = wall(test);
        let live: Live = NOTHING_YET;
        const follower = followView(createClient(fetch), world, null, (next) => {
          if (next.lost !== null && live.lost === null) failed += 1;
          live = next;
        });

        for (let polls = 0; polls < 200; polls += 1) {
          for (const commits of waiting) {
            if (random() > 0.1) continue;
            for (const commit of commits.splice(0, 1)) await test.journal.append(commit);
          }
          // Another instance of the function answers from now on.
          if (random() < 0.05) test.ports.readings.set(HANGZHOU.key, undefined as never);
          await poll();
        }
        isFailing = false;
        for (let polls = 0; polls < 4; polls += 1) await poll();
        follower.stop();

        const { instances }: Json = await test.json('/instances?limit=1000');
        expect(live.lost).toBeNull();
        expect(live.isWhole).toBe(true);
        expect(live.total).toBe(instances.length);
        expect([...live.fleet.values()].sort(byKey)).toEqual(instances.map(rowOf).sort(byKey));
      }),
      { numRuns: PAGES, endOnFailure: true },
    );
    expect(failed).toBeGreaterThan(PAGES);
  });

  it('goes by the clock of the view, however wrong its own is', async () => {
    const behindMs = 3 * 60 * 60 * 1000;
    const test = testView([HANGZHOU]);
    const own = recorder(test.journal, HANGZHOU);
    await own.record([appeared('i-1')], BASELINE);
    await own.saveHealth();
    test.nowMs = commitTime(1) + 30_000;
    const { world, poll } = wall(test, behindMs);
    let live: Live = NOTHING_YET;
    const statuses: number[] = [];
    let isDown = false;
    const answered = fetching(test, () => 0, Math.random);
    const fetch: Fetch = async (path, options) => {
      if (isDown) throw new TypeError('Failed to fetch');
      const response = await answered(path, options);
      if (path.startsWith('changes?since')) statuses.push(response.status);
      return response;
    };
    const follower = followView(createClient(fetch), world, null, (next) => {
      live = next;
    });

    // The first answer is a whole one, and the next one says only that nothing has changed.
    for (let polls = 0; polls < 3; polls += 1) {
      await poll();
      expect(Math.abs(live.clockAheadMs - behindMs)).toBeLessThan(1_000);
    }
    expect(statuses).toEqual([200, 304]);

    isDown = true;
    const downMs = test.nowMs;
    for (let polls = 0; polls < 3; polls += 1) await poll();
    follower.stop();
    const sinceMs = lostContact(live, world.now(), true)?.sinceMs ?? 0;
    expect(Math.abs(sinceMs - downMs)).toBeLessThan(10_000);
  });

  it('knows the clock of the view also where it shows the past', async () => {
    const behindMs = -3 * 60 * 60 * 1000;
    const test = testView([HANGZHOU]);
    const own = recorder(test.journal, HANGZHOU);
    await own.record([appeared('i-1')], BASELINE);
    await own.saveHealth();
    test.nowMs = commitTime(1) + 30_000;
    let live: Live = NOTHING_YET;

    await new Promise<void>((resolve) => {
      const client = createClient(fetching(test, () => 0, Math.random));
      followView(client, wall(test, behindMs).world, commitTime(1) + 10_000, (next) => {
        live = next;
        if (next.answerDueMs === Number.POSITIVE_INFINITY && next.isWhole) resolve();
      });
    });

    expect(live.freshness?.ageSeconds).toBe(10);
    expect(Math.abs(live.clockAheadMs - behindMs)).toBeLessThan(1_000);
  });

  it('reads the health again, though the clock of its machine was set back', async () => {
    const test = testView([HANGZHOU]);
    const own = recorder(test.journal, HANGZHOU);
    await own.record([appeared('i-1')], BASELINE);
    await own.saveHealth();
    test.nowMs = commitTime(1) + 30_000;
    const { world, poll } = wall(test);
    let backMs = 0;
    const asked: string[] = [];
    const answered = fetching(test, () => 0, Math.random);
    const fetch: Fetch = (path, options) => {
      asked.push(path);
      return answered(path, options);
    };
    const setBack = { ...world, now: () => world.now() - backMs };
    const follower = followView(createClient(fetch), setBack, null, () => undefined);
    await poll();
    backMs = 24 * 60 * 60 * 1000;

    asked.length = 0;
    for (let polls = 0; polls < 2; polls += 1) await poll();
    follower.stop();

    expect(asked).toContain('healthz');
  });

  it('shows the state of the last good scan, also while nothing changes', async () => {
    const test = testView([HANGZHOU]);
    const own = recorder(test.journal, HANGZHOU);
    await own.record([appeared('i-1')], BASELINE);
    await own.saveHealth();
    test.nowMs = commitTime(1) + 1_000;
    const { world, poll } = wall(test);
    let live: Live = NOTHING_YET;
    const fetch = fetching(test, () => 0, Math.random);
    const follower = followView(createClient(fetch), world, null, (next) => {
      live = next;
    });
    await poll();

    for (let scans = 1; scans <= 3; scans += 1) {
      const lastGoodAtMs = commitTime(1) + scans * 60_000;
      await own.saveHealth({ lastGoodAtMs });
      test.nowMs = lastGoodAtMs;
      await poll();
      await poll();
      expect(live.freshness?.asOf).toBe(new Date(lastGoodAtMs).toISOString());
    }
    follower.stop();
  });

  it('says when an answer is overdue, and gives up a question that was lost in a sleep', async () => {
    const test = testView([HANGZHOU]);
    const own = recorder(test.journal, HANGZHOU);
    await own.record([appeared('i-1')], BASELINE);
    await own.saveHealth();
    test.nowMs = commitTime(1) + 1_000;
    const { world, poll } = wall(test);
    let live: Live = NOTHING_YET;
    let isLost = false;
    const answered = fetching(test, () => 0, Math.random);
    const fetch: Fetch = (path, options) => {
      if (!isLost) return answered(path, options);
      return new Promise((_, reject) => {
        options.signal.addEventListener('abort', () => reject(options.signal.reason));
      });
    };
    const follower = followView(createClient(fetch), world, null, (next) => {
      live = next;
    });
    await poll();
    await poll();
    expect(live.answeredAtMs).toBeGreaterThan(test.nowMs - 6_000);
    expect(live.answerDueMs).toBeGreaterThan(test.nowMs);
    isLost = true;
    await poll();

    test.nowMs += 8 * 60 * 60 * 1000;
    expect(live.answerDueMs).toBeLessThan(test.nowMs);
    isLost = false;
    follower.wake();
    await poll();
    await poll();
    follower.stop();

    expect(live.lost).toBeNull();
    expect(live.answeredAtMs).toBeGreaterThan(test.nowMs - 10_000);
  });

  it('keeps the health that it knows where that cannot be read, and says so', async () => {
    const test = testView([HANGZHOU]);
    const own = recorder(test.journal, HANGZHOU);
    await own.record([appeared('i-1')], BASELINE);
    await own.saveHealth();
    test.nowMs = commitTime(1) + 1_000;
    const { world, poll } = wall(test);
    let live: Live = NOTHING_YET;
    const fetch = fetching(test, () => 0, Math.random);
    let isBroken = false;
    const broken: Fetch = async (path, options) => {
      if (path !== 'healthz' || !isBroken) return fetch(path, options);
      return Response.json({ ok: false, error: { message: 'unreadable' } }, { status: 503 });
    };
    const follower = followView(createClient(broken), world, null, (next) => {
      live = next;
    });
    await poll();
    const { health } = live;
    expect(health).toMatchObject({ ok: true, channels: [] });

    isBroken = true;
    for (let polls = 0; polls < 10; polls += 1) await poll();
    expect(live.health).toBe(health);
    expect(live.lost).toMatchObject({ status: 503, problem: 'unreadable' });

    isBroken = false;
    for (let polls = 0; polls < 2; polls += 1) await poll();
    expect(live.lost).toBeNull();
    follower.stop();
  });

  it('asks once for a moment that the view refuses', async () => {
    const test = testView([HANGZHOU]);
    const { world, poll } = wall(test);
    const asked: string[] = [];
    let live: Live = NOTHING_YET;
    const refusing: Fetch = async (path) => {
      asked.push(path);
      return Response.json({ detail: 'at lies in the future' }, { status: 400 });
    };
    followView(createClient(refusing), world, test.nowMs + 1, (next) => {
      live = next;
    });

    await expect(poll()).rejects.toThrow('the page never waits');
    expect(asked).toHaveLength(1);
    expect(live.lost).toMatchObject({
      status: 400,
      problem: 'at lies in the future',
      isOver: true,
    });
  });

  it('asks again for a moment that it could not read this time', async () => {
    const test = testView([HANGZHOU]);
    const { world, poll } = wall(test);
    const busy: Fetch = async () =>
      Response.json({ type: 'urn:ecs-watch:busy', detail: 'too many requests' }, { status: 429 });
    let live: Live = NOTHING_YET;
    const follower = followView(createClient(busy), world, test.nowMs - 1, (next) => {
      live = next;
    });

    for (let polls = 0; polls < 3; polls += 1) await poll();
    follower.stop();

    expect(live.lost).toEqual({
      sinceMs: expect.any(Number),
      status: 429,
      code: 'busy',
      problem: 'too many requests',
    });
  });

  it('drops the instances of a scope that is not watched any more', async () => {
    const test = testView([HANGZHOU, SHANGHAI]);
    for (const scope of [HANGZHOU, SHANGHAI]) {
      const own = recorder(test.journal, scope);
      await own.record([appeared(`i-${scope.regionId}`)], BASELINE);
      await own.saveHealth();
    }
    test.nowMs = commitTime(1) + 30_000;
    const { world, poll } = wall(test);
    let live: Live = NOTHING_YET;
    const client = createClient(fetching(test, () => 0, Math.random));
    const follower = followView(client, world, null, (next) => {
      live = next;
    });
    await poll();
    expect(live.total).toBe(2);

    Object.assign(test.ports, { scopes: [HANGZHOU] });
    for (let polls = 0; polls < 3; polls += 1) await poll();
    expect([...live.fleet.values()].map(({ scope }) => scope)).toEqual([HANGZHOU.key]);

    Object.assign(test.ports, { scopes: [HANGZHOU, SHANGHAI] });
    for (let polls = 0; polls < 3; polls += 1) await poll();
    follower.stop();
    expect(live.total).toBe(2);
  });

  it('keeps an instance that two scopes watch in both of them', async () => {
    const test = testView([HANGZHOU, SHANGHAI]);
    const ids = Array.from({ length: 80 }, (_, index) => `i-${index}`);
    const recorders = [HANGZHOU, SHANGHAI].map((scope) => recorder(test.journal, scope));
    for (const own of recorders) {
      await own.record(
        ids.map((id) => appeared(id)),
        BASELINE,
      );
      await own.saveHealth();
    }
    test.nowMs = commitTime(1) + 1_000;
    const { world, poll } = wall(test);
    let live: Live = NOTHING_YET;
    const fetch = fetching(test, () => 0, Math.random);
    const follower = followView(createClient(fetch), world, null, (next) => {
      live = next;
    });
    await poll();

    for (const own of recorders) await own.record(ids.map((id) => moved(id, 'Running', 'Stopped')));
    await poll();
    await poll();
    follower.stop();

    expect(live.fleet.size).toBe(2 * ids.length);
    expect([...live.fleet.values()].every(({ instance }) => instance.status === 'Stopped')).toBe(
      true,
    );
  });

  it('counts the whole fleet and shows what changed, while it is still reading the rows', async () => {
    const size = 450;
    const test = testView([HANGZHOU]);
    const own = recorder(test.journal, HANGZHOU);
    const all = Array.from({ length: size }, (_, index) => appeared(`i-${index}`));
    await own.record(all, BASELINE);
    await own.record([moved('i-0', 'Running', 'Stopped')]);
    await own.saveHealth();
    test.nowMs = commitTime(2) + 1_000;
    const { world, poll } = wall(test);
    const published: Live[] = [];
    const fetch = fetching(test, () => 0, Math.random);
    const follower = followView(createClient(fetch), world, null, (live) => published.push(live));
    await poll();
    follower.stop();

    const read = published.filter(({ freshness }) => freshness !== null);
    expect(read.filter(({ isWhole }) => !isWhole).length).toBeGreaterThan(0);
    for (const live of read) {
      const statuses = new Map([
        ['Running', size - 1],
        ['Stopped', 1],
      ]);
      expect(wholeTotals(live)).toMatchObject({ total: size, statuses });
      expect(live.changes.map(({ to }) => to)).toEqual(['Stopped']);
    }
  });
});

type Row = Parameters<typeof rowKey>[0];

function byKey(one: Row, other: Row): number {
  return rowKey(one) < rowKey(other) ? -1 : 1;
}
