import Fc, * as fc from '@alicloud/fc20230330';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import { strToU8, zipSync } from 'fflate';
import type { FunctionTemplate } from '../../commands/deploy/core/template.ts';
import { wantedFunctions } from '../../commands/deploy/wanted.ts';
import { LOCAL_KEYS } from '../../local/index.ts';

/** Answers every request as a view does that has nothing to complain of. */
const CODE = `exports.handler = async () => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  isBase64Encoded: false,
  body: '{"ok":true,"degraded":false}',
});`;

/** The functions of s.yaml on a local Function Compute, by the official client. */
export interface Deployment {
  readonly client: Fc;
  readonly names: readonly [watch: string, view: string];
  /** Brings them back to what the environment says. */
  restore(): Promise<void>;
}

/** @param build what their code is called */
export async function deployFunctions(
  url: string,
  environment: Readonly<Record<string, string>>,
  build: string,
): Promise<Deployment> {
  const { host, protocol } = new URL(url);
  const client = new Fc(
    new $OpenApiUtil.Config({ ...LOCAL_KEYS, endpoint: host, protocol: protocol.slice(0, -1) }),
  );
  const { watch, scan, view } = wantedFunctions(environment, build).functions;
  const zipFile = Buffer.from(zipSync({ 'index.js': strToU8(CODE) })).toString('base64');
  for (const template of [watch, scan, view]) {
    const code = new fc.InputCodeLocation({ zipFile });
    const body = new fc.CreateFunctionInput({ ...inputOf(template), code });
    await client.createFunction(new fc.CreateFunctionRequest({ body }));
    await setConcurrency(client, template);
    for (const trigger of template.triggers) {
      await client.createTrigger(
        template.functionName,
        new fc.CreateTriggerRequest({ body: new fc.CreateTriggerInput(triggerOf(trigger)) }),
      );
    }
  }
  return {
    client,
    names: [watch.functionName, view.functionName],
    async restore() {
      for (const template of [watch, scan, view]) {
        const body = new fc.UpdateFunctionInput(inputOf(template));
        await client.updateFunction(template.functionName, new fc.UpdateFunctionRequest({ body }));
      }
      for (const trigger of watch.triggers) {
        await client.updateTrigger(
          watch.functionName,
          trigger.triggerName,
          new fc.UpdateTriggerRequest({ body: new fc.UpdateTriggerInput(triggerOf(trigger)) }),
        );
      }
    },
  };
}

function inputOf({ functionName, settings, environmentVariables }: FunctionTemplate) {
  return { functionName, ...settings, environmentVariables: { ...environmentVariables } };
}

function triggerOf({ triggerConfig, ...trigger }: FunctionTemplate['triggers'][number]) {
  return { ...trigger, triggerConfig: JSON.stringify(triggerConfig) };
}

async function setConcurrency(
  client: Fc,
  { functionName, reservedConcurrency }: FunctionTemplate,
): Promise<void> {
  if (reservedConcurrency === null) return;
  const body = new fc.PutConcurrencyInput({ reservedConcurrency });
  await client.putConcurrencyConfig(functionName, new fc.PutConcurrencyConfigRequest({ body }));
}
