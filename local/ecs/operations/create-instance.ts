import { dryRun } from '../errors.ts';
import { flag } from '../parameters.ts';
import { newInstanceOf } from './new-instance.ts';
import type { EcsOperation } from './operation.ts';

/**
 * One instance, which is Stopped when it is there, and has no public address: StartInstance starts it.
 * https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-createinstance
 */
export const createInstance: EcsOperation = ({ parameters }, { fleet }) => {
  const { regionId, traitsOf } = newInstanceOf(parameters, fleet);
  if (flag(parameters, 'DryRun')) throw dryRun('DryRunOperation');
  const unreachable = { publicIp: undefined, eip: undefined };
  const [created] = fleet.create(
    regionId,
    1,
    (instanceId) => ({ ...traitsOf(instanceId), ...unreachable }),
    'create',
  );
  return { InstanceId: created?.id };
};
