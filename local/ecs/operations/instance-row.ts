import type { Body } from '../answer.ts';
import type { Instance } from '../fleet/instance.ts';
import { familyOf } from '../instance-types.ts';

/** An instance as DescribeInstances shows it. */
export function instanceRow(instance: Instance): Body {
  return {
    ...sharedMembers(instance),
    InstanceTypeFamily: familyOf(instance.instanceType),
    SpotStrategy: instance.spotStrategy,
    StartTime: minute(instance.startedMs),
    AutoReleaseTime: '',
    ResourceGroupId: instance.resourceGroupId,
    Tags: {
      Tag: instance.tags.map(({ key, value }) => ({ TagKey: key, TagValue: value })),
    },
  };
}

/** What DescribeInstanceAttribute shows of an instance under the same names. */
export function sharedMembers(instance: Instance): Body {
  return {
    InstanceId: instance.id,
    InstanceName: instance.name,
    HostName: instance.hostName,
    Status: instance.status,
    RegionId: instance.regionId,
    ZoneId: instance.zoneId,
    ClusterId: instance.clusterId,
    InstanceType: instance.instanceType,
    InstanceChargeType: instance.chargeType,
    StoppedMode: instance.stoppedMode,
    ImageId: instance.imageId,
    CreationTime: minute(instance.createdMs),
    ExpiredTime: PAY_AS_YOU_GO_EXPIRY,
    InstanceNetworkType: 'vpc',
    OperationLocks: { LockReason: [] },
    VpcAttributes: {
      VpcId: instance.vpcId,
      VSwitchId: instance.vSwitchId,
      PrivateIpAddress: { IpAddress: [instance.privateIp] },
      NatIpAddress: '',
    },
    PublicIpAddress: { IpAddress: instance.publicIp ? [instance.publicIp] : [] },
    EipAddress: { IpAddress: instance.eip ?? '', AllocationId: '' },
    InnerIpAddress: { IpAddress: [] },
  };
}

/** What the service shows for instances that do not expire. */
const PAY_AS_YOU_GO_EXPIRY = '2099-12-31T15:59Z';

/** `yyyy-MM-ddTHH:mmZ`: the service shows no seconds. */
function minute(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 16)}Z`;
}
