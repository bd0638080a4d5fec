import type { Environment } from '../../shared/config/environment.ts';
import { findCredentials } from '../../shared/fc/credentials.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { ownCredentials } from '../credentials.ts';

/**
 * The key that these variables hold, else that of the standard chain: a key that was just typed is in no
 * environment of this process yet. @throws {CredentialsError}
 */
export function credentialsIn(environment: Environment): Promise<Credentials> {
  const {
    ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
    ALIBABA_CLOUD_SECURITY_TOKEN: securityToken,
  } = environment;
  if (!accessKeyId || !accessKeySecret) return ownCredentials();
  return findCredentials({
    credentials: { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) },
  });
}
