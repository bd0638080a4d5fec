import { EMPTY_SNAPSHOT, type Instance, type Snapshot } from '../../shared/core/model.ts';
import type { ScopeView } from '../../shared/view/core/fleet.ts';
import { freshness } from '../../shared/view/core/freshness.ts';
import { listOf, pageText } from '../../shared/view/core/instance-list.ts';
import { isInvalid } from '../../shared/view/core/parameters.ts';
import {
  type InstancesQuery,
  parseInstancesQuery,
} from '../../shared/view/core/queries/instances.ts';
import { queryMemory } from '../../shared/view/query-memory.ts';
import { HANGZHOU, SHANGHAI, START_MS } from './helpers.ts';

const HOUR_MS = 3_600_000;

function snapshotOf(statuses: Readonly<Record<string, string>>): Snapshot {
  const instances = Object.entries(statuses).map(([id, status]): [string, Instance] => [
    id,
    { status, sinceMs: START_MS },
  ]);
  return { ...EMPTY_SNAPSHOT, seq: 1, baselined: true, instances: new Map(instances) };
}

function viewOf(snapshot: Snapshot, scope = HANGZHOU): ScopeView {
  return { scope, snapshot, health: undefined, freshness: freshness(undefined, START_MS) };
}

function queryOf(text: string, nowMs = START_MS): InstancesQuery {
  const query = new Map(new URLSearchParams(text));
  const parsed = parseInstancesQuery({ query, headers: new Map() }, [HANGZHOU, SHANGHAI], nowMs);
  if (isInvalid(parsed)) throw new Error(parsed.problems.join());
  return parsed;
}

const FLEET = { 'i-3': 'Running', 'i-1': 'Stopped', 'i-2': 'Running' };

it('makes the list of a query once, whatever page and fields are asked for', () => {
  const memory = queryMemory();
  const views = [viewOf(snapshotOf(FLEET))];

  const list = memory.list(views, queryOf('status=Running'));

  expect(list.rows.map(({ instanceId }) => instanceId)).toEqual(['i-2', 'i-3']);
  expect(list.counts).toEqual({ Running: 2 });
  expect(memory.list(views, queryOf('status=Running&limit=1&fields=status'))).toBe(list);
  expect(memory.list(views, queryOf('status=Stopped'))).not.toBe(list);
});

it('makes it again for another snapshot, also one of the same seq and size', () => {
  const memory = queryMemory();
  memory.list([viewOf(snapshotOf(FLEET))], queryOf(''));
  memory.page([viewOf(snapshotOf(FLEET))], queryOf(''), 0);
  const views = [viewOf(snapshotOf({ ...FLEET, 'i-1': 'Starting' }))];

  expect(memory.list(views, queryOf('')).counts).toEqual({ Running: 2, Starting: 1 });
  expect(memory.page(views, queryOf(''), 0)).toContain('Starting');
});

it('distinguishes the scopes that a caller may see', () => {
  const memory = queryMemory();
  const [one, other] = [
    viewOf(snapshotOf(FLEET)),
    viewOf(snapshotOf({ 'i-9': 'Running' }), SHANGHAI),
  ];

  expect(memory.list([one, other], queryOf('')).rows).toHaveLength(4);
  expect(memory.list([one], queryOf('')).rows).toHaveLength(3);
  expect(memory.list([other], queryOf('')).rows).toHaveLength(1);
});

it('judges durations by the time of each request', () => {
  const memory = queryMemory();
  const views = [viewOf(snapshotOf(FLEET))];
  const stopped = (nowMs: number) =>
    memory.list(views, queryOf('stoppedFor=1h', nowMs)).rows.length;

  expect([stopped(START_MS), stopped(START_MS + HOUR_MS)]).toEqual([0, 1]);
});

it.each([
  '',
  'limit=2',
  'fields=status',
  'fields=status,instanceId',
  'format=csv',
  'format=ndjson',
  'format=ndjson&fields=status',
  'sort=-status',
])('gives a page as it would be made: %s', (text) => {
  const memory = queryMemory();
  const views = [viewOf(snapshotOf(FLEET))];
  for (const before of ['', 'limit=1', 'format=csv', 'fields=status', 'format=ndjson']) {
    memory.page(views, queryOf(before), 0);
  }
  const query = queryOf(text);

  for (const offset of [0, 1, 3]) {
    const rows = listOf(views, query).rows.slice(offset, offset + query.limit);
    expect(memory.page(views, query, offset)).toBe(pageText(rows, query));
  }
});
