import type { Change, Commit, Notice } from '../../../shared/core/model.ts';
import {
  changesOf,
  type Direction,
  type Item,
  itemsBeyond,
  mergeByTime,
  newsOf,
  type ScopeItems,
} from '../../../shared/view/core/feed.ts';
import { changeJson, itemsJson, releaseJson } from '../../../shared/view/core/feed-json.ts';
import { aScope } from '../../helpers/examples.ts';

const SCOPE = aScope('a');

function commitOf(seq: number, changes: readonly Change[], notice?: Notice): Commit {
  return {
    scope: SCOPE.key,
    seq,
    atMs: seq * 1000,
    previousAtMs: seq === 1 ? null : (seq - 1) * 1000,
    tickId: 't',
    changes,
    ...(notice !== undefined && { notice }),
  };
}

const STOPPED: Change = { instanceId: 'i-1', from: 'Running', to: 'Stopped', name: 'web-1' };
const STARTED: Change = { instanceId: 'i-2', from: null, to: 'Running' };

it('gives a baseline as one notice, and nothing for its other rows', () => {
  const row = commitOf(1, [STARTED], { kind: 'baseline', instances: 1, last: false });
  const lastRow = commitOf(2, [STARTED], { kind: 'baseline', instances: 2, last: true });

  expect([newsOf(row), newsOf(lastRow)].map((items) => items.map(({ kind }) => kind))).toEqual([
    [],
    ['notice'],
  ]);
});

it('gives a change as the webhook sends it, with the facts of its commit', () => {
  const [item] = changesOf(commitOf(12, [STOPPED]));

  expect(item && changeJson(item)).toEqual({
    id: 'main/a/12/0',
    scope: 'main/a',
    seq: 12,
    at: '1970-01-01T00:00:12.000Z',
    previousAt: '1970-01-01T00:00:11.000Z',
    instanceId: 'i-1',
    from: 'Running',
    to: 'Stopped',
    name: 'web-1',
  });
});

it('marks the instances of a baseline, which did not change then', () => {
  const [item] = changesOf(commitOf(1, [STARTED], { kind: 'baseline', instances: 1, last: true }));

  expect(item && changeJson(item)).toMatchObject({ from: null, baseline: true });
});

it('gives notices apart from changes, with the seq of both in one order', () => {
  const items = [
    ...newsOf(commitOf(3, [STOPPED])),
    ...newsOf(commitOf(4, [], { kind: 'suspicious-scan', missing: 9, known: 10 })),
  ];

  expect(itemsJson(items)).toMatchObject({
    changes: [{ seq: 3, instanceId: 'i-1' }],
    notices: [{ id: 'main/a/4', seq: 4, notice: 'suspicious-scan', missing: 9, known: 10 }],
  });
});

it('says between which times a released instance went, and its last status', () => {
  const [item] = changesOf(commitOf(9, [{ ...STOPPED, from: 'Stopped', to: null }]));

  expect(item && releaseJson(SCOPE, item)).toEqual({
    text:
      'i-1 was released between 1970-01-01T00:00:08.000Z and 1970-01-01T00:00:09.000Z; ' +
      'its last status was Stopped',
    instance: {
      instanceId: 'i-1',
      scope: 'main/a',
      region: 'a',
      lastStatus: 'Stopped',
      releasedAt: '1970-01-01T00:00:09.000Z',
      releasedAfter: '1970-01-01T00:00:08.000Z',
      name: 'web-1',
    },
  });
});

it('goes on in the middle of a commit, in both directions', () => {
  const commit = commitOf(5, [STOPPED, STARTED]);
  const beyond = (items: number, direction: Direction) =>
    itemsBeyond(changesOf(commit), commit, { seq: 5, items }, direction).map(({ index }) => index);

  expect([beyond(1, 'newer'), beyond(1, 'older'), beyond(2, 'older')]).toEqual([[1], [0], [1, 0]]);
});

describe('merging several scopes', () => {
  const item = (scope: string, seq: number, atMs: number): Item => {
    const commit = { ...commitOf(seq, [STOPPED]), scope, atMs };
    return { kind: 'change', commit, index: 0, change: STOPPED };
  };
  const scopeItems = (items: readonly Item[]): ScopeItems => ({
    items,
    reached: { seq: 100, items: 0 },
    isEnd: true,
  });

  it('goes by time, and gives the position to go on from in each scope', () => {
    const found = new Map([
      ['main/a', scopeItems([item('main/a', 1, 10), item('main/a', 2, 40)])],
      ['main/b', scopeItems([item('main/b', 7, 20)])],
    ]);

    const { items, positions, isEnd } = mergeByTime(found, 'newer', 2);

    expect(items.map(({ commit }) => commit.atMs)).toEqual([10, 20]);
    expect(Object.fromEntries(positions)).toEqual({
      'main/a': { seq: 2, items: 0 },
      'main/b': { seq: 100, items: 0 },
    });
    expect(isEnd).toBe(false);
  });

  it('keeps the order of a journal even where the clocks of its writers disagreed', () => {
    const found = new Map([
      ['main/a', scopeItems([item('main/a', 1, 50), item('main/a', 2, 10)])],
      ['main/b', scopeItems([item('main/b', 7, 20)])],
    ]);

    const { items, isEnd } = mergeByTime(found, 'newer', 5);

    expect(items.map(({ commit }) => commit.seq)).toEqual([7, 1, 2]);
    expect(isEnd).toBe(true);
  });
});
