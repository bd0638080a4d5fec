import { Readable } from 'node:stream';
import Fc, * as fc from '@alicloud/fc20230330';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import type { Redact } from '../../shared/lib/secrets.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { ControlError, controlError } from '../setup/refusal.ts';
import type { DeployedFunction } from './core/difference.ts';
import type { TriggerTemplate } from './core/template.ts';
import { FC_ENDPOINT } from './settings.ts';

/** Function Compute as a deployment reads it. */
export interface FunctionCompute {
  /** Null: there is no function of that name. @throws {ControlError} */
  find(name: string): Promise<DeployedFunction | null>;
  /** The address of a function's HTTP trigger, if it has one. @throws {ControlError} */
  addressOf(name: string): Promise<string | undefined>;
  /** What the function returned. @throws {ControlError} with the function's own words if it failed */
  invoke(name: string, event: string): Promise<string>;
}

const TIMEOUT_MS = 10_000;
/** The watch function ends within 50 seconds (s.yaml). */
const INVOCATION_TIMEOUT_MS = 60_000;
/** Codes by which Function Compute says that something is not there. */
const ABSENT = /^(?:FunctionNotFound|ConcurrencyConfigNotExists|TriggerNotFound)$/u;

interface Addressed {
  readonly region: string;
  /** Another address than the region's. */
  readonly endpoint: string | undefined;
}

function endpointOf({ region, endpoint }: Addressed): string {
  return endpoint ?? `https://fcv3.${region}.aliyuncs.com`;
}

export function hostOf(addressed: Addressed): string {
  return new URL(endpointOf(addressed)).host;
}

export function functionCompute(options: {
  readonly credentials: Credentials;
  readonly region: string;
  /** Another address than the region's. */
  readonly endpoint: string | undefined;
  readonly redact: Redact;
}): FunctionCompute {
  const { credentials, region, redact } = options;
  const endpoint = endpointOf(options);
  const { host, protocol } = new URL(endpoint);
  const clientWith = (timeoutMs: number): Fc =>
    new Fc(
      new $OpenApiUtil.Config({
        ...credentials,
        regionId: region,
        endpoint: host,
        protocol: protocol.slice(0, -1),
        // Both alike: the client takes the shorter one for the whole call.
        connectTimeout: timeoutMs,
        readTimeout: timeoutMs,
      }),
    );
  const client = clientWith(TIMEOUT_MS);
  const asking = async <T>(action: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw controlError(error, { service: 'FC', host, variable: FC_ENDPOINT, action }, redact);
    }
  };

  async function triggersOf(name: string): Promise<readonly fc.Trigger[]> {
    const { body } = await asking('ListTriggers', () =>
      client.listTriggers(name, new fc.ListTriggersRequest({})),
    );
    return body?.triggers ?? [];
  }

  async function concurrencyOf(name: string): Promise<number | null> {
    const answer = await unlessAbsent(
      asking('GetConcurrencyConfig', () => client.getConcurrencyConfig(name)),
    );
    return answer?.body?.reservedConcurrency ?? null;
  }

  return {
    async find(name) {
      const found = await unlessAbsent(
        asking('GetFunction', () => client.getFunction(name, new fc.GetFunctionRequest({}))),
      );
      if (found === null) return null;
      const [reservedConcurrency, triggers] = [await concurrencyOf(name), await triggersOf(name)];
      const { environmentVariables = {}, ...settings } = found.body?.toMap() ?? {};
      return {
        settings,
        environmentVariables,
        reservedConcurrency,
        triggers: triggers.map(triggerIn),
      };
    },
    async addressOf(name) {
      const [http] = (await triggersOf(name)).filter(({ triggerType }) => triggerType === 'http');
      return http?.httpTrigger?.urlInternet;
    },
    async invoke(name, event) {
      const answer = await asking('InvokeFunction', () => {
        // A function is invoked synchronously unless a header says otherwise.
        const body = Readable.from([Buffer.from(event)]);
        const request = new fc.InvokeFunctionRequest({ body });
        return clientWith(INVOCATION_TIMEOUT_MS).invokeFunction(name, request);
      });
      const text = await textOf(answer.body);
      // A function that failed was invoked: the status is 200, and a header says that it failed.
      const failure = answer.headers?.['x-fc-error-type'];
      if (failure === undefined) return text;
      const { errorMessage } = JSON.parse(text) as { readonly errorMessage?: string };
      throw new ControlError(failure, `${name} failed: ${redact(errorMessage ?? text)}`);
    },
  };
}

async function unlessAbsent<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ControlError && ABSENT.test(error.code)) return null;
    throw error;
  }
}

function triggerIn({ triggerName, triggerType, triggerConfig }: fc.Trigger): TriggerTemplate {
  return {
    triggerName: triggerName ?? '',
    triggerType: triggerType ?? '',
    triggerConfig: JSON.parse(triggerConfig || '{}'),
  };
}

/** A body that is not read to its end keeps its socket. */
async function textOf(body: Readable | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body ?? []) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
