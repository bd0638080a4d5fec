import type { HealthLimits } from '../core/health.ts';
import type { Target } from '../core/target.ts';
import { shape } from '../lib/shape.ts';
import { type Environment, keysIn } from './environment.ts';
import { configuredHealth } from './health.ts';
import { variableReader } from './reader.ts';
import { configuredReplica, type ReplicaConfig } from './replica.ts';
import { configuredTablestore, type TablestoreConfig } from './tablestore.ts';
import { optionalTargets } from './targets.ts';
import type { WatchFile } from './watch-file.ts';

export interface ViewConfig {
  /** Watched as far as the watcher has not stored what it watches. */
  readonly targets: readonly Target[];
  readonly tablestore: TablestoreConfig;
  readonly healthLimits: HealthLimits;
  /** Absent: the view lets no request in, unless it is public. */
  readonly token?: string;
  readonly isPublic: boolean;
  /** Absent: the view answers no calls of the ECS API. */
  readonly replica?: ReplicaConfig;
  /** Values that must appear in no log line, error or answer. */
  readonly secrets: readonly string[];
}

/** Anyone may try tokens at the view, as fast as it answers: a short one would be found. */
const TOKEN = shape(/^.{16,}$/su, 'at least 16 characters long (openssl rand -hex 24 makes one)');

/** @throws {ConfigError} naming every missing or malformed variable, not just the first */
export function parseViewConfig(environment: Environment, file?: WatchFile): ViewConfig {
  const read = variableReader(environment);
  const token = read.text('VIEW_TOKEN', TOKEN);
  const replica = configuredReplica(read);
  const config: ViewConfig = {
    targets: optionalTargets(read, file),
    tablestore: configuredTablestore(read),
    healthLimits: configuredHealth(read),
    isPublic: read.flag('VIEW_PUBLIC'),
    ...(token !== undefined && { token }),
    ...(replica !== undefined && { replica }),
    secrets: viewSecretsIn(environment),
  };
  read.finish();
  return config;
}

/** The secrets of an environment whose other variables may be wrong. */
export function viewSecretsIn(environment: Environment): readonly string[] {
  const own = [environment.VIEW_TOKEN, environment.REPLICA_ACCESS_KEY_SECRET];
  const secrets = own.flatMap((value) => value?.trim() || []);
  return [...secrets, ...keysIn(environment)];
}
