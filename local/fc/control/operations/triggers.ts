import type { Deployed, DeployedFunctions, TriggerConfig } from '../deployed.ts';
import { ApiError, invalidArgument, triggerNotFound } from '../errors.ts';
import { type Operation, withTexts } from '../operation.ts';
import { found } from './functions.ts';

// CreateTrigger, GetTrigger, ListTriggers, UpdateTrigger and DeleteTrigger of 2023-03-30.

const ALL = /^\/2023-03-30\/functions\/(?<name>[^/]+)\/triggers$/;
const ONE = /^\/2023-03-30\/functions\/(?<name>[^/]+)\/triggers\/(?<other>[^/]+)$/;

export const createTrigger: Operation = {
  method: 'POST',
  path: ALL,
  async run({ name, body, deployed }) {
    const target = found(deployed, name);
    const config = withTexts<TriggerConfig>(body, ['triggerName', 'triggerType', 'triggerConfig']);
    if (target.triggers.has(config.triggerName)) {
      const message = `trigger '${config.triggerName}' already exists`;
      throw new ApiError(409, 'TriggerAlreadyExists', message);
    }
    const isHttp = ({ triggerType }: TriggerConfig): boolean => triggerType === 'http';
    if (isHttp(config) && [...target.triggers.values()].some((other) => isHttp(other.config))) {
      throw invalidArgument('a version or alias has one HTTP trigger at most');
    }
    const running = await deployed.startTrigger(target, config);
    target.triggers.set(config.triggerName, { config, running });
    return triggerBody(target, config.triggerName, deployed);
  },
};

export const listTriggers: Operation = {
  method: 'GET',
  path: ALL,
  async run({ name, deployed }) {
    const target = found(deployed, name);
    const names = [...target.triggers.keys()];
    return { triggers: names.map((trigger) => triggerBody(target, trigger, deployed)) };
  },
};

export const getTrigger: Operation = {
  method: 'GET',
  path: ONE,
  async run({ name, other, deployed }) {
    return triggerBody(found(deployed, name), other, deployed);
  },
};

export const updateTrigger: Operation = {
  method: 'PUT',
  path: ONE,
  async run({ name, other, body, deployed }) {
    const target = found(deployed, name);
    const before = foundTrigger(target, other);
    const config = { ...before.config, ...(body as Partial<TriggerConfig>), triggerName: other };
    await before.running.close();
    target.triggers.set(other, { config, running: await deployed.startTrigger(target, config) });
    return triggerBody(target, other, deployed);
  },
};

export const deleteTrigger: Operation = {
  method: 'DELETE',
  path: ONE,
  async run({ name, other, deployed }) {
    const target = found(deployed, name);
    await foundTrigger(target, other).running.close();
    target.triggers.delete(other);
    return null;
  },
};

function foundTrigger({ triggers }: Deployed, name: string) {
  const trigger = triggers.get(name);
  if (trigger === undefined) throw triggerNotFound(name);
  return trigger;
}

function triggerBody(target: Deployed, name: string, { arnOf }: DeployedFunctions): object {
  const { config, running } = foundTrigger(target, name);
  const { url } = running;
  return {
    ...config,
    targetArn: arnOf(target.config.functionName),
    ...(url !== undefined && { httpTrigger: { urlInternet: url, urlIntranet: url } }),
  };
}
