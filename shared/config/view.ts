import type { HealthLimits } from '../core/health.ts';
import type { Scope } from '../core/model.ts';
import { type Environment, keysIn } from './environment.ts';
import { configuredHealth } from './health.ts';
import { variableReader } from './reader.ts';
import { configuredScopes } from './scopes.ts';
import { configuredTablestore, type TablestoreConfig } from './tablestore.ts';

export interface ViewConfig {
  readonly scopes: readonly Scope[];
  readonly tablestore: TablestoreConfig;
  readonly healthLimits: HealthLimits;
  /** Absent: the view lets no request in, unless it is public. */
  readonly token?: string;
  readonly isPublic: boolean;
  /** Values that must appear in no log line, error or answer. */
  readonly secrets: readonly string[];
}

/** @throws {ConfigError} naming every missing or malformed variable, not just the first */
export function parseViewConfig(environment: Environment): ViewConfig {
  const read = variableReader(environment);
  const token = read.text('VIEW_TOKEN');
  const config: ViewConfig = {
    scopes: configuredScopes(read),
    tablestore: configuredTablestore(read),
    healthLimits: configuredHealth(read),
    isPublic: read.flag('VIEW_PUBLIC'),
    ...(token !== undefined && { token }),
    secrets: [...(token === undefined ? [] : [token]), ...keysIn(environment)],
  };
  read.finish();
  return config;
}
