import { dirname, join } from 'node:path';
import { FolderInUse, type FolderLock, lockFolder } from '../local/tablestore/index.ts';
import { ROOT } from './bundle.ts';
import { UsageError } from './command-line.ts';

/** Beside `dist`, and gone with the process. Git ignores it. */
const LOCK = 'dist.lock';

/**
 * Runs what builds into `dist`, one process at a time: what is built there must be what is uploaded.
 * @throws {UsageError} while another one builds, or where nothing can be written
 */
export async function holdingDist<T>(
  work: () => Promise<T>,
  lock: string = join(ROOT, LOCK),
): Promise<T> {
  const held = await hold(lock);
  try {
    return await work();
  } finally {
    await held.release();
  }
}

async function hold(lock: string): Promise<FolderLock> {
  try {
    return await lockFolder(lock);
  } catch (error) {
    const words =
      error instanceof FolderInUse
        ? 'another npm run build or deploy runs there: wait for its end, or use a clone of its own'
        : (error as Error).message;
    throw new UsageError(`Nothing can be built in ${dirname(lock)}: ${words}`);
  }
}
