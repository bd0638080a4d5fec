import { type ConfiguredChannel, secretsOf } from '../channels/index.ts';
import type { HealthLimits } from '../core/health.ts';
import type { Target } from '../core/target.ts';
import type { Wording } from '../core/wording.ts';
import type { DeliveryRules } from '../delivery/core/policy/policy.ts';
import { secretsInUrl } from '../lib/secrets.ts';
import type { Role } from '../ports/role.ts';
import { GUARD_LIMITS, type GuardLimits } from '../watch/core/guard.ts';
import { MIN_CALLS_WITH_PUSH } from '../watch/core/push-share.ts';
import { ENDPOINT, webhookAddress } from './addresses.ts';
import { configuredChannels, requireChannel } from './channels.ts';
import { type Environment, keysIn } from './environment.ts';
import { withSealedValues } from './file-values.ts';
import { configuredHealth } from './health.ts';
import { configuredName } from './name.ts';
import { type VariableReader, variableReader } from './reader.ts';
import { configuredRoles } from './roles.ts';
import { configuredSchedules, type Schedules } from './schedules.ts';
import { configuredTablestore, type TablestoreConfig } from './tablestore.ts';
import { configuredTargets } from './targets.ts';
import type { WatchFile } from './watch-file.ts';
import { configuredWording } from './wording.ts';

export interface WatchConfig extends Schedules {
  /** Of the environment. */
  readonly name: string;
  readonly targets: readonly Target[];
  readonly tablestore: TablestoreConfig;
  readonly healthLimits: HealthLimits;
  /** Alias of an account → the role that lets the watcher in. */
  readonly roles: ReadonlyMap<string, Role>;
  readonly ecsEndpoint?: string;
  readonly stsEndpoint?: string;
  /** Of Function Compute, for invoking shards. */
  readonly functionsEndpoint?: string;
  /** Up to so many scopes are scanned by one run; more of them by shards. */
  readonly shardAboveScopes: number;
  readonly callsPerMinute: number;
  /** Events of ECS are taken, and polling leaves them a share of the calls. */
  readonly takesEvents: boolean;
  readonly timeoutSeconds: number;
  readonly guard: GuardLimits;
  readonly channels: readonly ConfiguredChannel[];
  /** Which changes each channel is sent, and when; absent: everything, always. */
  readonly rules?: DeliveryRules;
  readonly wording: Wording;
  /** Webhooks may have private addresses and plain http. */
  readonly allowPrivate: boolean;
  readonly heartbeatUrl?: string;
  readonly heartbeatMethod?: 'GET' | 'POST';
  /** Values that must appear in no log line, error, report or row. */
  readonly secrets: readonly string[];
}

/**
 * Requests to ECS a minute and region, if the environment names no other number: enough for 45,000
 * instances. The real quota is not published. The console uses the same one, so throttling also
 * slows the watcher down.
 */
const DEFAULT_CALLS_PER_MINUTE = 1_000;
const DEFAULT_TIMEOUT_SECONDS = 60;
const DEFAULT_SHARD_ABOVE_SCOPES = 8;

/** @throws {ConfigError} naming every missing or malformed variable, not just the first */
export function parseWatchConfig(environment: Environment, file?: WatchFile): WatchConfig {
  const read = variableReader(environment);
  const name = configuredName(read);
  const allowPrivate = read.flag('WEBHOOK_ALLOW_PRIVATE');
  const references = read.over(withSealedValues(read, environment, file));
  const channels = configuredChannels(references, file, allowPrivate);
  requireChannel(read, file);
  if (file?.heartbeat !== undefined && !environment.HEARTBEAT_URL?.trim())
    read.refuseMissing('HEARTBEAT_URL', 'WATCH_CONFIG says how it is pinged');
  const heartbeatUrl = read.text('HEARTBEAT_URL', webhookAddress({ hosts: [] }, allowPrivate));
  const ecsEndpoint = read.text('ECS_ENDPOINT', ENDPOINT);
  const stsEndpoint = read.text('STS_ENDPOINT', ENDPOINT);
  const functionsEndpoint = read.text('FUNCTIONS_ENDPOINT', ENDPOINT);
  const roles = configuredRoles(references, file);
  const targets = configuredTargets(read, file);
  const takesEvents = read.flag('WATCH_PUSH');
  const callsPerMinute = read.count('ECS_CALLS_PER_MINUTE', DEFAULT_CALLS_PER_MINUTE);
  if (takesEvents && callsPerMinute < MIN_CALLS_WITH_PUSH) {
    read.refuse('WATCH_PUSH', `needs an ECS_CALLS_PER_MINUTE of ${MIN_CALLS_WITH_PUSH} at least`);
  }
  const wording = configuredWording(read, targets, ecsEndpoint);
  const config: WatchConfig = {
    name,
    targets,
    tablestore: configuredTablestore(read, name),
    healthLimits: configuredHealth(read),
    shardAboveScopes: read.count('SHARD_ABOVE_SCOPES', DEFAULT_SHARD_ABOVE_SCOPES),
    callsPerMinute,
    takesEvents,
    timeoutSeconds: read.count('WATCH_TIMEOUT_SECONDS', DEFAULT_TIMEOUT_SECONDS),
    guard: configuredGuard(read),
    channels,
    wording,
    ...configuredSchedules(read, wording),
    ...(file?.rules && { rules: file.rules }),
    allowPrivate,
    roles,
    ...(ecsEndpoint !== undefined && { ecsEndpoint }),
    ...(stsEndpoint !== undefined && { stsEndpoint }),
    ...(functionsEndpoint !== undefined && { functionsEndpoint }),
    ...(heartbeatUrl !== undefined && { heartbeatUrl }),
    ...(file?.heartbeat && { heartbeatMethod: file.heartbeat.method }),
    secrets: [
      ...channels.flatMap(secretsOf),
      ...(heartbeatUrl === undefined ? [] : secretsInUrl(heartbeatUrl)),
      ...[...roles.values()].flatMap(({ externalId }) => externalId ?? []),
      ...(environment.WATCH_CONFIG_KEY ? [environment.WATCH_CONFIG_KEY] : []),
      ...keysIn(environment),
    ],
  };
  read.finish();
  return config;
}

/** When releases are held. The fleet's owner knows how much of it may go at once. */
function configuredGuard(read: VariableReader): GuardLimits {
  return {
    count: read.count('WATCH_GUARD_COUNT', GUARD_LIMITS.count),
    share: read.count('WATCH_GUARD_PERCENT', GUARD_LIMITS.share * 100, 100) / 100,
    scans: read.count('WATCH_GUARD_SCANS', GUARD_LIMITS.scans),
  };
}
