import type { Body } from '../answer.ts';
import type { Instance } from '../fleet/instance.ts';

/** An instance as DescribeInstances shows it. */
export function instanceRow(instance: Instance): Body {
  return {
    InstanceId: instance.id,
    InstanceName: instance.name,
    HostName: instance.hostName,
    Status: instance.status,
    RegionId: instance.regionId,
    ZoneId: instance.zoneId,
    ClusterId: instance.clusterId,
    InstanceType: instance.instanceType,
    InstanceTypeFamily: instance.instanceType.replace(/\.[^.]*$/, ''),
    InstanceChargeType: instance.chargeType,
    SpotStrategy: instance.spotStrategy,
    StoppedMode: instance.stoppedMode,
    ImageId: instance.imageId,
    CreationTime: minute(instance.createdMs),
    StartTime: minute(instance.startedMs),
    ExpiredTime: PAY_AS_YOU_GO_EXPIRY,
    AutoReleaseTime: '',
    ResourceGroupId: instance.resourceGroupId,
    InstanceNetworkType: 'vpc',
    OperationLocks: { LockReason: [] },
    Tags: {
      Tag: instance.tags.map(({ key, value }) => ({ TagKey: key, TagValue: value })),
    },
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
