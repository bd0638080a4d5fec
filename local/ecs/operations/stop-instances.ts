import { choice } from '../parameters.ts';
import { onMany, onOne, type PowerMove } from './power.ts';

const stop: PowerMove = {
  request: 'stop',
  carryOut(fleet, instanceIds, parameters) {
    fleet.stop(instanceIds, choice(parameters, 'StoppedMode', ['KeepCharging', 'StopCharging']));
  },
};

// https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-stopinstances
export const stopInstances = onMany(stop);
export const stopInstance = onOne(stop);
