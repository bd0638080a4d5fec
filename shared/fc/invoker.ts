import { type Endpoint, endpointAt, send } from '../open-api/send.ts';
import type { Invoker } from '../ports/invoker.ts';
import { type InvokerOptions, invocationIn, withoutAnswer } from './invocation.ts';

/** Version of the API. https://api.aliyun.com/document/FC/2023-03-30/InvokeFunction */
const API_VERSION = '2023-03-30';

/** InvokeFunction of Function Compute 3.0, by the client that ECS is called with. */
export function functionInvoker(options: InvokerOptions): Invoker {
  const { credentials, region, runtime, redact } = options;
  const endpoint = endpointOf(options);
  return {
    async invoke(functionName, event, timeoutMs) {
      try {
        const answer = await send(
          {
            endpoint,
            regionId: region,
            version: API_VERSION,
            action: 'InvokeFunction',
            path: `/${API_VERSION}/functions/${functionName}/invocations`,
            query: {},
            content: {
              // A connection that is kept is dead after the function was frozen, and no answer would
              // say whether an invocation over it has begun.
              headers: { 'content-type': 'application/json', connection: 'close' },
              body: Buffer.from(event),
            },
            credentials,
            timeoutMs: Math.max(1, timeoutMs),
          },
          runtime,
        );
        return invocationIn(answer, functionName, redact);
      } catch (error) {
        return withoutAnswer(error, `${endpoint.host} (Function Compute in ${region})`);
      }
    },
  };
}

function endpointOf({ region, endpoint }: InvokerOptions): Endpoint {
  return endpoint === undefined
    ? { protocol: 'https', host: `fcv3.${region}.aliyuncs.com` }
    : endpointAt(endpoint);
}
