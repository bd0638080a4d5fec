import { type CloudEvent, HTTP } from 'cloudevents';
import fc from 'fast-check';
import { changesOf, newsOf } from '../../shared/view/core/feed.ts';
import { historyOf, sight } from '../helpers/histories.ts';
import { propertyRuns } from '../helpers/rounds.ts';
import { HANGZHOU, type Json, SHANGHAI, type TestView, testView } from './helpers.ts';

const sights = fc.array(sight, { minLength: 1, maxLength: 5 });

/** Random journals of two scopes, and what a client that follows them is to be given. */
function journalsOf(histories: readonly (readonly Parameters<typeof historyOf>[0][number][])[]) {
  const keys = [HANGZHOU.key, SHANGHAI.key];
  const journals = histories.map((history, index) =>
    historyOf(history).commits.map((commit) => ({ ...commit, scope: keys[index] ?? '' })),
  );
  const commits = journals.flat();
  const news = commits.flatMap((commit) => newsOf(commit));
  const ids = news.flatMap(({ kind, commit: { scope, seq }, index }) =>
    kind === 'change' ? [`${scope}/${seq}/${index}`] : [],
  );
  return { journals, ids };
}

describe('a client that follows the changes', () => {
  it('is given each of them once, from any place, in pages of any size, while commits arrive', async () => {
    let followed = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(sights, sights),
        fc.array(
          fc.record({ limit: fc.integer({ min: 1, max: 30 }), arriving: fc.nat({ max: 3 }) }),
          {
            minLength: 1,
            maxLength: 10,
          },
        ),
        fc.nat({ max: 4 }),
        async (histories, turns, already) => {
          const { journals, ids } = journalsOf(histories);
          const test = testView([HANGZHOU, SHANGHAI]);
          const waiting = journals.map((commits) => [...commits]);
          const arrive = async (count: number): Promise<void> => {
            for (const commits of waiting)
              for (const commit of commits.splice(0, count)) await test.journal.append(commit);
          };
          await arrive(already);
          const seen: string[] = [];
          let cursor = '0';
          for (let turn = 0; ; turn += 1) {
            const { limit, arriving } = turns[turn] ?? { limit: 1_000, arriving: 1_000 };
            const page = await test.json(`/changes?since=${cursor}&limit=${limit}`);
            seen.push(...page.changes.map(({ id }: Json) => id));
            cursor = page.nextCursor;
            const isAll = waiting.every((commits) => commits.length === 0);
            if (isAll && page.more === false) break;
            await arrive(arriving);
          }

          expect(seen.toSorted()).toEqual(ids.toSorted());
          followed += seen.length;
        },
      ),
      { numRuns: propertyRuns(60) },
    );
    expect(followed).toBeGreaterThan(propertyRuns(500));
  });
});

/** One scope in which an instance appears, stops, and a suspicion is lifted. */
async function someChanges(): Promise<TestView> {
  const test = testView([HANGZHOU]);
  const statuses = (...list: readonly string[]) =>
    new Map(list.map((status, index) => [`i-${index}`, status] as const));
  const details = [{ name: 'web-1' }];
  const { commits } = historyOf([
    { statuses: statuses('Running'), details, hasNotice: false },
    { statuses: statuses('Stopped', 'Running'), details, hasNotice: true },
  ]);
  for (const commit of commits) await test.journal.append(commit);
  expect(commits.flatMap(changesOf)).toHaveLength(3);
  return test;
}

describe('the changes', () => {
  it('are given as lines of JSON, changes and notices in their order', async () => {
    const test = await someChanges();

    const whole = await test.ask('/changes?since=0&format=ndjson');
    const first = await test.ask('/changes?since=0&limit=2', {
      headers: new Map([['accept', 'application/x-ndjson']]),
    });
    const cursor = first.headers['x-next-cursor'];
    const rest = await test.ask(`/changes?since=${cursor}&format=ndjson`);

    const lines = whole.body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ id, notice }) => notice ?? id)).toEqual([
      'baseline',
      'main/cn-hangzhou/2/0',
      'main/cn-hangzhou/2/1',
      'suspicion-lifted',
    ]);
    expect(first.body + rest.body).toBe(whole.body);
    expect([first.headers['x-more'], rest.headers['x-more']]).toEqual(['true', 'false']);
    expect(whole.headers['content-type']).toBe('application/x-ndjson');
  });

  it('are given as a batch of events that the official package reads, with ids that never change', async () => {
    const test = await someChanges();

    const { headers, body } = await test.ask('/changes?since=0&format=cloudevents');
    const read = HTTP.toEvent({ headers: { ...headers }, body });
    const events = Array.isArray(read) ? (read as CloudEvent<Json>[]) : [];
    const ids: unknown[] = [];
    let cursor: string | undefined = '0';
    for (let more: string | undefined = 'true'; more === 'true'; ) {
      const page = await test.ask(`/changes?since=${cursor}&limit=1&format=cloudevents`);
      ids.push(...JSON.parse(page.body).map(({ id }: Json) => id));
      more = page.headers['x-more'];
      cursor = page.headers['x-next-cursor'];
    }

    expect(headers['content-type']).toBe('application/cloudevents-batch+json');
    expect(events.map((event) => event.validate())).toEqual([true, true, true, true]);
    expect(events.map(({ type, subject }) => [type, subject])).toEqual([
      ['ecs-watch.notice', undefined],
      ['ecs-watch.change', 'i-0'],
      ['ecs-watch.change', 'i-1'],
      ['ecs-watch.notice', undefined],
    ]);
    expect(events[1]?.data).toMatchObject({ instanceId: 'i-0', from: 'Running', to: 'Stopped' });
    expect(ids).toEqual(events.map(({ id }) => id));
  });
});
