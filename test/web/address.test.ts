import fc from 'fast-check';
import { addressIn, searchOf, withFilter } from '../../web/core/address.ts';

const FILTERS = ['status', 'region', 'zone', 'tag', 'text', 'stoppedFor'] as const;

const addresses = fc.record({
  filter: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...FILTERS), fc.string({ minLength: 1 })), {
      selector: ([name]) => name,
    })
    .map((pairs) => new Map(pairs.filter(([, value]) => value === value.trim() && value !== ''))),
  sort: fc.constantFrom('', 'name', '-since'),
  atMs: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 4_000_000_000_000 })),
  instanceId: fc.constantFrom('', 'i-1', 'i-<script>', 'i&x=1'),
});

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

  it('is empty for the page as it opens', () => {
    expect(searchOf(addressIn(''))).toBe('');
  });

  it('takes a time of any form, and none that is no time', () => {
    expect(addressIn('?at=2026-11-22T10:05:00Z').atMs).toBe(Date.UTC(2026, 10, 22, 10, 5));
    expect(addressIn('?at=1795341900000').atMs).toBe(1_795_341_900_000);
    expect(addressIn('?at=yesterday').atMs).toBeNull();
  });

  it('drops a filter that is emptied', () => {
    const filtered = withFilter(addressIn(''), 'status', 'Stopped');

    expect(searchOf(filtered)).toBe('?status=Stopped');
    expect(searchOf(withFilter(filtered, 'status', ''))).toBe('');
  });
});
