import { notFound } from '../errors.ts';
import { regionOf } from '../regions.ts';
import { isChinese } from './arguments.ts';
import type { EcsOperation } from './operation.ts';

// https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describeregions
export const describeRegions: EcsOperation = ({ parameters, headers }, { fleet }) => {
  const chinese = isChinese(parameters);
  const resourceType = parameters.get('ResourceType') || 'instance';
  if (!RESOURCE_TYPES.includes(resourceType)) throw notFound('InvalidResourceType', 'ResourceType');
  return {
    Regions: {
      Region: fleet.regionIds.map((regionId) => {
        const { localName } = regionOf(regionId);
        return {
          RegionId: regionId,
          // A client that follows the endpoint stays here and does not reach the real cloud.
          RegionEndpoint: headers.host ?? '',
          LocalName: chinese ? localName.chinese : localName.english,
          Status: 'available',
        };
      }),
    },
  };
};

const RESOURCE_TYPES = ['instance', 'disk', 'reservedinstance', 'scu'];
