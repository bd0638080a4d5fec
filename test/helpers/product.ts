import { type WatchHandler, watchHandler } from '../../functions/watch/index.ts';
import type { ManualClock } from '../../local/clock.ts';
import {
  LOCAL_KEYS,
  type LocalCloud,
  type LocalCloudOptions,
  startLocalCloud,
} from '../../local/index.ts';
import type { WatchFile } from '../../shared/config/watch-file.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { type Call, HANGZHOU, openApi, repeated } from '../local/ecs/clients.ts';
import { type VirtualRuntime, virtualRuntime } from './virtual-runtime.ts';

/** The product on a local cloud of its own, in this process. */
export interface Product {
  readonly cloud: LocalCloud;
  /** The runtime of the watch function. */
  readonly runtime: VirtualRuntime;
  /** The clock of that runtime, which the fleet, throttles and receivers of the cloud share. */
  readonly clock: ManualClock;
  readonly environment: Readonly<Record<string, string>>;
  /** Log lines of all ticks. */
  readonly logs: string[];
  /**
   * Calls an action of the local ECS through the official client of all OpenAPI services. Jest takes
   * seconds to load that of ECS alone, which has a module for each of a thousand models.
   */
  readonly ecs: Call;
  /** One tick of the warm watch function. */
  tick(): Promise<WatchReport>;
  /** A second instance of the watch function: cold, with a memory of its own. */
  anotherWatch(changes?: Readonly<Record<string, string>>): () => Promise<WatchReport>;
  /** Stops instances and lets the fleet settle. */
  stopInstances(ids: readonly string[]): Promise<void>;
  /** What a channel has accepted, oldest first. */
  received(channel: 'dingtalk' | 'slack' | 'webhook'): readonly string[];
  close(): Promise<void>;
}

const START_MS = Date.UTC(2026, 10, 22, 10, 5);
/** Longer than any change of status takes in the local fleet. */
const SETTLING_MS = 60_000;

export async function startProduct(
  options: LocalCloudOptions = {},
  startMs: number = START_MS,
  file?: WatchFile,
): Promise<Product> {
  const runtime = virtualRuntime(startMs, options.seed);
  const { clock } = runtime;
  const cloud = await startLocalCloud({ ...options, clock });
  const environment = {
    ...cloud.environment,
    ALIBABA_CLOUD_ACCESS_KEY_ID: LOCAL_KEYS.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: LOCAL_KEYS.accessKeySecret,
  };
  const logs: string[] = [];
  const anotherWatch: Product['anotherWatch'] = (changes = {}) => {
    const write = (line: string): void => void logs.push(line);
    const watch = watchHandler({ ...environment, ...changes }, write, runtime, file);
    return () => run(watch);
  };
  const run = async (watch: WatchHandler): Promise<WatchReport> => {
    const report = await watch(Buffer.from('{}'), { credentials: LOCAL_KEYS });
    // A minute passes between two ticks: the receivers count messages per minute.
    clock.advance(SETTLING_MS);
    return report;
  };
  const ecs = openApi(cloud.ecs, LOCAL_KEYS);
  return {
    cloud,
    runtime,
    clock,
    environment,
    logs,
    ecs,
    tick: anotherWatch(),
    anotherWatch,
    async stopInstances(ids) {
      await ecs('StopInstances', { RegionId: HANGZHOU, ...repeated('InstanceId', ids) });
      clock.advance(SETTLING_MS);
    },
    received: (channel) =>
      cloud.channels.inbox
        .list()
        .filter((message) => message.channel === channel && message.accepted)
        .map((message) => message.body),
    close: () => cloud.close(),
  };
}
