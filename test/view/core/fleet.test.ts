import fc from 'fast-check';
import type { Instance } from '../../../shared/core/model.ts';
import { ANY, type Filter, type Wanted, type WantedTag } from '../../../shared/view/core/filter.ts';
import { filterInstances, findInstance, type ScopeView } from '../../../shared/view/core/fleet.ts';
import { byKey, byRecency, pageOf } from '../../../shared/view/core/instance-order.ts';
import type { InstanceRow } from '../../../shared/view/core/instance-row.ts';
import { listParameter } from '../../../shared/view/core/parameter.ts';
import { parameterReader } from '../../../shared/view/core/parameters.ts';
import { countStatuses } from '../../../shared/view/core/status-counts.ts';
import { aScope } from '../../helpers/examples.ts';

const NOW_MS = 10;

const EVERYTHING: Filter = {
  scopes: ANY,
  accounts: ANY,
  regions: ANY,
  statuses: ANY,
  ids: ANY,
  names: ANY,
  zones: ANY,
  types: ANY,
  resourceGroups: ANY,
  tags: [],
  text: '',
  stoppedForMs: null,
};

const DECLARED = { x: listParameter('', '') };

/** As a parameter of an address gives it. */
function wanted(...patterns: readonly string[]): Wanted {
  return parameterReader(DECLARED, new Map([['x', patterns.join(',')]])).wanted('x');
}

function wantedTags(...patterns: readonly string[]): readonly WantedTag[] {
  return parameterReader(DECLARED, new Map([['x', patterns.join(',')]])).wantedTags('x');
}

function scopeView(regionId: string, instances: Readonly<Record<string, Instance>>): ScopeView {
  return {
    scope: aScope(regionId),
    snapshot: {
      seq: 1,
      baselined: true,
      instances: new Map(Object.entries(instances)),
      released: new Map(),
    },
    health: undefined,
    freshness: { asOf: null, ageSeconds: null, stale: true, healthy: false },
  };
}

const FLEET = [
  scopeView('cn-hangzhou', {
    'i-web': {
      status: 'Running',
      sinceMs: 3,
      name: 'Web-1 支付',
      zoneId: 'cn-hangzhou-h',
      resourceGroupId: 'rg-bp67acfmxazb4ph',
      privateIps: ['10.0.0.7'],
      tags: { env: 'prod' },
    },
    'i-db': {
      status: 'Stopped',
      sinceMs: 5,
      name: 'db',
      instanceType: 'ecs.g7.large',
      publicIps: ['47.96.0.1'],
      tags: { env: 'test', team: 'shop' },
    },
  }),
  scopeView('cn-shanghai', { 'i-job': { status: 'Running', sinceMs: 9 } }),
];

describe('a filter', () => {
  it.each<[string, Partial<Filter>, string[]]>([
    ['everything, when it is empty', {}, ['i-web', 'i-db', 'i-job']],
    [
      'any of several statuses',
      { statuses: wanted('running', 'stopped') },
      ['i-web', 'i-db', 'i-job'],
    ],
    ['a status in any spelling', { statuses: wanted('stopped') }, ['i-db']],
    ['a region', { regions: wanted('cn-shanghai') }, ['i-job']],
    ['a scope', { scopes: wanted('main/cn-hangzhou') }, ['i-web', 'i-db']],
    ['ids', { ids: wanted('i-job', 'i-web') }, ['i-web', 'i-job']],
    ['a zone', { zones: wanted('cn-hangzhou-h') }, ['i-web']],
    ['a resource group', { resourceGroups: wanted('rg-bp67acfmxazb4ph') }, ['i-web']],
    ['an account', { accounts: wanted('other') }, []],
    ['a name by a glob, in any spelling', { names: wanted('web-*') }, ['i-web']],
    ['no part of a name', { names: wanted('web') }, []],
    ['all names but some', { names: wanted('!web-*') }, ['i-db', 'i-job']],
    ['an id by a glob', { ids: wanted('i-*b') }, ['i-web', 'i-db', 'i-job']],
    ['any status but one', { statuses: wanted('!running') }, ['i-db']],
    ['some, but not others of them', { ids: wanted('i-*', '!i-d*') }, ['i-web', 'i-job']],
    ['a type', { types: wanted('ecs.g7.*') }, ['i-db']],
    ['a tag with a value', { tags: wantedTags('env=prod') }, ['i-web']],
    [
      'a tag with one of several values',
      { tags: wantedTags('env=prod', 'env=test') },
      ['i-web', 'i-db'],
    ],
    ['several tags', { tags: wantedTags('env=*', 'team=shop') }, ['i-db']],
    ['a tag with any value', { tags: wantedTags('env') }, ['i-web', 'i-db']],
    ['those without a tag', { tags: wantedTags('!env') }, ['i-job']],
    [
      'those whose tag has another value or none',
      { tags: wantedTags('!env=prod') },
      ['i-db', 'i-job'],
    ],
    ['a tag that every object has', { tags: wantedTags('constructor') }, []],
    ['what has been stopped for long enough', { stoppedForMs: 5 }, ['i-db']],
    ['nothing that was stopped only now', { stoppedForMs: 6 }, []],
    ['a part of a Chinese name', { text: '支付' }, ['i-web']],
    ['a part of the id', { text: 'i-j' }, ['i-job']],
    ['a part of a private address', { text: '10.0.' }, ['i-web']],
    ['a part of a public address', { text: '47.96' }, ['i-db']],
    ['all conditions at once', { regions: wanted('cn-hangzhou'), text: 'i-job' }, []],
  ])('finds %s', (_, changes, ids) => {
    const all = filterInstances(FLEET, { ...EVERYTHING, ...changes }, NOW_MS);

    expect(all.map(({ instanceId }) => instanceId).sort()).toEqual([...ids].sort());
  });
});

it('finds one instance by its id in any scope', () => {
  expect(findInstance(FLEET, 'i-job')?.view.scope.key).toBe('main/cn-shanghai');
  expect(findInstance(FLEET, 'i-gone')).toBeUndefined();
});

it('counts statuses, the most frequent first', () => {
  const statuses = ['Stopped', 'Running', 'Pending', 'Running'];

  const counts = countStatuses(statuses.map((status) => ({ status, sinceMs: 0 })));

  expect([...counts]).toEqual([
    ['Running', 2],
    ['Pending', 1],
    ['Stopped', 1],
  ]);
});

/** Few scopes, ids and times, so that ties are frequent. */
const instances = fc.uniqueArray(
  fc.record({
    scope: fc.constantFrom('main/a', 'main/b'),
    instanceId: fc.stringMatching(/^i-[a-c]{1,3}$/),
    sinceMs: fc.nat({ max: 4 }),
  }),
  { selector: ({ scope, instanceId }) => `${scope} ${instanceId}`, maxLength: 30 },
);

function rowsOf(
  keys: readonly { scope: string; instanceId: string; sinceMs: number }[],
): readonly InstanceRow[] {
  return keys.map((key) => ({
    ...key,
    regionId: 'a',
    instance: { status: 'Running', sinceMs: key.sinceMs },
  }));
}

function nameOf({ scope, instanceId }: InstanceRow): string {
  return `${scope} ${instanceId}`;
}

const limits = fc.integer({ min: 1, max: 7 });

describe.each([
  ['key', byKey],
  ['recency', byRecency],
] as const)('paging by %s', (_, order) => {
  it('gives each instance of any fleet once and in order, with any limit', () => {
    fc.assert(
      fc.property(instances, limits, (keys, limit) => {
        const all = rowsOf(keys);
        const given: InstanceRow[] = [];

        let next: InstanceRow | undefined;
        do {
          const page = pageOf(all, order, next, limit);
          given.push(...page.rows);
          next = page.next;
        } while (next !== undefined);

        expect(given).toEqual([...all].sort(order));
      }),
    );
  });
});

it('gives each survivor once by key, whatever changes, appears and vanishes between the pages', () => {
  fc.assert(
    fc.property(fc.array(instances, { minLength: 1, maxLength: 6 }), limits, (fleets, limit) => {
      const given: string[] = [];

      let next: InstanceRow | undefined;
      let turn = 0;
      do {
        const fleet = fleets[Math.min(turn, fleets.length - 1)] ?? [];
        const page = pageOf(rowsOf(fleet), byKey, next, limit);
        given.push(...page.rows.map(nameOf));
        next = page.next;
        turn += 1;
      } while (next !== undefined);

      const seen = fleets.slice(0, turn).map((fleet) => new Set(rowsOf(fleet).map(nameOf)));
      const survivors = [...(seen[0] ?? [])].filter((name) => seen.every((each) => each.has(name)));
      expect(new Set(given).size).toBe(given.length);
      expect(given).toEqual(expect.arrayContaining(survivors));
    }),
  );
});

it('gives each instance that does not change once by recency, while others change', () => {
  const now = 100;
  fc.assert(
    fc.property(instances, fc.array(fc.nat()), limits, (keys, changing, limit) => {
      const given: string[] = [];

      let fleet = rowsOf(keys);
      let next: InstanceRow | undefined;
      let turn = 0;
      do {
        const page = pageOf(fleet, byRecency, next, limit);
        given.push(...page.rows.map(nameOf));
        next = page.next;
        const changed = (changing[turn] ?? 0) % Math.max(1, fleet.length);
        turn += 1;
        fleet = fleet.map((row, index) =>
          index === changed ? { ...row, sinceMs: now + turn } : row,
        );
      } while (next !== undefined && turn < 50);

      const unchanged = fleet.filter(({ sinceMs }) => sinceMs < now).map(nameOf);
      expect(given).toEqual(expect.arrayContaining(unchanged));
      for (const name of unchanged) expect(given.filter((other) => other === name)).toHaveLength(1);
    }),
  );
});
