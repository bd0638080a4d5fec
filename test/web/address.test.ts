import fc from 'fast-check';
import { FILTER } from '../../shared/view/core/queries/filters.ts';
import { addressIn, atMoment, csvPath, searchOf, withFilter } from '../../web/core/address.ts';

const FILTERS = ['status', 'region', 'zone', 'tag', 'text', 'stoppedFor'] as const;

const addresses = fc
  .record({
    filter: fc
      .uniqueArray(fc.tuple(fc.constantFrom(...FILTERS), fc.string({ minLength: 1 })), {
        selector: ([name]) => name,
      })
      .map((pairs) => new Map(pairs.filter(([, value]) => value === value.trim() && value !== ''))),
    sort: fc.constantFrom('', 'name', '-since'),
    at: fc.oneof(
      fc.constant({ atMs: null, refusedAt: '' }),
      fc.constant({ atMs: null, refusedAt: 'yesterday' }),
      fc.integer({ min: 0, max: 4_000_000_000_000 }).map((atMs) => ({ atMs, refusedAt: '' })),
    ),
    instanceId: fc.constantFrom('', 'i-1', 'i-<script>', 'i&x=1'),
  })
  .map(({ at, ...address }) => ({ ...address, ...at }));

describe('the address of the page', () => {
  it('says everything that the page shows', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        const read = addressIn(searchOf(address));
        expect({ ...read, filter: new Map([...read.filter].sort()) }).toEqual({
          ...address,
          filter: new Map([...address.filter].sort()),
        });
      }),
    );
  });

  it('holds every filter that the view has', () => {
    const search = Object.keys(FILTER).map((name) => `${name}=a`);
    const address = addressIn(`?${search.join('&')}`);

    expect([...address.filter.keys()].sort()).toEqual(Object.keys(FILTER).sort());
    expect(addressIn(searchOf(address)).filter).toEqual(address.filter);
  });

  it('leads to the CSV of the same rows, in their order and of their moment', () => {
    const csvOf = (search: string) => {
      const [path, query] = csvPath(addressIn(search)).split('?');
      return [path, Object.fromEntries(new URLSearchParams(query))];
    };

    expect(csvOf('')).toEqual(['instances', { sort: '-since', format: 'csv' }]);
    expect(csvOf('?tag=env=prod&sort=name&at=2026-11-22T10:05:00Z&instance=i-1')).toEqual([
      'instances',
      { tag: 'env=prod', sort: 'name', at: '1795341900000', format: 'csv' },
    ]);
  });

  it('is empty for the page as it opens', () => {
    expect(searchOf(addressIn(''))).toBe('');
  });

  it('takes the times that the view takes, and says which one it does not', () => {
    expect(addressIn('?at=2026-11-22T10:05:00Z').atMs).toBe(Date.UTC(2026, 10, 22, 10, 5));
    expect(addressIn('?at=1795341900000').atMs).toBe(1_795_341_900_000);
    // In a query, a plus sign is a space.
    expect(addressIn('?at=2026-11-22T18:05+08:00').atMs).toBe(Date.UTC(2026, 10, 22, 10, 5));
    for (const text of ['yesterday', '2026-11-22T10:05:00', '11/22/2026', '-1']) {
      expect(addressIn(`?at=${text}`)).toMatchObject({ atMs: null, refusedAt: text });
      expect(atMoment(addressIn(`?at=${text}`), 1)).toMatchObject({ atMs: 1, refusedAt: '' });
    }
  });

  it('opens no panel for what a browser would take for a step in a path', () => {
    for (const id of ['.', '..', ' .. ']) {
      expect(addressIn(`?instance=${id}`).instanceId).toBe('');
    }
    expect(addressIn('?instance=i-1..').instanceId).toBe('i-1..');
  });

  it('drops a filter that is emptied', () => {
    const filtered = withFilter(addressIn(''), 'status', 'Stopped');

    expect(searchOf(filtered)).toBe('?status=Stopped');
    expect(searchOf(withFilter(filtered, 'status', ''))).toBe('');
  });
});
