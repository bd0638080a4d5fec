import { join } from 'node:path';
import { FolderInUse, type FolderLock, lockFolder } from '../local/tablestore/index.ts';
import { ConfigError } from '../shared/config/environment.ts';
import { ROOT } from './bundle.ts';

/** Beside `dist`, and gone with the process. Git ignores it. */
const LOCK = 'dist.lock';

/**
 * Runs what builds into `dist`, one process at a time: what is built there must be what is uploaded.
 * @throws {ConfigError} while another one builds
 */
export async function holdingDist<T>(work: () => Promise<T>): Promise<T> {
  const held = await hold();
  try {
    return await work();
  } finally {
    await held.release();
  }
}

async function hold(): Promise<FolderLock> {
  try {
    return await lockFolder(join(ROOT, LOCK));
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error;
    throw new ConfigError([
      `another npm run build or deploy runs in ${ROOT}: wait for its end, or use a clone of its own`,
    ]);
  }
}
