import CredentialChain from '@alicloud/credentials';
import type { FunctionContext } from './context.ts';

/**
 * The standard chain of Alibaba Cloud: environment, profiles, metadata. It has a file of its own
 * because a bundle is parsed whole: `commands/bundle.ts` keeps this file out of the main one.
 */
export function askCredentialChain(): Promise<FunctionContext['credentials']> {
  return new CredentialChain().getCredential();
}
