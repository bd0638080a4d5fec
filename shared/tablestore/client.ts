import { Client } from 'tablestore';
import { USER_AGENT } from '../lib/user-agent.ts';
import type { Credentials } from '../ports/credentials.ts';
import { send } from './transport.ts';

/** A Tablestore instance, and the keys that open it. */
export interface Connection {
  readonly endpoint: string;
  readonly instance: string;
  readonly credentials: Credentials;
}

/** The client of the SDK over a sender of our own. `timeoutMs` limits the next attempt. */
export function createClient(
  { endpoint, instance, credentials }: Connection,
  timeoutMs: () => number,
): Client {
  const { accessKeyId, accessKeySecret, securityToken } = credentials;
  const client = new Client({
    accessKeyId,
    secretAccessKey: accessKeySecret,
    ...(securityToken !== undefined && { stsToken: securityToken }),
    endpoint,
    instancename: instance,
    maxRetries: 0,
  });
  client.setupRequestListeners = (request) => {
    Client.prototype.setupRequestListeners.call(client, request);
    request.removeAllListeners('send');
    request.onAsync('send', ({ httpResponse }, done) => {
      const { protocol, hostname, port } = request.httpRequest.endpoint;
      const { host } = new URL(`${protocol}//${hostname}:${port}`);
      send(request.httpRequest, timeoutMs()).then(
        (answer) => {
          Object.assign(httpResponse, answer);
          done();
        },
        // An operator looks for what was not reached.
        (error: Error) => done(Object.assign(error, { host })),
      );
    });
  };
  const { populateHeader } = client;
  client.populateHeader = (request) => {
    populateHeader?.(request);
    // The SDK names no one, and some firewalls refuse that.
    request.httpRequest.headers['User-Agent'] = USER_AGENT;
  };
  return client;
}
