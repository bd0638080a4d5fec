import { isLocalCloud } from '../../shared/config/addresses.ts';
import type { Environment } from '../../shared/config/environment.ts';
import type { WatchConfig } from '../../shared/config/watch.ts';
import type { Runtime } from '../../shared/lib/runtime.ts';
import type { Redact } from '../../shared/lib/secrets.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { isLoopback } from '../core/loopback.ts';

/** What every examination of the world works with. */
export interface Looking {
  readonly environment: Environment;
  readonly config: WatchConfig;
  readonly credentials: Credentials;
  readonly runtime: Runtime;
  readonly redact: Redact;
  /** What the code of this checkout is called where it is deployed with this environment. */
  build(environment: Environment): Promise<string>;
}

/** Each question has so long: people wait for the slowest one. */
export const ASK_TIMEOUT_MS = 4_000;

/** Which services are asked: those of a local cloud have addresses of their own, or do not exist. */
export interface Reachable {
  readonly sts: boolean;
  readonly functions: boolean;
  readonly account: boolean;
}

export function reachableIn({
  environment,
  config,
}: Pick<Looking, 'environment' | 'config'>): Reachable {
  const { ecsEndpoint, tablestore } = config;
  const isLocal = isLocalCloud(ecsEndpoint);
  // One box has its Tablestore on itself, and no functions.
  const isOnFunctionCompute = !isLocal && !isLoopback(tablestore.endpoint);
  const isSet = (name: string): boolean => Boolean(environment[name]);
  return {
    sts: !isLocal || isSet('STS_ENDPOINT'),
    functions: isOnFunctionCompute || isSet('FC_CLIENT_CUSTOM_ENDPOINT'),
    account: isOnFunctionCompute || (isSet('RAM_ENDPOINT') && isSet('TABLESTORE_CONTROL_ENDPOINT')),
  };
}
