import { ApiError } from '../errors.ts';
import type { Operation } from '../operation.ts';
import { found } from './functions.ts';

// PutAsyncInvokeConfig, GetAsyncInvokeConfig, PutConcurrencyConfig and GetConcurrencyConfig of
// 2023-03-30: what a function says of how it is invoked.

const ASYNC = /^\/2023-03-30\/functions\/(?<name>[^/]+)\/async-invoke-config$/;
const CONCURRENCY = /^\/2023-03-30\/functions\/(?<name>[^/]+)\/concurrency$/;

export const putAsyncInvokeConfig: Operation = {
  method: 'PUT',
  path: ASYNC,
  async run({ name, body, deployed }) {
    const target = found(deployed, name);
    target.asyncConfig = body;
    await deployed.restart(target);
    return { ...body, functionArn: deployed.arnOf(name) };
  },
};

export const getAsyncInvokeConfig: Operation = {
  method: 'GET',
  path: ASYNC,
  async run({ name, deployed }) {
    const { asyncConfig } = found(deployed, name);
    if (asyncConfig === null) {
      throw new ApiError(404, 'AsyncConfigNotExists', `function '${name}' has no such config`);
    }
    return { ...asyncConfig, functionArn: deployed.arnOf(name) };
  },
};

export const putConcurrencyConfig: Operation = {
  method: 'PUT',
  path: CONCURRENCY,
  async run({ name, body, deployed }) {
    const target = found(deployed, name);
    target.reservedConcurrency = Number(body.reservedConcurrency);
    await deployed.restart(target);
    return { reservedConcurrency: target.reservedConcurrency, functionArn: deployed.arnOf(name) };
  },
};

export const getConcurrencyConfig: Operation = {
  method: 'GET',
  path: CONCURRENCY,
  async run({ name, deployed }) {
    const { reservedConcurrency } = found(deployed, name);
    if (reservedConcurrency === null) {
      throw new ApiError(404, 'ConcurrencyConfigNotExists', `function '${name}' has none`);
    }
    return { reservedConcurrency, functionArn: deployed.arnOf(name) };
  },
};
