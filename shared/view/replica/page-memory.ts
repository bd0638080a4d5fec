import { recent } from '../../lib/recent.ts';
import type { Failure } from './core/failure.ts';
import { type RegionRows, statusPage } from './core/region-rows.ts';
import type { StatusQuery } from './core/status-query.ts';
import type { Body } from './core/xml.ts';

/** The page of a query over always the same rows. */
export type PageMemory = (rows: RegionRows, query: StatusQuery) => Body | Failure;

/** All pages of 50,000 instances: about 10 MB with their texts. */
const MAX_PAGES = 1_000;

/** A query that is longer names ids, and is not asked for again: a thousand of them would take 50 MB. */
const MAX_KEY_LENGTH = 200;

/** Clients list a region once a minute, each of them all pages: what one has asked for, the next will. */
export function pageMemory(): PageMemory {
  const pages = recent<Body | Failure>({
    entries: MAX_PAGES,
    weight: MAX_PAGES,
    weightOf: () => 1,
  });
  return (rows, query) => {
    const { instanceIds, zoneId, clusterId, pageNumber, pageSize } = query;
    const ids = instanceIds === undefined ? null : [...instanceIds];
    const key = JSON.stringify([ids, zoneId, clusterId, pageNumber, pageSize]);
    if (key.length > MAX_KEY_LENGTH) return statusPage(rows, query);
    return pages(key, () => statusPage(rows, query));
  };
}
