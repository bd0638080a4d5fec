import { heartbeat } from '../../shared/channels/heartbeat.ts';
import { canMention, createChannel } from '../../shared/channels/index.ts';
import type { WatchConfig } from '../../shared/config/watch.ts';
import { channelPolicy } from '../../shared/delivery/core/policy/policy.ts';
import { accountKeys } from '../../shared/ecs/account-keys.ts';
import { ecsInventory } from '../../shared/ecs/inventory.ts';
import type { Sessions } from '../../shared/ecs/sessions.ts';
import type { FunctionContext } from '../../shared/fc/context.ts';
import { functionInvoker } from '../../shared/fc/invoker.ts';
import { loadedInvoker } from '../../shared/fc/loaded-invoker.ts';
import type { Runtime } from '../../shared/lib/runtime.ts';
import type { Redact } from '../../shared/lib/secrets.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { tablestoreJournal } from '../../shared/tablestore/journal.ts';
import type { Ports, Shards } from '../../shared/watch/ports.ts';

/** What one tick has, beside the configuration, to open its ports with. */
interface TickEnvironment {
  readonly credentials: Credentials;
  /** Of the accounts that are entered by a role; kept from tick to tick. */
  readonly sessions: Sessions;
  readonly runtime: Runtime;
  readonly redact: Redact;
  readonly deadlineMs: number;
}

/** The ports of one tick, over the adapters that the configuration names. */
export function openPorts(
  config: WatchConfig,
  { credentials, sessions, runtime, redact, deadlineMs }: TickEnvironment,
): Ports {
  const { allowPrivate, channels, rules, wording, ecsEndpoint, stsEndpoint } = config;
  const { heartbeatUrl, heartbeatMethod, roles, tablestore } = config;
  const kinds = new Map(channels.map(({ name, kind }) => [name, kind]));
  const accounts =
    roles.size === 0
      ? undefined
      : accountKeys({
          own: credentials,
          roles,
          sessions,
          runtime,
          redact,
          ...(stsEndpoint !== undefined && { endpoint: stsEndpoint }),
        });
  return {
    ...(accounts && { accounts }),
    inventory: ecsInventory({
      credentials,
      ...(accounts && { accounts }),
      runtime,
      redact,
      ...(ecsEndpoint !== undefined && { endpoint: ecsEndpoint }),
    }),
    journal: tablestoreJournal({ ...tablestore, credentials, runtime, redact, deadlineMs }),
    channels: channels.map((channel) => ({
      ...createChannel(channel, { wording, allowPrivate, now: runtime.now, redact }),
      ...(rules && { policy: channelPolicy(channel.name, rules, { kinds, canMention }) }),
    })),
    ...(heartbeatUrl !== undefined && {
      heartbeat: heartbeat(heartbeatUrl, allowPrivate, heartbeatMethod),
    }),
    runtime,
  };
}

/** The function `scan`, where there is one: on Function Compute, whose context says where that is. */
export function openShards(
  { name, functionsEndpoint: endpoint, shardAboveScopes: aboveScopes }: WatchConfig,
  { region, accountId, service }: FunctionContext,
  { credentials, runtime, redact }: Pick<TickEnvironment, 'credentials' | 'runtime' | 'redact'>,
): Shards | undefined {
  if (!region) return undefined;
  const options = {
    credentials,
    region,
    runtime,
    redact,
    ...(endpoint !== undefined && { endpoint }),
  };
  const serviceName = service?.name;
  return {
    invoker:
      accountId !== undefined && serviceName
        ? loadedInvoker(async () => {
            const { fc2Invoker } = await import('../../shared/fc/fc2-invoker.ts');
            return fc2Invoker(options, { accountId, serviceName });
          })
        : functionInvoker(options),
    functionName: `${name}-scan`,
    environment: name,
    aboveScopes,
  };
}
