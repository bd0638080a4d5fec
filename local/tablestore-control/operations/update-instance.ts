import type { ApiOperation } from '../../api/operation.ts';
import { bodyOf, instanceIn, instanceResource, nameIn, networksIn } from '../body.ts';
import type { Instances } from '../instances.ts';

// https://www.alibabacloud.com/help/en/tablestore/developer-reference/api-tablestore-2020-12-09-updateinstance
export const updateInstance = (instances: Instances): ApiOperation => ({
  resource: (call) => instanceResource(instances, nameIn(bodyOf(call))),
  perform(call) {
    const body = bodyOf(call);
    const instance = instanceIn(body, instances);
    const { InstanceDescription: description } = body;
    const networks = networksIn(body);
    instances.put({
      ...instance,
      ...(typeof description === 'string' && { description }),
      ...(networks && { networks }),
    });
    return {};
  },
});
