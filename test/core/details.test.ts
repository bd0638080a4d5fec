import fc from 'fast-check';
import { detailsChange, withDetails } from '../../shared/core/details.ts';
import { type Details, detailsOf } from '../../shared/core/model.ts';
import { details } from '../helpers/arbitraries.ts';

const WEB: Details = {
  name: 'web-1',
  zoneId: 'cn-hangzhou-h',
  publicIps: ['198.18.0.1', '198.18.0.2'],
  tags: { app: 'web', env: 'test' },
};

describe('a change of details', () => {
  it.each<[string, Details, readonly [Details, Details]]>([
    ['a new name', { ...WEB, name: 'web-2' }, [{ name: 'web-1' }, { name: 'web-2' }]],
    ['a new field', { ...WEB, privateIps: ['10.0.0.1'] }, [{}, { privateIps: ['10.0.0.1'] }]],
    [
      'a field that is gone',
      without('publicIps'),
      [{ publicIps: ['198.18.0.1', '198.18.0.2'] }, {}],
    ],
    [
      'a tag',
      { ...WEB, tags: { app: 'web' } },
      [{ tags: { app: 'web', env: 'test' } }, { tags: { app: 'web' } }],
    ],
  ])('holds what differs, and nothing else: %s', (_what, all, [before, after]) => {
    expect(detailsChange('i-1', WEB, all)).toEqual({ instanceId: 'i-1', before, after });
  });

  it('is none when only the order differs', () => {
    const reordered = {
      tags: { env: 'test', app: 'web' },
      publicIps: ['198.18.0.2', '198.18.0.1'],
      zoneId: 'cn-hangzhou-h',
      name: 'web-1',
    };

    expect(detailsChange('i-1', WEB, reordered)).toBeNull();
  });

  it('leads from one state to the other, and back', () => {
    fc.assert(
      fc.property(details, details, (before, after) => {
        const change = detailsChange('i-1', before, after);
        if (change === null) {
          expect(sorted(before)).toEqual(sorted(after));
          return;
        }
        const back = { ...change, before: change.after, after: change.before };

        expect(sorted(withDetails(before, change))).toEqual(sorted(after));
        expect(sorted(withDetails(after, back))).toEqual(sorted(before));
      }),
    );
  });

  it('touches nothing but details', () => {
    const known = { ...WEB, status: 'Running', sinceMs: 5, later: true };
    const change = detailsChange('i-1', WEB, { name: 'web-2' });

    expect(change && withDetails(known, change)).toEqual({
      status: 'Running',
      sinceMs: 5,
      later: true,
      name: 'web-2',
    });
  });
});

function without(field: keyof Details): Details {
  const { [field]: _removed, ...rest } = WEB;
  return rest;
}

/** Addresses have no order. */
function sorted(value: Details): Details {
  const { privateIps, ...rest } = detailsOf(value);
  return privateIps === undefined ? rest : { ...rest, privateIps: privateIps.toSorted() };
}
