import type { Instance } from './instance.ts';
import { type InstanceRecord, indexAfter, instanceAt, type RegionRecords } from './records.ts';

export interface PageQuery {
  readonly regionId: string;
  readonly zoneId?: string;
  /** Only these, as far as they are in the region: a read by id, not a listing. */
  readonly instanceIds?: readonly string[];
  readonly matches?: (instance: Instance) => boolean;
  /** Begin at an index of the listing, or after the instance with an ordinal. */
  readonly from: { readonly index: number } | { readonly afterOrdinal: number };
  readonly limit: number;
}

export interface Page {
  readonly query: PageQuery;
  readonly instances: readonly Instance[];
  /** How many instances the query is about, on this page or not. */
  readonly totalCount: number;
  /** Whether more follow. */
  readonly more: boolean;
}

/** One page, oldest first. Without `matches` it costs as much as the page, not as the fleet. */
export function readPage(
  query: PageQuery,
  region: RegionRecords,
  byId: ReadonlyMap<string, InstanceRecord>,
  nowMs: number,
): Page {
  const { matches, from, limit } = query;
  const candidates = query.instanceIds ? recordsByIds(query, byId) : region.list(query.zoneId);
  const listed = matches
    ? candidates.filter((record) => matches(instanceAt(record, nowMs)))
    : candidates;
  const start = 'index' in from ? from.index : indexAfter(listed, from.afterOrdinal);
  return {
    query,
    instances: listed.slice(start, start + limit).map((record) => instanceAt(record, nowMs)),
    totalCount: listed.length,
    more: start + limit < listed.length,
  };
}

function recordsByIds(
  { instanceIds, regionId, zoneId }: PageQuery,
  byId: ReadonlyMap<string, InstanceRecord>,
): readonly InstanceRecord[] {
  return [...new Set(instanceIds)]
    .flatMap((instanceId) => byId.get(instanceId) ?? [])
    .filter(({ traits }) => traits.regionId === regionId)
    .filter(({ traits }) => zoneId === undefined || traits.zoneId === zoneId)
    .sort((a, b) => a.traits.ordinal - b.traits.ordinal);
}
