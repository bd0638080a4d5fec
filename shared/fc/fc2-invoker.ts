import Client from '@alicloud/fc2';
import { within } from '../lib/deadline.ts';
import type { Invoker } from '../ports/invoker.ts';
import { type InvokerOptions, invocationIn, withoutAnswer } from './invocation.ts';

/** Where a function of FC 2.0 is: an account, and a service of it. */
export interface ServicePlace {
  readonly accountId: string;
  readonly serviceName: string;
}

/**
 * InvokeFunction of Function Compute 2.0, in the service of the function that invokes. Its client takes
 * long to load, so that only such a function imports this file.
 */
export function fc2Invoker(
  { credentials, region, endpoint, runtime, redact }: InvokerOptions,
  { accountId, serviceName }: ServicePlace,
): Invoker {
  const { accessKeyId: accessKeyID, accessKeySecret, securityToken } = credentials;
  const where = endpoint === undefined ? `Function Compute in ${region}` : new URL(endpoint).host;
  return {
    async invoke(functionName, event, timeoutMs) {
      const waitMs = Math.max(1, timeoutMs);
      try {
        const client = new Client(accountId, {
          accessKeyID,
          accessKeySecret,
          ...(securityToken !== undefined && { securityToken }),
          region,
          secure: true,
          // Our own deadline comes first: the client's begins again with each stage of a request.
          timeout: 2 * waitMs,
          ...(endpoint !== undefined && { endpoint }),
        });
        const { headers, data } = await within(
          runtime,
          waitMs,
          client.invokeFunction(serviceName, functionName, event, { connection: 'close' }),
          () => Object.assign(new Error(`no answer within ${waitMs} ms`), { code: 'Timeout' }),
        );
        const text = typeof data === 'string' ? data : JSON.stringify(data);
        return invocationIn({ status: 200, headers, text }, functionName, redact);
      } catch (error) {
        const refusal = refusalIn(error);
        return refusal === undefined
          ? withoutAnswer(error, where)
          : invocationIn(refusal, functionName, redact);
      }
    },
  };
}

/** The client has the status of a refusal in its message alone. */
const STATUS = / failed with (\d{3})\. requestid: .*?, message: (.*)\.$/su;

function refusalIn(error: unknown) {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const [, status, words] = STATUS.exec(String(message)) ?? [];
  if (status === undefined) return undefined;
  // What is no JSON, as the page of a proxy, has no words.
  const text = JSON.stringify({ Code: code, ...(words !== 'undefined' && { Message: words }) });
  return { status: Number(status), headers: {}, text };
}
