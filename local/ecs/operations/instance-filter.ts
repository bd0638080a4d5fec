import { ApiError } from '../errors.ts';
import type { Instance } from '../fleet/instance.ts';
import { jsonList, tags } from '../parameters.ts';
import type { Parameters } from '../request.ts';

type InstanceFilter = (instance: Instance) => boolean;

/**
 * The filter that a DescribeInstances call asks for, `undefined` when it asks for none.
 *
 * @throws {ApiError} for a value that no instance can have.
 */
export function filterOf(parameters: Parameters): InstanceFilter | undefined {
  const filters = [
    ...Object.entries(BY_VALUE).flatMap(([name, filter]) => {
      const value = parameters.get(name);
      return value ? [filter(value)] : [];
    }),
    ...Object.entries(BY_ADDRESS).flatMap(([name, addressOf]) => {
      const addresses = jsonList(parameters, name);
      return addresses ? [(instance: Instance) => addresses.includes(addressOf(instance))] : [];
    }),
    ...tags(parameters).map(({ key, value }): InstanceFilter => {
      return (instance) =>
        instance.tags.some((tag) => tag.key === key && (value === '' || tag.value === value));
    }),
  ];
  if (filters.length === 0) return undefined;
  return (instance) => filters.every((filter) => filter(instance));
}

const STATUSES = ['Pending', 'Running', 'Starting', 'Stopping', 'Stopped'];
const CHARGE_TYPES = ['PostPaid', 'PrePaid'];
const NETWORK_TYPES = ['vpc', 'classic'];
const LOCK_REASONS = ['financial', 'security', 'Recycling', 'dedicatedhostfinancial', 'refunded'];

const BY_VALUE: Record<string, (value: string) => InstanceFilter> = {
  Status(value) {
    known(value, STATUSES, 'InvalidStatus.NotFound');
    return ({ status }) => status === value;
  },
  InstanceChargeType(value) {
    known(value, CHARGE_TYPES, 'InvalidInstanceChargeType.NotFound');
    return ({ chargeType }) => chargeType === value;
  },
  InstanceNetworkType(value) {
    known(value, NETWORK_TYPES, 'InvalidNetworkType.NotFound');
    return () => value === 'vpc';
  },
  LockReason(value) {
    known(value, LOCK_REASONS, 'InvalidLockReason.NotFound');
    return () => false;
  },
  InstanceName: (value) => {
    const pattern = wildcard(value);
    return ({ name }) => pattern.test(name);
  },
  InstanceType: (value) => (instance) => instance.instanceType === value,
  InstanceTypeFamily: (value) => (instance) => instance.instanceType.startsWith(`${value}.`),
  ImageId: (value) => (instance) => instance.imageId === value,
  ResourceGroupId: (value) => (instance) => instance.resourceGroupId === value,
  VpcId: (value) => (instance) => instance.vpcId === value,
  VSwitchId: (value) => (instance) => instance.vSwitchId === value,
};

const BY_ADDRESS: Record<string, (instance: Instance) => string> = {
  PrivateIpAddresses: ({ privateIp }) => privateIp,
  PublicIpAddresses: ({ publicIp }) => publicIp ?? '',
  EipAddresses: ({ eip }) => eip ?? '',
};

function known(value: string, values: readonly string[], code: string): void {
  if (values.includes(value)) return;
  throw new ApiError(404, code, `The specified value ${value} does not exist in our records.`);
}

/** A name with `*` for any text. */
function wildcard(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
