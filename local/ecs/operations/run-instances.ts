import { dryRun, invalidParameter } from '../errors.ts';
import { flag, integer } from '../parameters.ts';
import type { Parameters } from '../request.ts';
import { newInstanceOf } from './new-instance.ts';
import type { EcsOperation } from './operation.ts';

// https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-runinstances
export const runInstances: EcsOperation = ({ parameters }, { fleet }) => {
  const { regionId, traitsOf } = newInstanceOf(parameters, fleet);
  const amount = amountOf(parameters);
  if (flag(parameters, 'DryRun')) throw dryRun('DryRunOperation');
  const created = fleet.create(regionId, amount, traitsOf);
  return { InstanceIdSets: { InstanceIdSet: created.map(({ id }) => id) } };
};

// Amount: 1 to 100, 1 when it is not given.
const MAX_AMOUNT = 100;

function amountOf(parameters: Parameters): number {
  const amount = integer(parameters, 'Amount') ?? 1;
  if (amount < 1 || amount > MAX_AMOUNT) throw invalidParameter('Amount');
  return amount;
}
