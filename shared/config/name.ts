import { shape } from '../lib/shape.ts';
import type { VariableReader } from './reader.ts';

/** Names the environment: its functions, roles and tables begin with it, so that two never meet. */
const DEFAULT_NAME = 'ecs-watch';

/**
 * Without underscores, so that no two names give the same tables. With what follows it, a role's name
 * has 64 characters at most (RAM, CreateRole).
 */
const NAME = shape(
  /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/u,
  'a name of 1 to 40 lower-case letters, digits and hyphens that begins with a letter',
);

export function configuredName(read: VariableReader): string {
  return read.text('ECS_WATCH_NAME', NAME) ?? DEFAULT_NAME;
}

/** `ecs-watch-test` → `ecs_watch_test_`: names of tables have no hyphens. */
export function tablePrefixOf(name: string): string {
  return `${name.replaceAll('-', '_')}_`;
}
