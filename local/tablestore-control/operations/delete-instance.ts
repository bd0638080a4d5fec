import type { ApiOperation } from '../../api/operation.ts';
import { bodyOf, instanceIn, instanceResource, nameIn } from '../body.ts';
import { instanceHasTables } from '../errors.ts';
import type { Instances } from '../instances.ts';

// https://www.alibabacloud.com/help/en/tablestore/developer-reference/api-tablestore-2020-12-09-deleteinstance
export const deleteInstance = (instances: Instances): ApiOperation => ({
  resource: (call) => instanceResource(instances, nameIn(bodyOf(call))),
  perform(call) {
    const { name } = instanceIn(bodyOf(call), instances);
    if (instances.hasTables(name)) throw instanceHasTables();
    instances.delete(name);
    return {};
  },
});
