import { $OpenApiUtil } from '@alicloud/openapi-core';
import type { Redact } from '../../shared/lib/secrets.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { controlError } from './refusal.ts';
import type { Endpoints } from './settings.ts';

/** With which keys the official clients ask, and where. */
export interface Caller {
  readonly credentials: Credentials;
  readonly endpoints: Endpoints;
  readonly redact: Redact;
}

/** Asks a service by its client. @throws {ControlError} */
export type Asking<Client> = <T>(
  action: string,
  work: (client: Client) => Promise<T>,
) => Promise<T>;

/** Each of connecting and reading. */
const TIMEOUT_MS = 10_000;

export function configFor(
  { credentials, endpoints }: Caller,
  service: keyof Endpoints,
  regionId: string,
  otherwise?: string,
): $OpenApiUtil.Config {
  const { accessKeyId, accessKeySecret, securityToken } = credentials;
  const override = endpoints[service] ?? otherwise;
  const { host, protocol } = new URL(override ?? 'https://of.the.client');
  return new $OpenApiUtil.Config({
    accessKeyId,
    accessKeySecret,
    ...(securityToken !== undefined && { securityToken }),
    regionId,
    connectTimeout: TIMEOUT_MS,
    readTimeout: TIMEOUT_MS,
    ...(override !== undefined && { endpoint: host, protocol: protocol.slice(0, -1) }),
  });
}

export function asking<Client extends { readonly _endpoint?: string }>(
  { redact }: Caller,
  service: keyof Endpoints,
  client: Client,
): Asking<Client> {
  return async (action, work) => {
    try {
      return await work(client);
    } catch (error) {
      const host = client._endpoint ?? service;
      const asked = { service, host, variable: `${service}_ENDPOINT`, action };
      throw controlError(error, asked, redact);
    }
  };
}
