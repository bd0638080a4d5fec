import type { Random } from '../../random.ts';
import type { Region } from '../regions.ts';
import type { Tag, Traits } from './instance.ts';

/** The traits of a new instance: plausible, and the same for the same seed. */
export function randomTraits(
  region: Region,
  ordinal: number,
  createdMs: number,
  random: Random,
): Traits {
  const kind = random.pick(INSTANCE_KINDS);
  const number = String(ordinal).padStart(2, '0');
  const spot = random.chance(SPOT_SHARE);
  const address = random.next();
  return {
    id: newId(region.idPrefix, random),
    ordinal,
    createdMs,
    regionId: region.regionId,
    zoneId: random.pick(region.zoneIds),
    clusterId: region.clusterIds[ordinal % region.clusterIds.length] ?? '',
    name: `${kind.name}-${number}`,
    hostName: `${kind.hostName}-${number}`,
    instanceType: kind.instanceType,
    imageId: IMAGE_ID,
    chargeType: 'PostPaid',
    spotStrategy: spot ? 'SpotAsPriceGo' : 'NoSpot',
    tags: kind.tags,
    resourceGroupId: kind.resourceGroupId,
    vpcId: `vpc-${region.idPrefix}${NETWORK_ID}`,
    vSwitchId: `vsw-${region.idPrefix}${NETWORK_ID}`,
    privateIp: privateIp(ordinal),
    publicIp: address < PUBLIC_IP_SHARE ? publicIp(ordinal) : undefined,
    eip: address > 1 - EIP_SHARE ? publicIp(ordinal) : undefined,
  };
}

/** Teams have a resource group each. The instances of the account's default group show none. */
const SITE_GROUP = { resourceGroupId: 'rg-bp67acfmxazb4ph' };
const ORDERS_GROUP = { resourceGroupId: 'rg-aek2xl5qajpkquq' };
const DEFAULT_GROUP = { resourceGroupId: '' };

const ROLES = [
  { name: 'web', hostName: 'web', instanceType: 'ecs.g7.large', ...SITE_GROUP },
  { name: 'api', hostName: 'api', instanceType: 'ecs.c7.xlarge', ...SITE_GROUP },
  { name: '支付网关', hostName: 'payment', instanceType: 'ecs.g7.2xlarge', ...ORDERS_GROUP },
  { name: '订单服务', hostName: 'orders', instanceType: 'ecs.c7.2xlarge', ...ORDERS_GROUP },
  { name: 'worker', hostName: 'worker', instanceType: 'ecs.c7.large', ...DEFAULT_GROUP },
  { name: '数据分析', hostName: 'analytics', instanceType: 'ecs.r7.4xlarge', ...DEFAULT_GROUP },
];
const ENVIRONMENTS = ['production', 'staging', '测试'];
const IMAGE_ID = 'aliyun_3_x64_20G_alibase_20260420.vhd';
const NETWORK_ID = '4ghd9qk2vkywn31vz';

const SPOT_SHARE = 0.1;
const PUBLIC_IP_SHARE = 0.3;
const EIP_SHARE = 0.15;

/** Each role in each environment. Instances share the tags, so that 100,000 of them stay small. */
const INSTANCE_KINDS = ROLES.flatMap((role) =>
  ENVIRONMENTS.map((environment): typeof role & { tags: readonly Tag[] } => ({
    ...role,
    tags: [
      { key: 'app', value: role.hostName },
      { key: 'env', value: environment },
    ],
  })),
);

/** `i-`, three characters of the region and 17 more: 22 in all, as in i-bp67acfmxazb4p1x2y3z. */
function newId(idPrefix: string, random: Random): string {
  const characters = (count: number): string =>
    random
      .below(36 ** count)
      .toString(36)
      .padStart(count, '0');
  return `i-${idPrefix}${characters(6)}${characters(6)}${characters(5)}`;
}

/** In 172.16.0.0/12, which has room for a million. */
function privateIp(ordinal: number): string {
  return `172.${16 + ((ordinal >> 16) & 15)}.${(ordinal >> 8) & 255}.${ordinal & 255}`;
}

/** In 198.18.0.0/15, which RFC 2544 reserves for tests. */
function publicIp(ordinal: number): string {
  return `198.${18 + ((ordinal >> 16) & 1)}.${(ordinal >> 8) & 255}.${ordinal & 255}`;
}
