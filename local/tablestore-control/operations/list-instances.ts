import type { ApiOperation } from '../../api/operation.ts';
import { integer } from '../../ecs/parameters.ts';
import { instanceResource } from '../body.ts';
import { describedInstance } from '../described.ts';
import type { Instances } from '../instances.ts';

/** Source: model of ListInstancesRequest: 0, or nothing, means 100. */
const DEFAULT_RESULTS = 100;

// https://www.alibabacloud.com/help/en/tablestore/developer-reference/api-tablestore-2020-12-09-listinstances
export const listInstances = (instances: Instances): ApiOperation => ({
  resource: () => instanceResource(instances, '*'),
  perform({ query }) {
    const part = query.get('InstanceName')?.toLowerCase() ?? '';
    const after = query.get('NextToken') ?? '';
    const limit = integer(query, 'MaxResults') || DEFAULT_RESULTS;
    const fitting = instances
      .all()
      .filter(({ name }) => name.toLowerCase().includes(part) && name > after);
    const page = fitting.slice(0, limit);
    return {
      Instances: page.map((instance) => describedInstance(instance, instances)),
      NextToken: fitting.length > limit ? page.at(-1)?.name : '',
      TotalCount: page.length,
    };
  },
});
