import type { Target } from '../../../shared/core/target.ts';
import { EMPTY_WATCH_LIST, type WatchList } from '../../../shared/core/watch-list.ts';
import {
  accountsToList,
  findScopes,
  isListingDue,
  regionsAfter,
} from '../../../shared/watch/core/regions.ts';
import { MINUTE_MS, NOW_MS } from '../../helpers/examples.ts';

const ALL: Target = { account: 'main', regions: 'all', filterKey: [] };
const NAMED: Target = { account: 'prod', regions: ['cn-hangzhou'], filterKey: [] };
const KNOWN = { ids: ['cn-hangzhou', 'eu-central-1'], listedAtMs: NOW_MS };
const LIST: WatchList = { scopes: [], regions: { main: KNOWN } };

describe('the list of regions', () => {
  it.each([
    ['a minute old', MINUTE_MS, false],
    ['an hour old', 60 * MINUTE_MS, true],
    ['of a clock that was ahead', -MINUTE_MS, true],
  ])('that is %s is due to be read again: %s', (_what, ageMs, isDue) => {
    expect(isListingDue(KNOWN, NOW_MS + ageMs)).toBe(isDue);
  });

  it('is only needed of accounts whose regions are not named, once each', () => {
    expect(accountsToList([ALL, NAMED, { ...ALL, filterKey: ['rg-1'] }])).toEqual(['main']);
  });

  it('notes a region that is new', () => {
    const listed = ['cn-hangzhou', 'eu-central-1', 'us-west-1'];

    expect(regionsAfter('main', KNOWN, listed, NOW_MS + 1)).toEqual({
      known: { ids: listed, listedAtMs: NOW_MS + 1 },
      notes: [expect.stringContaining('us-west-1 is a new region')],
    });
  });

  it('notes a region that has vanished, and keeps it', () => {
    const { known, notes } = regionsAfter('main', KNOWN, ['cn-hangzhou'], NOW_MS);

    expect(known.ids).toEqual(KNOWN.ids);
    expect(notes).toEqual([expect.stringContaining('no longer lists eu-central-1')]);
  });

  it('notes nothing of the first one', () => {
    expect(regionsAfter('main', undefined, KNOWN.ids, NOW_MS)).toEqual({ known: KNOWN, notes: [] });
  });
});

describe('the scopes that are watched', () => {
  const keysOf = (...args: Parameters<typeof findScopes>) =>
    findScopes(...args).scopes.map(({ key }) => key);

  it('are those named, and those of all known regions', () => {
    expect(findScopes([NAMED, ALL], LIST, new Map())).toEqual({
      scopes: [
        { key: 'prod/cn-hangzhou', account: 'prod', regionId: 'cn-hangzhou' },
        ...KNOWN.ids.map((regionId) => {
          return { key: `main/${regionId}`, account: 'main', regionId, isDiscovered: true };
        }),
      ],
      problems: new Map(),
      notes: [],
    });
  });

  it('are none twice', () => {
    expect(keysOf([ALL, ALL], LIST, new Map())).toHaveLength(2);
  });

  it('are those of an account whose alias every object knows', () => {
    const target: Target = { ...ALL, account: 'constructor' };
    const regions = Object.fromEntries([['constructor', KNOWN]]);

    expect(keysOf([target], EMPTY_WATCH_LIST, new Map())).toEqual([]);
    expect(keysOf([target], { scopes: [], regions }, new Map())).toEqual([
      'constructor/cn-hangzhou',
      'constructor/eu-central-1',
    ]);
  });

  it('lack only those of the account that could not be listed', () => {
    const other: Target = { ...ALL, account: 'test' };

    const found = findScopes([other, ALL], LIST, new Map([['test', 'Forbidden.RAM: no']]));

    expect(found.scopes.map(({ account }) => account)).toEqual(['main', 'main']);
    const why = 'its regions could not be listed: Forbidden.RAM: no';
    expect(found.problems).toEqual(new Map([['test', why]]));
  });

  it('cannot be none by mistake', () => {
    const { scopes, problems } = findScopes([{ ...ALL, deny: ['*'] }], LIST, new Map());

    expect(scopes).toEqual([]);
    expect(problems.get('main')).toContain('no region is left to watch');
  });
});
