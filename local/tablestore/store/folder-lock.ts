import { ClassicLevel } from 'classic-level';

/** Another process, or another part of this one, has locked the folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Locks a folder, which is made if there is none, until it is released or this process ends, however
 * it ends. Node.js has no lock of the kernel; an empty LevelDB holds one.
 *
 * @throws {FolderInUse}
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const lock = new ClassicLevel(folder);
  try {
    await lock.open();
  } catch (failure) {
    const { cause } = failure as { cause?: { code?: string; message?: string } };
    if (cause?.code === 'LEVEL_LOCKED') throw new FolderInUse(`${folder} is locked`, { cause });
    throw new Error(`${folder} cannot be locked: ${cause?.message}`, { cause });
  }
  return { release: () => lock.close() };
}
