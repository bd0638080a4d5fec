import { instanceNotFound, invalidParameter } from '../errors.ts';
import { integer } from '../parameters.ts';
import type { Parameters } from '../request.ts';
import { instanceIdsOf, regionIdOf, zoneIdOf } from './arguments.ts';
import type { Cloud, EcsOperation } from './operation.ts';

// https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describeinstancestatus
export const describeInstanceStatus: EcsOperation = ({ parameters }, cloud) => {
  const regionId = regionIdOf(parameters, cloud.fleet);
  const zoneId = zoneIdOf(parameters, regionId);
  const clusterId = parameters.get('ClusterId') || undefined;
  const instanceIds = instanceIdsOf(parameters);
  const pageNumber = pageNumberOf(parameters);
  const pageSize = pageSizeOf(parameters, cloud);
  const page = cloud.fleet.page({
    regionId,
    ...(zoneId && { zoneId }),
    ...(clusterId && { matches: (instance) => instance.clusterId === clusterId }),
    ...(instanceIds && { instanceIds }),
    from: { index: (pageNumber - 1) * pageSize },
    limit: pageSize,
  });
  if (cloud.undocumented.unknownInstanceIds === 'error') {
    if (new Set(instanceIds).size > page.totalCount) throw instanceNotFound();
  }
  return {
    PageNumber: pageNumber,
    InstanceStatuses: {
      InstanceStatus: page.instances.map(({ id, status }) => ({ Status: status, InstanceId: id })),
    },
    TotalCount: page.totalCount,
    PageSize: pageSize,
  };
};

// PageNumber from 1, without a documented maximum; PageSize 1 to 50, 10 when it is not given.
const DEFAULT_PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 50;

function pageNumberOf(parameters: Parameters): number {
  const pageNumber = integer(parameters, 'PageNumber') ?? 1;
  if (pageNumber < 1) throw invalidParameter('PageNumber');
  return pageNumber;
}

function pageSizeOf(parameters: Parameters, { undocumented }: Cloud): number {
  const pageSize = integer(parameters, 'PageSize') ?? DEFAULT_PAGE_SIZE;
  const tooLarge = pageSize > MAX_PAGE_SIZE;
  if (pageSize < 1 || (tooLarge && undocumented.pageSizeAboveMaximum === 'error')) {
    throw invalidParameter('PageSize');
  }
  return Math.min(pageSize, MAX_PAGE_SIZE);
}
