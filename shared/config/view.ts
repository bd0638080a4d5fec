import type { HealthLimits } from '../core/health.ts';
import type { Target } from '../core/target.ts';
import type { Shape } from '../lib/shape.ts';
import { ENDPOINT, isLocalCloud } from './addresses.ts';
import { type Environment, keysIn } from './environment.ts';
import { configuredHealth } from './health.ts';
import { type VariableReader, variableReader } from './reader.ts';
import { configuredReplica, type ReplicaConfig } from './replica.ts';
import { configuredTablestore, type TablestoreConfig } from './tablestore.ts';
import { optionalTargets } from './targets.ts';
import {
  MIN_TOKEN_CHARS,
  type NamedToken,
  parseViewTokens,
  secretsInViewTokens,
} from './view-tokens.ts';
import type { WatchFile } from './watch-file.ts';

export interface ViewConfig {
  /** Watched as far as the watcher has not stored what it watches. */
  readonly targets: readonly Target[];
  readonly tablestore: TablestoreConfig;
  readonly healthLimits: HealthLimits;
  /** None: the view lets no request in, unless it is public. */
  readonly tokens: readonly NamedToken[];
  readonly isPublic: boolean;
  /** Absent: the view answers no calls of the ECS API. */
  readonly replica?: ReplicaConfig;
  /** What is watched is a local cloud: no page of the ECS console shows its instances. */
  readonly withoutConsole?: true;
  /** The origins whose scripts may read the answers; none: CORS is off. */
  readonly corsOrigins: readonly string[];
  /** Values that must appear in no log line, error or answer. */
  readonly secrets: readonly string[];
}

const TOKEN: Shape = {
  allows: (value) => value.length >= MIN_TOKEN_CHARS,
  words: `at least ${MIN_TOKEN_CHARS} characters long (openssl rand -hex 24 makes one)`,
};

/** @throws {ConfigError} naming every missing or malformed variable, not just the first */
export function parseViewConfig(environment: Environment, file?: WatchFile): ViewConfig {
  const read = variableReader(environment);
  const replica = configuredReplica(read);
  const isLocal = isLocalCloud(read.text('ECS_ENDPOINT', ENDPOINT));
  const config: ViewConfig = {
    targets: optionalTargets(read, file),
    tablestore: configuredTablestore(read),
    healthLimits: configuredHealth(read),
    tokens: configuredTokens(read),
    isPublic: read.flag('VIEW_PUBLIC'),
    corsOrigins: configuredOrigins(read),
    ...(replica !== undefined && { replica }),
    ...(isLocal && { withoutConsole: true }),
    secrets: viewSecretsIn(environment),
  };
  read.finish();
  return config;
}

/** VIEW_TOKEN has all rights, and the name that no other token has. */
const FIRST = 'VIEW_TOKEN';

function configuredTokens(read: VariableReader): readonly NamedToken[] {
  const first = read.text(FIRST, TOKEN);
  const { tokens, problems } = parseViewTokens(read.text('VIEW_TOKENS') ?? '');
  for (const problem of problems) read.refuse('VIEW_TOKENS', problem);
  if (tokens.some(({ name }) => name === FIRST)) {
    read.refuse('VIEW_TOKENS', `has a token that is named ${FIRST}, as that variable is`);
  }
  if (tokens.some(({ secret }) => secret === first)) {
    read.refuse('VIEW_TOKENS', 'has the token of VIEW_TOKEN as well');
  }
  if (first === undefined) return tokens;
  return [{ name: FIRST, secret: first, access: 'granted' }, ...tokens];
}

/** As browsers send it: no path, no slash at the end, no default port, lower case. */
function isOrigin(text: string): boolean {
  return /^https?:[^*]+$/u.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function configuredOrigins(read: VariableReader): readonly string[] {
  const origins = read.list('VIEW_CORS_ORIGINS');
  if (!origins.every(isOrigin)) {
    const words = 'such as https://host or https://host:8443, without a path; * is none';
    read.refuse('VIEW_CORS_ORIGINS', `holds what is not an origin ${words}`);
  }
  return origins;
}

/** The origins of an environment whose other variables may be wrong. */
export function corsOriginsIn(environment: Environment): readonly string[] {
  return variableReader(environment).list('VIEW_CORS_ORIGINS').filter(isOrigin);
}

/** The secrets of an environment whose other variables may be wrong. */
export function viewSecretsIn(environment: Environment): readonly string[] {
  const own = [environment.VIEW_TOKEN, environment.REPLICA_ACCESS_KEY_SECRET];
  const secrets = own.flatMap((value) => value?.trim() || []);
  const named = secretsInViewTokens(environment.VIEW_TOKENS ?? '');
  return [...secrets, ...named, ...keysIn(environment)];
}
