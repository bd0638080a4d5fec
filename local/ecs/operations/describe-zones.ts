import type { Body } from '../answer.ts';
import { familyOf, INSTANCE_TYPES } from '../instance-types.ts';
import { choice, flag } from '../parameters.ts';
import { regionOf } from '../regions.ts';
import { isChinese, regionIdOf } from './arguments.ts';
import type { EcsOperation } from './operation.ts';

// https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describezones
export const describeZones: EcsOperation = ({ parameters }, { fleet }) => {
  const { zoneIds, localName } = regionOf(regionIdOf(parameters, fleet));
  const chinese = isChinese(parameters);
  choice(parameters, 'InstanceChargeType', ['PostPaid', 'PrePaid']);
  choice(parameters, 'SpotStrategy', ['NoSpot', 'SpotWithPriceLimit', 'SpotAsPriceGo']);
  const details = flag(parameters, 'Verbose', true) ? AVAILABLE : {};
  return {
    Zones: {
      Zone: zoneIds.map((zoneId) => {
        const letter = zoneId.slice(-1).toUpperCase();
        return {
          ZoneId: zoneId,
          LocalName: chinese
            ? `${localName.chinese} 可用区${letter}`
            : `${localName.english} Zone ${letter}`,
          ZoneType: 'AvailabilityZone',
          ...details,
        };
      }),
    },
  };
};

const TYPES = INSTANCE_TYPES.map(({ id }) => id);
const DISKS = ['cloud_essd', 'cloud_efficiency', 'cloud_ssd'];

/** What can be had in a zone: the same in each. The inner names begin with small letters, as those of the service. */
const AVAILABLE: Body = {
  AvailableResourceCreation: { ResourceTypes: ['Instance', 'Disk', 'VSwitch', 'IoOptimized'] },
  AvailableInstanceTypes: { InstanceTypes: TYPES },
  AvailableDiskCategories: { DiskCategories: DISKS },
  AvailableVolumeCategories: { VolumeCategories: [] },
  AvailableDedicatedHostTypes: { DedicatedHostType: [] },
  DedicatedHostGenerations: { DedicatedHostGeneration: [] },
  AvailableResources: {
    ResourcesInfo: [
      {
        IoOptimized: true,
        NetworkTypes: { supportedNetworkCategory: ['vpc'] },
        InstanceTypes: { supportedInstanceType: TYPES },
        InstanceTypeFamilies: { supportedInstanceTypeFamily: [...new Set(TYPES.map(familyOf))] },
        InstanceGenerations: { supportedInstanceGeneration: [] },
        SystemDiskCategories: { supportedSystemDiskCategory: DISKS },
        DataDiskCategories: { supportedDataDiskCategory: DISKS },
      },
    ],
  },
};
