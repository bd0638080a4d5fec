import type { Body } from '../ecs/answer.ts';
import type { Instance, Instances } from './instances.ts';

/** What both GetInstance and ListInstances answer of an instance. */
export function describedInstance(instance: Instance, { accountId, regionId }: Instances): Body {
  return {
    InstanceName: instance.name,
    AliasName: instance.name,
    InstanceDescription: instance.description,
    InstanceSpecification: instance.specification,
    InstanceStatus: instance.status ?? 'normal',
    IsMultiAZ: false,
    PaymentType: 'PayAsYouGo',
    RegionId: regionId,
    StorageType: instance.specification,
    UserId: accountId,
    CreateTime: new Date(instance.createdMs).toISOString().replace(/\.\d{3}Z$/u, 'Z'),
  };
}
