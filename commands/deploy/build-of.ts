import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../shared/config/environment.ts';
import { VERSION } from '../../shared/lib/version.ts';
import { codeOf, withSettings } from './core/description.ts';
import { type FunctionTemplate, RESOURCES, type Resource } from './core/template.ts';

/** What s.yaml takes as the description of the functions. */
export const BUILD_VARIABLE = 'ECS_WATCH_BUILD';
const DIGEST_DIGITS = 12;

/** The code in the bundles, as the description of a function names it. */
export function buildOf(folder: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
  for (const path of files) hash.update(path.slice(folder.length)).update(readFileSync(path));
  return `ecs-watch ${VERSION}, code ${hash.digest('hex').slice(0, DIGEST_DIGITS)}`;
}

/**
 * The description of functions with this code. It holds a digest of what cannot be read back from Function
 * Compute, such as the key of a domain, so that a deployment sees whether it was deployed.
 */
export function describedAs(
  code: string,
  functions: Readonly<Record<Resource, Pick<FunctionTemplate, 'unread'>>>,
): string {
  const unread = RESOURCES.map((resource) => functions[resource].unread);
  const digest = createHash('sha256').update(JSON.stringify(unread)).digest('hex');
  return withSettings(code, digest.slice(0, DIGEST_DIGITS));
}

/** Does `folder` hold what a deployment has built, and is about to upload? */
export function isOfDeployment(folder: string, { [BUILD_VARIABLE]: build }: Environment): boolean {
  return build !== undefined && existsSync(folder) && buildOf(folder) === codeOf(build);
}
