import fc from 'fast-check';
import { NEW_HEALTH } from '../../shared/core/health.ts';
import { type Commit, EMPTY_SNAPSHOT, type Snapshot } from '../../shared/core/model.ts';
import { diffToken } from '../../shared/view/core/page-token.ts';
import { MINUTE_MS, NOW_MS } from '../helpers/examples.ts';
import { historyOf, sight } from '../helpers/histories.ts';
import { propertyRuns } from '../helpers/rounds.ts';
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
} from './helpers.ts';

const HOUR_MS = 60 * MINUTE_MS;

interface Recorded {
  readonly test: TestView;
  /** What the journals of both scopes hold at a time: instance id → status. */
  statusesAt(timeMs: number): ReadonlyMap<string, string>;
}

const sights = fc.array(sight, { minLength: 1, maxLength: 5 });

/** Two scopes with random histories. Both have instances of the same ids. */
async function recorded(
  histories: readonly [readonly Sight[], readonly Sight[]],
): Promise<Recorded> {
  const test = testView([HANGZHOU, SHANGHAI]);
  const made = histories.map((sights) => historyOf(sights));
  const keys = [HANGZHOU.key, SHANGHAI.key];
  for (const [index, { commits }] of made.entries())
    for (const commit of commits)
      await test.journal.append({ ...commit, scope: keys[index] ?? '' });
  test.nowMs = NOW_MS + 10 * MINUTE_MS;
  for (const scope of [HANGZHOU, SHANGHAI])
    await test.journal.saveHealth(scope, { ...NEW_HEALTH, lastGoodAtMs: test.nowMs });
  return {
    test,
    statusesAt: (timeMs) =>
      new Map(
        made.flatMap(({ commits, states }, index) =>
          [...stateAt(commits, states, timeMs).instances].map(
            ([id, { status }]) => [`${keys[index]} ${id}`, status] as const,
          ),
        ),
      ),
  };
}

type Sight = Parameters<typeof historyOf>[0][number];

function stateAt(
  commits: readonly Commit[],
  states: readonly Snapshot[],
  timeMs: number,
): Snapshot {
  return states[commits.filter(({ atMs }) => atMs <= timeMs).length] ?? EMPTY_SNAPSHOT;
}

const NOTHING: Sight = { statuses: new Map(), details: [{}], hasNotice: false };
/** Both scopes are watched, and hold nothing. */
const QUIET = [[NOTHING], [NOTHING]] as const;

const times = fc
  .tuple(fc.nat({ max: 6 * MINUTE_MS }), fc.nat({ max: 6 * MINUTE_MS }))
  .map(([one, other]) => [NOW_MS + Math.min(one, other), NOW_MS + Math.max(one, other)] as const);

describe('/diff', () => {
  it('is the difference of two states of random histories, in pages', async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(fc.tuple(sights, sights), times, async (histories, [fromMs, toMs]) => {
        const { test, statusesAt } = await recorded(histories);
        const [before, after] = [statusesAt(fromMs), statusesAt(toMs)];
        const expected = [...new Set([...before.keys(), ...after.keys()])]
          .map((key) => `${key} ${before.get(key) ?? null} ${after.get(key) ?? null}`)
          .filter((line) => line.split(' ').at(-1) !== line.split(' ').at(-2));

        const shown = await pagesOf(test, `/diff?from=${fromMs}&to=${toMs}&limit=7`);

        expect(shown.toSorted()).toEqual(expected.toSorted());
        found += shown.length;
      }),
      { numRuns: propertyRuns(40) },
    );
    expect(found).toBeGreaterThan(propertyRuns(100));
  });

  it('names both moments, with where the fleet of each is shown', async () => {
    const { test } = await recorded(QUIET);

    const { from, to } = await test.json(`/diff?from=${NOW_MS}`);

    expect(from).toEqual({
      at: new Date(NOW_MS).toISOString(),
      asOf: new Date(NOW_MS).toISOString(),
      stale: false,
      instances: `/instances?at=${NOW_MS}`,
    });
    expect(to.at).toBe(new Date(test.nowMs).toISOString());
  });

  it('refuses a period that does not exist', async () => {
    const { test } = await recorded(QUIET);
    const messageOf = async (query: string) => (await test.json(`/diff?${query}`, 400)).detail;

    expect(await messageOf('')).toMatch(/^from is missing/u);
    expect(await messageOf('from=yesterday')).toMatch(/^from is not a time/u);
    expect(await messageOf(`from=${NOW_MS}&to=1`)).toBe('from is later than to');
    expect(await messageOf(`from=1&to=${test.nowMs + 30_001}`)).toBe('to is in the future');
    expect(await messageOf(`from=${NOW_MS - 1}`)).toBe(
      'main/cn-hangzhou was not watched yet at from; main/cn-shanghai was not watched yet at from',
    );
  });
});

/** The differences of all pages, each as `scope id from to`. */
async function pagesOf(test: TestView, address: string): Promise<readonly string[]> {
  const lines: string[] = [];
  let cursor = '';
  do {
    const page: Json = await test.json(`${address}${cursor}`);
    lines.push(
      ...page.differences.map(
        ({ scope, instanceId, from, to }: Json) => `${scope} ${instanceId} ${from} ${to}`,
      ),
    );
    cursor = page.nextCursor === undefined ? '' : `&cursor=${page.nextCursor}`;
    // Time passes between the pages, and `to` stays what it was.
    Object.assign(test, { nowMs: test.nowMs + 1_000 });
  } while (cursor !== '');
  return lines;
}

/** A forged cursor: its checksum is no secret. */
function forgedCursor(nowMs: number, query: string): string {
  const seqs = new Map([HANGZHOU, SHANGHAI].map(({ key }) => [key, 1]));
  return diffToken.encode({ before: seqs, after: seqs, offset: 0, nowMs }, query);
}

describe('/diff in pages', () => {
  it('goes on in both states of its first page, whatever is written meanwhile', async () => {
    const test = testView([HANGZHOU]);
    const { record } = recorder(test.journal, HANGZHOU);
    await record([appeared('i-1'), appeared('i-2'), appeared('i-3')], BASELINE);
    await record([moved('i-2', 'Running', 'Stopped'), moved('i-3', 'Running', 'Stopped')]);
    test.nowMs = commitTime(4);
    const address = `/diff?from=${commitTime(1)}&limit=1`;
    const first = await test.json(address);
    // A commit carries the end of its scan, and is written later.
    await record([moved('i-1', 'Running', 'Stopped')]);

    const second = await test.json(`${address}&cursor=${first.nextCursor}`);

    expect([first.total, second.total]).toEqual([2, 2]);
    expect([first, second].map(({ differences: [one] }: Json) => one.instanceId)).toEqual([
      'i-2',
      'i-3',
    ]);
  });

  it('refuses a cursor of the future', async () => {
    const { test } = await recorded(QUIET);
    const query = `from=${NOW_MS}`;
    const cursor = forgedCursor(2 ** 53 - 1, JSON.stringify([['from', String(NOW_MS)]]));

    const { detail } = await test.json(`/diff?${query}&cursor=${cursor}`, 400);

    expect(detail).toMatch(/^cursor is not a cursor/u);
  });
});

describe('/counts', () => {
  it('counts nothing where nothing was seen: in an outage, and after the last scan', async () => {
    const test = testView([HANGZHOU]);
    const { record, saveHealth } = recorder(test.journal, HANGZHOU);
    await record([appeared('i-1')], BASELINE);
    await record([moved('i-1', 'Running', 'Stopped')]);
    await saveHealth();
    test.nowMs = commitTime(2) + HOUR_MS;
    const { points, stale } = await test.json(
      `/counts?from=${commitTime(1)}&to=${test.nowMs}&step=30m`,
    );

    expect(stale).toBe(true);
    expect(points.map(({ counts }: Json) => counts)).toEqual([{ Running: 1 }, null, null]);
  });

  it('counts what was recorded, at every point of random histories', async () => {
    let counted = 0;
    await fc.assert(
      fc.asyncProperty(fc.tuple(sights, sights), times, async (histories, [fromMs, toMs]) => {
        const { test, statusesAt } = await recorded(histories);

        const { points } = await test.json(`/counts?from=${fromMs}&to=${toMs}&step=30s`);

        expect(points).toHaveLength(Math.floor((toMs - fromMs) / 30_000) + 1);
        for (const { at, counts } of points) {
          const statuses = [...statusesAt(Date.parse(at)).values()];
          const sum = (total: number, status: string) =>
            total + statuses.filter((one) => one === status).length;
          expect(Object.values(counts)).toHaveLength(new Set(statuses).size);
          expect(Object.keys(counts).reduce(sum, 0)).toBe(statuses.length);
          for (const [status, number] of Object.entries(counts))
            expect(statuses.filter((one) => one === status)).toHaveLength(Number(number));
          counted += statuses.length;
        }
      }),
      { numRuns: propertyRuns(40) },
    );
    expect(counted).toBeGreaterThan(propertyRuns(500));
  });

  it('is of the scopes that are asked for, and has a thousand points at most', async () => {
    const { test } = await recorded(QUIET);
    const narrow = await test.json(`/counts?from=${NOW_MS}&region=cn-shanghai`);

    expect(narrow.scopes).toMatchObject([{ scope: SHANGHAI.key, stale: false }]);
    expect(narrow.points[0]).toEqual({ at: new Date(NOW_MS).toISOString(), counts: {} });
    const { detail } = await test.json(`/counts?from=${NOW_MS}&step=0s`, 400);
    expect(detail).toBe('step is zero');
    const tooMany = await test.json('/counts?from=1&step=1h', 400);
    expect(tooMany.detail).toBe('step is too small: more than 1000 points between from and to');
  });
});
