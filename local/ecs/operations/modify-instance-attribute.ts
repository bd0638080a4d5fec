import { instanceNotFound } from '../errors.ts';
import { requiredParameter } from '../parameters.ts';
import { checkedIds, instanceNameOf } from './arguments.ts';
import type { EcsOperation } from './operation.ts';

// https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-modifyinstanceattribute
export const modifyInstanceAttribute: EcsOperation = ({ parameters }, { fleet }) => {
  const [instanceId = ''] = checkedIds([requiredParameter(parameters, 'InstanceId')]);
  if (fleet.find(instanceId) === undefined) throw instanceNotFound();
  const name = instanceNameOf(parameters);
  if (name !== undefined) fleet.modify(instanceId, { name });
  return {};
};
