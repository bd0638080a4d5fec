import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { unzipSync } from 'fflate';
import type { LocalServer } from '../../server.ts';
import { type FunctionRuntime, startFunction } from '../function.ts';
import { startHttpTrigger } from '../http-trigger.ts';
import { LOCAL_ACCOUNT_ID, type Platform } from '../options.ts';
import { startTimer, type Timer } from '../timer.ts';
import { invalidArgument } from './errors.ts';

/** The properties of a function as the API has them, without its code. */
export interface FunctionConfig {
  readonly functionName: string;
  readonly runtime: string;
  readonly handler: string;
  readonly timeout?: number;
  readonly memorySize?: number;
  readonly role?: string;
  readonly environmentVariables?: Readonly<Record<string, string>>;
  readonly [name: string]: unknown;
}

export interface TriggerConfig {
  readonly triggerName: string;
  readonly triggerType: string;
  readonly qualifier: string;
  /** JSON, as the API has it. */
  readonly triggerConfig: string;
}

/** What makes a trigger work: a timer, or a server. */
interface RunningTrigger {
  readonly url?: string;
  close(): Promise<void> | void;
}

/** A function that was created by the API, with all that belongs to it. */
export interface Deployed {
  readonly functionId: string;
  readonly createdTime: string;
  config: FunctionConfig;
  codeDir: string;
  codeChecksum: string;
  codeSize: number;
  lastModifiedTime: string;
  asyncConfig: Readonly<Record<string, unknown>> | null;
  reservedConcurrency: number | null;
  readonly triggers: Map<string, { readonly config: TriggerConfig; running: RunningTrigger }>;
  /** Runs the newest code with the newest settings. */
  runtime: FunctionRuntime;
}

/** The functions of the account, by name. */
export interface DeployedFunctions {
  readonly functions: Map<string, Deployed>;
  /** Starts a function that was just created. @throws {ApiError} when it cannot run like this */
  start(deployed: Omit<Deployed, 'runtime'>): FunctionRuntime;
  /** Starts the function's code with the settings that it has now. */
  restart(deployed: Deployed): Promise<void>;
  /** Unpacks a zip file of Base64, as CreateFunction and UpdateFunction take it. */
  unpack(zipFile: string): Promise<string>;
  startTrigger(deployed: Deployed, config: TriggerConfig): Promise<RunningTrigger>;
  arnOf(name: string): string;
  close(): Promise<void>;
}

type CredentialsOf = (role: string) => Platform['credentials'];

export async function deployedFunctions(
  platform: Platform,
  credentialsOf: CredentialsOf,
): Promise<DeployedFunctions> {
  const folder = await mkdtemp(join(tmpdir(), 'ecs-watch-fc-'));
  const functions = new Map<string, Deployed>();
  const start = (deployed: Omit<Deployed, 'runtime'>): FunctionRuntime => {
    // Looked up for each invocation: a role may be made after the function.
    const ofTheRole = {
      get credentials() {
        const { role } = deployed.config;
        return role ? credentialsOf(role) : {};
      },
    };
    return startWith(
      deployed,
      Object.defineProperties({ ...platform }, Object.getOwnPropertyDescriptors(ofTheRole)),
    );
  };
  return {
    functions,
    start,
    async restart(deployed) {
      await deployed.runtime.close();
      deployed.runtime = start(deployed);
      for (const trigger of deployed.triggers.values()) {
        await trigger.running.close();
        trigger.running = await startTrigger(deployed, trigger.config, platform);
      }
    },
    async unpack(zipFile) {
      const codeDir = join(folder, randomUUID());
      for (const [name, bytes] of Object.entries(filesOf(zipFile))) {
        const path = join(codeDir, normalize(name));
        if (!path.startsWith(codeDir)) throw invalidArgument(`${name} is outside of the zip file`);
        if (name.endsWith('/')) continue;
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, bytes);
      }
      return codeDir;
    },
    startTrigger: (deployed, config) => startTrigger(deployed, config, platform),
    arnOf: (name) => `acs:fc:${platform.region}:${LOCAL_ACCOUNT_ID}:functions/${name}`,
    async close() {
      for (const { runtime, triggers } of functions.values()) {
        for (const { running } of triggers.values()) await running.close();
        await runtime.close();
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function filesOf(zipFile: string): Readonly<Record<string, Uint8Array>> {
  try {
    return unzipSync(Buffer.from(zipFile, 'base64'));
  } catch {
    throw invalidArgument('code.zipFile is not a zip file in Base64');
  }
}

function startWith(
  { config, codeDir, asyncConfig, reservedConcurrency }: Omit<Deployed, 'runtime'>,
  platform: Platform,
): FunctionRuntime {
  try {
    return startFunction(
      {
        name: config.functionName,
        codeDir,
        handler: config.handler,
        timeoutSeconds: config.timeout ?? DEFAULT_TIMEOUT_SECONDS,
        environment: config.environmentVariables ?? {},
        ...(config.memorySize !== undefined && { memoryMb: config.memorySize }),
        ...(reservedConcurrency !== null && { reservedConcurrency }),
        ...asyncConfig,
      },
      platform,
    );
  } catch (error) {
    if (error instanceof RangeError) throw invalidArgument(error.message);
    throw error;
  }
}

/** Source: CreateFunction, `timeout`. */
const DEFAULT_TIMEOUT_SECONDS = 3;

async function startTrigger(
  deployed: Deployed,
  { triggerName, triggerType, triggerConfig }: TriggerConfig,
  { clock }: Platform,
): Promise<RunningTrigger> {
  const settings = parsed(triggerConfig);
  if (triggerType === 'timer') return timer(deployed, triggerName, settings, clock);
  if (triggerType !== 'http') throw invalidArgument(`trigger type ${triggerType} is not supported`);
  const { methods } = settings as { readonly methods?: readonly string[] };
  const server: LocalServer = await startHttpTrigger({
    target: deployed.runtime,
    clock,
    ...(methods && { methods }),
  });
  return { url: server.url, close: () => server.close() };
}

function timer(
  { runtime: target }: Deployed,
  triggerName: string,
  settings: object,
  clock: Platform['clock'],
): RunningTrigger {
  const { cronExpression, enable, payload } = settings as {
    readonly cronExpression: string;
    readonly enable: boolean;
    readonly payload?: string;
  };
  if (!enable) return { close: () => undefined };
  try {
    const started: Timer = startTimer({
      target,
      cron: cronExpression,
      triggerName,
      clock,
      ...(payload !== undefined && { payload }),
    });
    return { close: () => started.close() };
  } catch (error) {
    if (error instanceof RangeError) throw invalidArgument(error.message);
    throw error;
  }
}

function parsed(triggerConfig: string): object {
  try {
    return JSON.parse(triggerConfig) as object;
  } catch {
    throw invalidArgument('triggerConfig is not JSON');
  }
}
