import { dryRun, invalidParameter } from '../errors.ts';
import type { PageQuery } from '../fleet/page.ts';
import { flag, integer, jsonList } from '../parameters.ts';
import type { Parameters } from '../request.ts';
import { checkedIds, regionIdOf, zoneIdOf } from './arguments.ts';
import { filterOf } from './instance-filter.ts';
import { instanceRow } from './instance-row.ts';
import { numberOf, tokenAfter } from './next-token.ts';
import type { EcsOperation } from './operation.ts';

// https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describeinstances
export const describeInstances: EcsOperation = ({ parameters }, { fleet }) => {
  const regionId = regionIdOf(parameters, fleet);
  const zoneId = zoneIdOf(parameters, regionId);
  const instanceIds = jsonList(parameters, 'InstanceIds');
  const matches = filterOf(parameters);
  const window = windowOf(parameters);
  if (flag(parameters, 'DryRun')) throw dryRun('DryRunOperation');
  const page = fleet.page({
    regionId,
    ...(zoneId && { zoneId }),
    ...(instanceIds && { instanceIds: checkedIds(instanceIds) }),
    ...(matches && { matches }),
    from: window.from,
    limit: window.limit,
  });
  const last = page.instances.at(-1);
  return {
    Instances: { Instance: page.instances.map(instanceRow) },
    PageNumber: window.pageNumber,
    PageSize: window.limit,
    // With token paging the real TotalCount means nothing; with zero, no client can rely on it.
    TotalCount: window.byToken ? 0 : page.totalCount,
    NextToken: window.byToken && page.more && last ? tokenAfter(last.ordinal) : '',
  };
};

interface Window {
  readonly byToken: boolean;
  readonly pageNumber: number;
  readonly from: PageQuery['from'];
  readonly limit: number;
}

const MIN_RESULTS = 10;
const MAX_RESULTS = 100;

// NextToken or MaxResults make it token paging, and the page parameters are then ignored.
function windowOf(parameters: Parameters): Window {
  const token = parameters.get('NextToken');
  const maxResults = integer(parameters, 'MaxResults');
  if (token || maxResults !== undefined) {
    // "Unset or below 10 means 10; above 100 means 100."
    const limit = Math.min(Math.max(maxResults ?? MIN_RESULTS, MIN_RESULTS), MAX_RESULTS);
    const from = token ? { afterOrdinal: numberOf(token) } : { index: 0 };
    return { byToken: true, pageNumber: 1, from, limit };
  }
  const pageNumber = integer(parameters, 'PageNumber') ?? 1;
  const limit = integer(parameters, 'PageSize') ?? MIN_RESULTS;
  if (pageNumber < 1) throw invalidParameter('PageNumber');
  if (limit < 1 || limit > MAX_RESULTS) throw invalidParameter('PageSize');
  return { byToken: false, pageNumber, from: { index: (pageNumber - 1) * limit }, limit };
}
