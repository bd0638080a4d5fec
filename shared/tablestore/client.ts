import { Agent } from 'node:https';
import { Client } from 'tablestore';
import { ATTEMPT_TIMEOUT_MS } from './caller.ts';

/** Which Tablestore instance, and who asks. */
export interface Connection {
  readonly endpoint: string;
  readonly instance: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly securityToken?: string;
  };
}

const agent = new Agent({ keepAlive: true });

export function createClient({ endpoint, instance, credentials }: Connection): Client {
  const { accessKeyId, accessKeySecret, securityToken } = credentials;
  return new Client({
    accessKeyId,
    secretAccessKey: accessKeySecret,
    ...(securityToken !== undefined && { stsToken: securityToken }),
    endpoint,
    instancename: instance,
    maxRetries: 0,
    httpOptions: {
      timeout: ATTEMPT_TIMEOUT_MS,
      // Without it every https request would shake hands anew; plain http keeps alive by itself.
      ...(endpoint.startsWith('https:') && { agent }),
    },
  });
}
