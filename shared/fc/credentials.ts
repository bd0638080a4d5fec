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
  const accessKeyId = cleanKey('access key id', keys?.accessKeyId);
  const accessKeySecret = cleanKey('access key secret', keys?.accessKeySecret);
  const securityToken = cleanKey('security token', keys?.securityToken);
  if (!accessKeyId || !accessKeySecret) return undefined;
  return { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) };
}

const VARIABLES = {
  'access key id': 'ALIBABA_CLOUD_ACCESS_KEY_ID',
  'access key secret': 'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  'security token': 'ALIBABA_CLOUD_SECURITY_TOKEN',
} as const;

/** What every key is made of. A header could not hold the rest. */
const KEY = /^[\x21-\x7e]*$/u;

/** A key as it was meant: what is copied often brings a line end, a space or a byte order mark. */
function cleanKey(name: keyof typeof VARIABLES, key: string | undefined): string | undefined {
  const clean = key?.trim();
  if (clean === undefined || KEY.test(clean)) return clean;
  throw new CredentialsError(
    `The ${name} (${VARIABLES[name]}, or where else the credentials come from) holds a character ` +
      'that no key has, such as a line end, a space or a letter that is not ASCII: copy it again',
  );
}
