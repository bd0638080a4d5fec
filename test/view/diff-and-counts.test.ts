import fc from 'fast-check';
import { type Commit, EMPTY_SNAPSHOT, type Snapshot } from '../../shared/core/model.ts';
import { MINUTE_MS, NOW_MS } from '../helpers/examples.ts';
import { historyOf, sight } from '../helpers/histories.ts';
import { HANGZHOU, type Json, SHANGHAI, type TestView, testView } from './helpers.ts';

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
  const made = histories.map(historyOf);
  const keys = [HANGZHOU.key, SHANGHAI.key];
  for (const [index, { commits }] of made.entries())
    for (const commit of commits)
      await test.journal.append({ ...commit, scope: keys[index] ?? '' });
  test.nowMs = NOW_MS + 10 * MINUTE_MS;
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
      { numRuns: 40 },
    );
    expect(found).toBeGreaterThan(100);
  });

  it('names both moments, with where the fleet of each is shown', async () => {
    const { test } = await recorded([[], []]);

    const { from, to } = await test.json(`/diff?from=${NOW_MS}`);

    expect(from).toEqual({
      at: new Date(NOW_MS).toISOString(),
      instances: `/instances?at=${NOW_MS}`,
    });
    expect(to.at).toBe(new Date(test.nowMs).toISOString());
  });

  it('refuses a period that does not exist', async () => {
    const { test } = await recorded([[], []]);
    const messageOf = async (query: string) =>
      (await test.json(`/diff?${query}`, 400)).error.message;

    expect(await messageOf('')).toMatch(/^from is missing/u);
    expect(await messageOf('from=yesterday')).toMatch(/^from is not a time/u);
    expect(await messageOf(`from=${NOW_MS}&to=1`)).toBe('from is later than to');
    expect(await messageOf(`from=1&to=${test.nowMs + 1}`)).toBe('to is in the future');
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

describe('/counts', () => {
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
      { numRuns: 40 },
    );
    expect(counted).toBeGreaterThan(500);
  });

  it('is of the scopes that are asked for, and has a thousand points at most', async () => {
    const { test } = await recorded([[], []]);
    const narrow = await test.json(`/counts?from=${NOW_MS}&region=cn-shanghai`);

    expect(narrow.scopes).toEqual([SHANGHAI.key]);
    expect(narrow.points[0]).toEqual({ at: new Date(NOW_MS).toISOString(), counts: {} });
    const { error } = await test.json(`/counts?from=${NOW_MS}&step=0s`, 400);
    expect(error.message).toBe('step is zero');
    const tooMany = await test.json(`/counts?from=1&step=1h`, 400);
    expect(tooMany.error.message).toBe(
      'step is too small: more than 1000 points between from and to',
    );
  });
});
