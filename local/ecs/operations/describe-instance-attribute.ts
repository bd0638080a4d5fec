import { instanceNotFound } from '../errors.ts';
import { instanceTypeOf } from '../instance-types.ts';
import { requiredParameter } from '../parameters.ts';
import { checkedIds } from './arguments.ts';
import { sharedMembers } from './instance-row.ts';
import type { EcsOperation } from './operation.ts';

/**
 * One instance, in whatever region it is.
 * https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describeinstanceattribute
 */
export const describeInstanceAttribute: EcsOperation = ({ parameters }, { fleet }) => {
  const [instanceId = ''] = checkedIds([requiredParameter(parameters, 'InstanceId')]);
  const instance = fleet.find(instanceId);
  if (instance === undefined) throw instanceNotFound();
  const type = instanceTypeOf(instance.instanceType);
  return {
    ...sharedMembers(instance),
    // Memory is in MiB here, in GiB in DescribeInstanceTypes.
    ...(type && { Cpu: type.cpuCores, Memory: type.memoryGib * 1024 }),
    IoOptimized: 'optimized',
    Description: '',
    CreditSpecification: '',
    VlanId: '',
    SecurityGroupIds: { SecurityGroupId: [] },
    DedicatedHostAttribute: { DedicatedHostId: '', DedicatedHostName: '' },
  };
};
