import type { LocalServer } from '../../server.ts';
import type { AccessKey } from '../../signature/access-key.ts';
import { type HttpAnswer, JSON_TYPE } from '../http-answer.ts';
import { startInvokeApi } from '../invoke-api.ts';
import type { Platform } from '../options.ts';
import { type DeployedFunctions, deployedFunctions } from './deployed.ts';
import { invalidArgument } from './errors.ts';
import type { Operation } from './operation.ts';
import {
  createFunction,
  deleteFunction,
  getFunction,
  updateFunction,
} from './operations/functions.ts';
import {
  getAsyncInvokeConfig,
  getConcurrencyConfig,
  putAsyncInvokeConfig,
  putConcurrencyConfig,
} from './operations/limits.ts';
import {
  createTrigger,
  deleteTrigger,
  getTrigger,
  listTriggers,
  updateTrigger,
} from './operations/triggers.ts';

const OPERATIONS: readonly Operation[] = [
  createFunction,
  getFunction,
  updateFunction,
  deleteFunction,
  createTrigger,
  listTriggers,
  getTrigger,
  updateTrigger,
  deleteTrigger,
  putAsyncInvokeConfig,
  getAsyncInvokeConfig,
  putConcurrencyConfig,
  getConcurrencyConfig,
];

interface FunctionComputeOptions {
  readonly platform: Platform;
  /** The keys of a role, by its ARN. Default: those of the platform for every role. */
  credentialsOf?(role: string): Platform['credentials'];
  readonly accessKeys: readonly AccessKey[];
  readonly port?: number;
}

/** Function Compute as an account without functions sees it: all are made by calls of its API. */
export interface FunctionCompute extends LocalServer {
  readonly deployed: DeployedFunctions;
}

export async function startFunctionCompute({
  platform,
  accessKeys,
  port = 0,
  credentialsOf = () => platform.credentials,
}: FunctionComputeOptions): Promise<FunctionCompute> {
  const deployed = await deployedFunctions(platform, credentialsOf);
  const api = await startInvokeApi({
    find: (name) => deployed.functions.get(name)?.runtime,
    accessKeys,
    port,
    clock: platform.clock,
    async control({ method, path, body }) {
      for (const operation of OPERATIONS) {
        const match = operation.method === method ? operation.path.exec(path) : null;
        if (match === null) continue;
        const { name = '', other = '' } = match.groups ?? {};
        const call = { name, other, body: bodyOf(body), deployed, platform };
        return answerOf(await operation.run(call));
      }
      return null;
    },
  });
  return {
    ...api,
    deployed,
    async close() {
      await api.close();
      await deployed.close();
    },
  };
}

function bodyOf(body: Buffer): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString()) as Record<string, unknown>;
  } catch {
    throw invalidArgument('the body is not JSON');
  }
}

function answerOf(body: object | null): HttpAnswer {
  if (body === null) return { status: 204, headers: {}, body: Buffer.alloc(0) };
  return { status: 200, headers: JSON_TYPE, body: Buffer.from(JSON.stringify(body)) };
}
