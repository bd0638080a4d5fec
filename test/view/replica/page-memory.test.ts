import type { RegionRows } from '../../../shared/view/replica/core/region-rows.ts';
import { regionRowsOf } from '../../../shared/view/replica/core/region-rows.ts';
import type { StatusQuery } from '../../../shared/view/replica/core/status-query.ts';
import { parseStatusQuery } from '../../../shared/view/replica/core/status-query.ts';
import { pageMemory } from '../../../shared/view/replica/page-memory.ts';

const ROWS: RegionRows = regionRowsOf([]);

function queryOf(parameters: Readonly<Record<string, string>>): StatusQuery {
  const all = new Map(Object.entries({ RegionId: 'cn-hangzhou', ...parameters }));
  const query = parseStatusQuery(all, new Set(['cn-hangzhou']));
  if (!('pageNumber' in query)) throw new Error(JSON.stringify(query));
  return query;
}

describe('the memory of the replica', () => {
  it('holds the pages of a listing, and no long query, which could fill it', () => {
    const pages = pageMemory();
    const listing = queryOf({ PageNumber: '1' });
    const long = queryOf({ ClusterId: 'c'.repeat(1_000) });

    expect(pages(ROWS, listing)).toBe(pages(ROWS, listing));
    expect(pages(ROWS, long)).not.toBe(pages(ROWS, long));
    expect(pages(ROWS, long)).toEqual(pages(ROWS, long));
  });
});
