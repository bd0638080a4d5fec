import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../../shared/lib/version.ts';

/** What s.yaml takes as the description of both functions. */
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
