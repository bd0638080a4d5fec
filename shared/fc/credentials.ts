import CredentialChain from '@alicloud/credentials';
import type { FunctionContext } from './context.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

/** There is nothing to sign with. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}

/**
 * The function's role, else the standard chain of Alibaba Cloud: environment, profiles, metadata.
 * Role keys change while an instance is warm, so this is asked at every invocation.
 * @throws {CredentialsError}
 */
export async function findCredentials(context: FunctionContext): Promise<Credentials> {
  const role = complete(context.credentials ?? {});
  if (role !== undefined) return role;
  try {
    const found = complete(await new CredentialChain().getCredential());
    if (found !== undefined) return found;
  } catch {
    // The chain's own message lists everything it tried; which of it to mend is said below.
  }
  throw new CredentialsError(
    'No credentials: give the function a role, or set ALIBABA_CLOUD_ACCESS_KEY_ID and ' +
      'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  );
}

interface Parts {
  readonly accessKeyId?: string | undefined;
  readonly accessKeySecret?: string | undefined;
  readonly securityToken?: string | undefined;
}

function complete({ accessKeyId, accessKeySecret, securityToken }: Parts): Credentials | undefined {
  if (!accessKeyId || !accessKeySecret) return undefined;
  return { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) };
}
