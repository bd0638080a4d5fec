import { Agent } from 'node:https';
import { Client } from 'tablestore';
import { USER_AGENT } from '../lib/user-agent.ts';
import type { Credentials } from '../ports/credentials.ts';
import { ATTEMPT_TIMEOUT_MS } from './caller.ts';

/** A Tablestore instance, and the keys that open it. */
export interface Connection {
  readonly endpoint: string;
  readonly instance: string;
  readonly credentials: Credentials;
}

const agent = new Agent({ keepAlive: true });

export function createClient({ endpoint, instance, credentials }: Connection): Client {
  const { accessKeyId, accessKeySecret, securityToken } = credentials;
  const client = new Client({
    accessKeyId,
    secretAccessKey: accessKeySecret,
    ...(securityToken !== undefined && { stsToken: securityToken }),
    endpoint,
    instancename: instance,
    maxRetries: 0,
    httpOptions: {
      timeout: ATTEMPT_TIMEOUT_MS,
      // Without it, every https request opens a connection. Plain http keeps alive by default.
      ...(endpoint.startsWith('https:') && { agent }),
    },
  });
  const { populateHeader } = client;
  client.populateHeader = (request) => {
    populateHeader?.(request);
    // The SDK names no one, and some firewalls refuse that.
    request.httpRequest.headers['User-Agent'] = USER_AGENT;
  };
  return client;
}
