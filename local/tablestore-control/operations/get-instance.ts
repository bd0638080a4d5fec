import type { ApiOperation } from '../../api/operation.ts';
import { instanceIn, instanceResource } from '../body.ts';
import { describedInstance } from '../described.ts';
import type { Instances } from '../instances.ts';

// https://www.alibabacloud.com/help/en/tablestore/developer-reference/api-tablestore-2020-12-09-getinstance
export const getInstance = (instances: Instances): ApiOperation => ({
  resource: ({ query }) => instanceResource(instances, query.get('InstanceName') ?? '*'),
  perform({ query }) {
    const instance = instanceIn(Object.fromEntries(query), instances);
    return {
      ...describedInstance(instance, instances),
      Network: 'NORMAL',
      NetworkTypeACL: instance.networks,
      NetworkSourceACL: ['TRUST_PROXY'],
    };
  },
});
