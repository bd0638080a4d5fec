import { onMany, onOne, type PowerMove } from './power.ts';

const reboot: PowerMove = {
  request: 'reboot',
  carryOut: (fleet, instanceIds) => fleet.reboot(instanceIds),
};

// https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-rebootinstances
export const rebootInstances = onMany(reboot);
export const rebootInstance = onOne(reboot);
