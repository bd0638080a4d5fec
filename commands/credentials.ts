import { ConfigError } from '../shared/config/environment.ts';
import { CredentialsError, findCredentials } from '../shared/fc/credentials.ts';
import type { Credentials } from '../shared/ports/credentials.ts';
import { configProblems } from './config-problems.ts';

const NO_KEYS =
  'No credentials: set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET in .env (npm run ' +
  'configure stores them; for one box, npm run configure -- --box), or give this machine a profile (~/.alibabacloud/credentials, ' +
  '~/.aliyun/config.json) or a RAM role';

/** The keys that this machine has: the advice of a function, to give it a role, is of no use here. */
export async function ownCredentials(): Promise<Credentials> {
  try {
    return await findCredentials({});
  } catch (error) {
    if (!(error instanceof CredentialsError) || !error.message.startsWith('No credentials'))
      throw error;
    throw new CredentialsError(NO_KEYS);
  }
}

/** Settings and keys. @throws {ConfigError} naming every problem of the settings, and that there is no key */
export async function withCredentials<T>(
  read: () => T,
  find: () => Promise<Credentials>,
): Promise<{ readonly settings: T; readonly credentials: Credentials }> {
  const { problems, collect } = configProblems();
  const settings = collect(read);
  const credentials = await find().catch((error: unknown) => {
    if (!(error instanceof CredentialsError)) throw error;
    problems.push(error.message);
    return undefined;
  });
  if (settings === undefined || credentials === undefined) throw new ConfigError(problems);
  return { settings, credentials };
}
