import type { Fleet } from '../fleet/fleet.ts';
import type { Traits } from '../fleet/instance.ts';
import { choice, requiredParameter, tags } from '../parameters.ts';
import type { Parameters } from '../request.ts';
import { instanceNameOf, regionIdOf, zoneIdOf } from './arguments.ts';

/** What RunInstances and CreateInstance say of a new instance. */
export interface NewInstance {
  readonly regionId: string;
  /** Its traits; the seed chooses what they leave open. */
  traitsOf(instanceId: string): Partial<Traits>;
}

/** @throws {ApiError} for a region, a zone, a name or a choice that cannot be, and without an image or a type. */
export function newInstanceOf(parameters: Parameters, fleet: Fleet): NewInstance {
  const regionId = regionIdOf(parameters, fleet);
  const zoneId = zoneIdOf(parameters, regionId);
  const chosen = chosenTraits(parameters);
  const name = instanceNameOf(parameters);
  const hostName = parameters.get('HostName') || undefined;
  return {
    regionId,
    traitsOf: (instanceId) => ({
      ...chosen,
      ...(zoneId && { zoneId }),
      // "The default value is the InstanceId of the instance."
      name: name ?? instanceId,
      hostName: hostName?.replace(/\$\{instance_id\}/g, instanceId) ?? instanceId,
    }),
  };
}

function chosenTraits(parameters: Parameters): Partial<Traits> {
  const given = (name: string) => parameters.get(name) || undefined;
  const vSwitchId = given('VSwitchId');
  const privateIp = given('PrivateIpAddress');
  return {
    imageId: requiredParameter(parameters, 'ImageId'),
    instanceType: requiredParameter(parameters, 'InstanceType'),
    chargeType: choice(parameters, 'InstanceChargeType', ['PostPaid', 'PrePaid']),
    spotStrategy: choice(parameters, 'SpotStrategy', [
      'NoSpot',
      'SpotWithPriceLimit',
      'SpotAsPriceGo',
    ]),
    tags: tags(parameters),
    resourceGroupId: given('ResourceGroupId') ?? '',
    ...(vSwitchId && { vSwitchId }),
    ...(privateIp && { privateIp }),
  };
}
