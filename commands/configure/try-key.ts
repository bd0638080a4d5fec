import type { Environment } from '../../shared/config/environment.ts';
import { CredentialsError } from '../../shared/fc/credentials.ts';
import { redactor } from '../../shared/lib/secrets.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { functionsRegionIn } from '../core/region.ts';
import { ControlError, isWrongKey } from '../setup/refusal.ts';
import { createStsClient } from '../setup/sts-client.ts';
import type { ConfigureWorld } from './world.ts';

/** What STS says of the key of an environment. */
export type KeyTrial =
  | { readonly kind: 'good'; readonly credentials: Credentials; readonly words: string }
  /** There is no key. */
  | { readonly kind: 'none'; readonly words: string }
  /** Another key is needed. */
  | { readonly kind: 'refused'; readonly words: string }
  /** STS did not judge it: it was not reached, or refused something else. */
  | { readonly kind: 'unknown'; readonly words: string };

/** `secrets`: taken out of what STS answers, beside the key. */
export async function tryKey(
  environment: Environment,
  { credentialsIn }: Pick<ConfigureWorld, 'credentialsIn'>,
  secrets: readonly string[] = [],
): Promise<KeyTrial> {
  try {
    const credentials = await credentialsIn(environment);
    const region = functionsRegionIn(environment);
    const { STS_ENDPOINT } = environment;
    const endpoints = STS_ENDPOINT ? { STS: STS_ENDPOINT } : {};
    const redact = redactor([...secrets, ...Object.values(credentials)]);
    const { identity } = createStsClient({ credentials, endpoints, redact }, region);
    const { accountId, arn } = await identity();
    return { kind: 'good', credentials, words: `account ${accountId}: the key is good (${arn})` };
  } catch (error) {
    if (error instanceof CredentialsError) {
      const kind = error.message.startsWith('No credentials') ? 'none' : 'refused';
      return { kind, words: error.message };
    }
    if (!(error instanceof ControlError)) throw error;
    return { kind: isWrongKey(error) ? 'refused' : 'unknown', words: error.message };
  }
}
