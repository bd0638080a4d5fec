import { ApiError } from '../errors.ts';
import { regionOf } from '../regions.ts';
import type { EcsOperation } from './operation.ts';

// https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describeregions
export const describeRegions: EcsOperation = ({ parameters, headers }, { fleet }) => {
  const language = parameters.get('AcceptLanguage') || 'zh-CN';
  const resourceType = parameters.get('ResourceType') || 'instance';
  if (!LANGUAGES.includes(language)) throw notFound('InvalidAcceptLanguage', 'AcceptLanguage');
  if (!RESOURCE_TYPES.includes(resourceType)) throw notFound('InvalidResourceType', 'ResourceType');
  return {
    Regions: {
      Region: fleet.regionIds.map((regionId) => {
        const { localName } = regionOf(regionId);
        return {
          RegionId: regionId,
          // A client that follows the endpoint stays here and does not reach the real cloud.
          RegionEndpoint: headers.host ?? '',
          LocalName: language.startsWith('zh') ? localName.chinese : localName.english,
          Status: 'available',
        };
      }),
    },
  };
};

const LANGUAGES = ['zh-CN', 'zh-TW', 'en-US', 'ja', 'fr', 'de', 'ko'];
const RESOURCE_TYPES = ['instance', 'disk', 'reservedinstance', 'scu'];

function notFound(code: string, name: string): ApiError {
  return new ApiError(404, `${code}.NotFound`, `The specified ${name} is not found.`);
}
