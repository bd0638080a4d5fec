import { dryRun, invalidParameter } from '../errors.ts';
import type { Traits } from '../fleet/instance.ts';
import { choice, flag, integer, requiredParameter, tags } from '../parameters.ts';
import type { Parameters } from '../request.ts';
import { instanceNameOf, regionIdOf, zoneIdOf } from './arguments.ts';
import type { EcsOperation } from './operation.ts';

// https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-runinstances
export const runInstances: EcsOperation = ({ parameters }, { fleet }) => {
  const regionId = regionIdOf(parameters, fleet);
  const zoneId = zoneIdOf(parameters, regionId);
  const amount = amountOf(parameters);
  const chosen = chosenTraits(parameters);
  const name = instanceNameOf(parameters);
  const hostName = parameters.get('HostName') || undefined;
  if (flag(parameters, 'DryRun')) throw dryRun('DryRunOperation');
  const created = fleet.create(regionId, amount, (instanceId) => ({
    ...chosen,
    ...(zoneId && { zoneId }),
    // "The default value is the InstanceId of the instance."
    name: name ?? instanceId,
    hostName: hostName?.replace(/\$\{instance_id\}/g, instanceId) ?? instanceId,
  }));
  return { InstanceIdSets: { InstanceIdSet: created.map(({ id }) => id) } };
};

// Amount: 1 to 100, 1 when it is not given.
const MAX_AMOUNT = 100;

function amountOf(parameters: Parameters): number {
  const amount = integer(parameters, 'Amount') ?? 1;
  if (amount < 1 || amount > MAX_AMOUNT) throw invalidParameter('Amount');
  return amount;
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
