import { createHash, randomUUID } from 'node:crypto';
import type { Deployed, DeployedFunctions, FunctionConfig } from '../deployed.ts';
import { ApiError, functionNotFound, invalidArgument } from '../errors.ts';
import { type Operation, withTexts } from '../operation.ts';

// CreateFunction, GetFunction, UpdateFunction and DeleteFunction of 2023-03-30, by the models of
// @alicloud/fc20230330.

const PATH = /^\/2023-03-30\/functions\/(?<name>[^/]+)$/;

/** What a function is created or changed with: its properties, and its code beside them. */
interface FunctionInput extends FunctionConfig {
  readonly code?: { readonly zipFile?: string };
}

const REQUIRED = ['functionName', 'runtime', 'handler'] as const;

export const createFunction: Operation = {
  method: 'POST',
  path: /^\/2023-03-30\/functions$/,
  async run({ body, deployed, platform }) {
    const { code, ...config } = withTexts<FunctionInput>(body, REQUIRED);
    if (deployed.functions.has(config.functionName)) {
      const message = `function '${config.functionName}' already exists`;
      throw new ApiError(409, 'FunctionAlreadyExists', message);
    }
    if (code?.zipFile === undefined) throw invalidArgument('code.zipFile is missing');
    const now = new Date(platform.clock.now()).toISOString();
    const state = {
      functionId: randomUUID(),
      createdTime: now,
      lastModifiedTime: now,
      config,
      codeDir: await deployed.unpack(code.zipFile),
      ...identityOf(code.zipFile),
      asyncConfig: null,
      reservedConcurrency: null,
      triggers: new Map(),
    };
    const created: Deployed = { ...state, runtime: deployed.start(state) };
    deployed.functions.set(config.functionName, created);
    return functionBody(created, deployed);
  },
};

export const getFunction: Operation = {
  method: 'GET',
  path: PATH,
  async run({ name, deployed }) {
    return functionBody(found(deployed, name), deployed);
  },
};

export const updateFunction: Operation = {
  method: 'PUT',
  path: PATH,
  async run({ name, body, deployed, platform }) {
    const before = found(deployed, name);
    const { code, ...changes } = body as Partial<FunctionInput>;
    before.config = { ...before.config, ...changes, functionName: name };
    if (code?.zipFile !== undefined) {
      before.codeDir = await deployed.unpack(code.zipFile);
      Object.assign(before, identityOf(code.zipFile));
    }
    before.lastModifiedTime = new Date(platform.clock.now()).toISOString();
    await deployed.restart(before);
    return functionBody(before, deployed);
  },
};

export const deleteFunction: Operation = {
  method: 'DELETE',
  path: PATH,
  async run({ name, deployed }) {
    const { triggers, runtime } = found(deployed, name);
    if (triggers.size > 0) {
      const message = `function '${name}' has triggers: ${[...triggers.keys()].join(', ')}`;
      throw new ApiError(409, 'TriggerExists', message);
    }
    await runtime.close();
    deployed.functions.delete(name);
    return null;
  },
};

export function found({ functions }: DeployedFunctions, name: string): Deployed {
  const deployed = functions.get(name);
  if (deployed === undefined) throw functionNotFound(name);
  return deployed;
}

/** The real checksum is the CRC-64 of the zip file: what matters here is that it follows the bytes. */
function identityOf(zipFile: string): Pick<Deployed, 'codeChecksum' | 'codeSize'> {
  const bytes = Buffer.from(zipFile, 'base64');
  const digest = createHash('sha256').update(bytes).digest();
  return { codeChecksum: digest.readBigUInt64BE().toString(), codeSize: bytes.length };
}

function functionBody(
  { config, functionId, createdTime, lastModifiedTime, codeChecksum, codeSize }: Deployed,
  { arnOf }: DeployedFunctions,
): object {
  return {
    ...config,
    functionId,
    functionArn: arnOf(config.functionName),
    createdTime,
    lastModifiedTime,
    codeChecksum,
    codeSize,
    state: 'Active',
    lastUpdateStatus: 'Successful',
  };
}
