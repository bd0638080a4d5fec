import type { Scope } from '../../shared/core/model.ts';
import type { JournalReader } from '../../shared/ports/journal.ts';
import { type Item, newsOf } from '../../shared/view/core/feed.ts';
import { readFeed } from '../../shared/view/feed.ts';
import { aScope } from '../helpers/examples.ts';
import { memoryJournal } from '../helpers/memory-journal.ts';
import { appeared, BASELINE, type Json, moved, recorder, testView } from './helpers.ts';

const SCOPES: readonly Scope[] = Array.from({ length: 20 }, (_, index) => aScope(`r-${index}`));
const COMMITS = 600;

/** Twenty scopes with a long history each, and the commits that were read of it. */
async function longHistories() {
  const journal = memoryJournal();
  const commits = { newer: 0, older: 0 };
  const counted: JournalReader = {
    ...journal,
    async after(scope, seq, limit) {
      const read = await journal.after(scope, seq, limit);
      commits.newer += read.length;
      return read;
    },
    async before(scope, seq, limit) {
      const read = await journal.before(scope, seq, limit);
      commits.older += read.length;
      return read;
    },
  };
  for (const scope of SCOPES) {
    const past = recorder(journal, scope);
    await past.record([appeared(`i-${scope.key}`, 'a')], BASELINE);
    for (let seq = 2; seq <= COMMITS; seq += 1) {
      const [from, to] = seq % 2 === 0 ? ['a', 'b'] : ['b', 'a'];
      await past.record([moved(`i-${scope.key}`, from, to)]);
    }
  }
  return { journal, counted, commits };
}

function query(limit: number, isWanted: (item: Item) => boolean) {
  return { direction: 'newer', limit, itemsOf: newsOf, isWanted } as const;
}

describe('the commits that are read of many scopes', () => {
  it('are about as many as the items that are wanted', async () => {
    const { counted, commits } = await longHistories();

    const { items } = await readFeed(
      counted,
      SCOPES,
      new Map(),
      query(100, () => true),
    );

    expect(items).toHaveLength(100);
    expect(commits.newer).toBeLessThan(1_000);
  });

  it('are bounded together where nothing is found, and the next request goes on', async () => {
    const { counted, commits } = await longHistories();
    const isWanted = ({ commit, kind }: Item) => kind === 'change' && commit.seq === COMMITS;

    const first = await readFeed(counted, SCOPES, new Map(), query(100, isWanted));

    expect(first).toMatchObject({ items: [], isEnd: false });
    expect(commits.newer).toBe(10_000);
    const second = await readFeed(counted, SCOPES, first.positions, query(100, isWanted));
    expect(second).toMatchObject({ isEnd: true });
    expect(second.items).toHaveLength(SCOPES.length);
  });

  it('are bounded together where an id is mistyped', async () => {
    const { journal, counted, commits } = await longHistories();
    const test = testView(SCOPES, { ...journal, after: counted.after, before: counted.before });

    const { nextCursor }: Json = await test.json('/instances/i-typo', 404);
    const reads = commits.older;
    const last: Json = await test.json(`/instances/i-typo?cursor=${nextCursor}`, 404);

    expect(reads).toBe(10_000);
    expect(last.nextCursor).toBeUndefined();
  });

  it('are in one order, whichever scope has had its items close together', async () => {
    const { journal, counted } = await longHistories();
    const busy = recorder(journal, aScope('busy'));
    await busy.record([appeared('i-busy', 'a')], BASELINE);
    for (let seq = 2; seq <= 90; seq += 1) {
      const [from, to] = seq % 2 === 0 ? ['a', 'b'] : ['b', 'a'];
      await busy.record([moved('i-busy', from, to)]);
    }

    const found = await readFeed(
      counted,
      [aScope('busy'), ...SCOPES],
      new Map(),
      query(200, ({ commit }) => commit.seq % 10 === 0 || commit.scope === 'main/busy'),
    );

    expect(found.items).toHaveLength(200);
    const times = found.items.map(({ commit }) => commit.atMs);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
  });
});
