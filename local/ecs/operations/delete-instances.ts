import {
  chargeTypeViolation,
  dryRun,
  incorrectInstanceStatus,
  instanceInitializing,
  instanceNotFound,
} from '../errors.ts';
import type { Instance } from '../fleet/instance.ts';
import { allows } from '../fleet/lifecycle.ts';
import { flag, requiredParameter } from '../parameters.ts';
import { checkedIds, regionIdOf, requiredInstanceIds } from './arguments.ts';
import type { EcsOperation } from './operation.ts';

// https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-deleteinstances
export const deleteInstances: EcsOperation = ({ parameters }, { fleet }) => {
  const regionId = regionIdOf(parameters, fleet);
  const instanceIds = requiredInstanceIds(parameters);
  const force = flag(parameters, 'Force');
  for (const instanceId of instanceIds) {
    const instance = fleet.find(instanceId);
    if (instance?.regionId !== regionId) throw instanceNotFound();
    checkReleasable(instance, force);
  }
  if (flag(parameters, 'DryRun')) throw dryRun('DRYRUN.SUCCESS');
  fleet.release(instanceIds);
  return {};
};

export const deleteInstance: EcsOperation = ({ parameters }, { fleet }) => {
  const instanceIds = checkedIds([requiredParameter(parameters, 'InstanceId')]);
  const instance = fleet.find(instanceIds[0] ?? '');
  if (instance === undefined) throw instanceNotFound();
  checkReleasable(instance, flag(parameters, 'Force'));
  if (flag(parameters, 'DryRun')) throw dryRun('DryRunOperation');
  fleet.release(instanceIds);
  return {};
};

function checkReleasable({ status, chargeType }: Instance, force: boolean): void {
  // Only an expired subscription may be released, and here none expires.
  if (chargeType === 'PrePaid') throw chargeTypeViolation();
  if (status === 'Pending' || status === 'Starting') throw instanceInitializing();
  if (!allows(force ? 'forcedRelease' : 'release', status)) throw incorrectInstanceStatus();
}
