import type { Scope, Snapshot } from '../../../core/model.ts';
import { type Failure, isFailure, MALFORMED_ID, unavailable } from './failure.ts';
import type { StatusQuery } from './status-query.ts';
import type { Body } from './xml.ts';

/** An instance as the replica lists it. */
interface Row {
  readonly instanceId: string;
  readonly status: string;
  /** Undefined: the watcher has not learned the zone, or not this cluster. */
  readonly zoneId: string | undefined;
  readonly clusterId: string | undefined;
}

/** All instances of a region, in the order of their ids: an instance never moves in it. */
export interface RegionRows {
  readonly all: readonly Row[];
  readonly byId: ReadonlyMap<string, Row>;
}

/** The rows of the scopes of one region. */
export function regionRowsOf(
  parts: readonly { readonly scope: Scope; readonly snapshot: Snapshot }[],
): RegionRows {
  const rows = parts.flatMap(({ scope, snapshot }) =>
    [...snapshot.instances].map(([instanceId, { status, zoneId = scope.zoneId }]): Row => {
      return { instanceId, status, zoneId, clusterId: scope.clusterId };
    }),
  );
  const byId = new Map(rows.map((row) => [row.instanceId, row]));
  return { all: [...byId.values()].sort(byInstanceId), byId };
}

/** The body of an answer, or why there is no true one. */
export function statusPage(region: RegionRows, query: StatusQuery): Body | Failure {
  const found = rowsFor(region, query);
  if (isFailure(found)) return found;
  const { pageNumber, pageSize } = query;
  const start = (pageNumber - 1) * pageSize;
  const rows = found.slice(start, start + pageSize);
  return {
    PageNumber: pageNumber,
    InstanceStatuses: {
      InstanceStatus: rows.map(({ instanceId, status }) => ({
        Status: status,
        InstanceId: instanceId,
      })),
    },
    TotalCount: found.length,
    PageSize: pageSize,
  };
}

function rowsFor(
  { all, byId }: RegionRows,
  { instanceIds, foreignIds, zoneId, clusterId }: StatusQuery,
): readonly Row[] | Failure {
  if (!foreignIds.every((id) => byId.has(id))) return MALFORMED_ID;
  const asked =
    instanceIds === undefined
      ? all
      : [...instanceIds].flatMap((id) => byId.get(id) ?? []).sort(byInstanceId);
  if (clusterId !== '' && asked.some((row) => row.clusterId === undefined)) {
    return unavailable('the watcher does not record clusters, so ClusterId cannot be answered');
  }
  if (zoneId !== '' && asked.some((row) => row.zoneId === undefined)) {
    return unavailable('the watcher does not know the zone of every instance yet');
  }
  if (zoneId === '' && clusterId === '') return asked;
  return asked.filter(
    (row) =>
      (zoneId === '' || row.zoneId === zoneId) && (clusterId === '' || row.clusterId === clusterId),
  );
}

function byInstanceId(one: Row, other: Row): number {
  return one.instanceId < other.instanceId ? -1 : 1;
}
