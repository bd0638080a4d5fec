import type { Credentials } from '../ports/credentials.ts';
import type { FunctionContext } from './context.ts';

/** There is nothing to sign with. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}

/**
 * The keys of the function's role, else those that the credential chain finds. Role keys change
 * while an instance is warm, so every invocation calls this.
 * @throws {CredentialsError}
 */
export async function findCredentials({
  credentials: role,
}: FunctionContext): Promise<Credentials> {
  const found = completeKeys(role) ?? completeKeys(await chainKeys());
  if (found !== undefined) return found;
  throw new CredentialsError(
    'No credentials: give the function a role, or set ALIBABA_CLOUD_ACCESS_KEY_ID and ' +
      'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  );
}

type FoundKeys = FunctionContext['credentials'];

async function chainKeys(): Promise<FoundKeys> {
  const { askCredentialChain } = await import('./credential-chain.ts');
  try {
    return await askCredentialChain();
  } catch {
    // The chain's own message lists everything that it tried. CredentialsError says what to do.
    return undefined;
  }
}

function completeKeys(keys: FoundKeys): Credentials | undefined {
  const { accessKeyId, accessKeySecret, securityToken } = keys ?? {};
  if (!accessKeyId || !accessKeySecret) return undefined;
  return { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) };
}
