import { heartbeat } from '../../shared/channels/heartbeat.ts';
import { createChannel } from '../../shared/channels/index.ts';
import type { WatchConfig } from '../../shared/config/watch.ts';
import { ecsInventory } from '../../shared/ecs/inventory.ts';
import type { Runtime } from '../../shared/lib/runtime.ts';
import type { Redact } from '../../shared/lib/secrets.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { tablestoreJournal } from '../../shared/tablestore/journal.ts';
import type { Ports } from '../../shared/watch/ports.ts';

/** What one tick has, beside the configuration, to open its ports with. */
interface TickEnvironment {
  readonly credentials: Credentials;
  readonly runtime: Runtime;
  readonly redact: Redact;
  readonly deadlineMs: number;
}

/** The ports of one tick, over the adapters that the configuration names. */
export function openPorts(
  { allowPrivate, channels, ecsEndpoint, heartbeatUrl, tablestore }: WatchConfig,
  { credentials, runtime, redact, deadlineMs }: TickEnvironment,
): Ports {
  return {
    inventory: ecsInventory({
      credentials,
      runtime,
      redact,
      ...(ecsEndpoint !== undefined && { endpoint: ecsEndpoint }),
    }),
    journal: tablestoreJournal({ ...tablestore, credentials, runtime, redact, deadlineMs }),
    channels: channels.map((channel) =>
      createChannel(channel, { allowPrivate, now: runtime.now, redact }),
    ),
    ...(heartbeatUrl !== undefined && { heartbeat: heartbeat(heartbeatUrl, allowPrivate) }),
    runtime,
  };
}
