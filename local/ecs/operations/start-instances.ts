import { onMany, onOne, type PowerMove } from './power.ts';

const start: PowerMove = {
  request: 'start',
  carryOut: (fleet, instanceIds) => fleet.start(instanceIds),
};

// https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-startinstances
export const startInstances = onMany(start);
export const startInstance = onOne(start);
