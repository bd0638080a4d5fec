import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { BYTES, levelStore } from './level-store.ts';
import { checkLevelFiles, fileSizes } from './leveldb/check-files.ts';
import { readState, type State, writeState } from './marker.ts';
import type { Store } from './store.ts';

/**
 * A store in a directory: a write is on the disk when its promise resolves.
 *
 * @throws {Error} when the directory is in use, damaged, or not a store; it is then left as it was.
 */
export async function openDiskStore(directory: string): Promise<Store> {
  const before = await readState(directory);
  const files = join(directory, 'level');
  await prepare(directory, files, before);
  const level = await openLevel(directory, files);
  await writeState(directory, { state: 'open' });
  const store = levelStore(level, (batch) => level.batch(batch, { sync: true }));
  return {
    ...store,
    async close() {
      await store.close();
      await writeState(directory, { state: 'closed', files: await fileSizes(files) });
    },
  };
}

async function prepare(directory: string, files: string, before: State | undefined): Promise<void> {
  if (before === undefined || before.state === 'new') {
    await mkdir(directory, { recursive: true });
    await writeState(directory, { state: 'new' });
    await rm(files, { recursive: true, force: true });
    return;
  }
  try {
    await checkLevelFiles(files, before.state === 'closed' ? before.files : undefined);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause;
    throw new Error(`${directory} is damaged: ${reason}`, { cause });
  }
  // From here on the files change.
  if (before.state === 'closed') await writeState(directory, { state: 'open' });
}

async function openLevel(directory: string, files: string): Promise<ClassicLevel<Buffer, Buffer>> {
  // Tables are checked before they are opened, and the check cannot read compressed blocks.
  const level = new ClassicLevel<Buffer, Buffer>(files, { ...BYTES, compression: false });
  try {
    await level.open();
    return level;
  } catch (failure) {
    const { cause } = failure as { cause?: { code?: string; message?: string } };
    if (cause?.code === 'LEVEL_LOCKED') {
      throw new Error(`${directory} is in use by another server`, { cause: failure });
    }
    throw new Error(`${directory} cannot be opened: ${cause?.message}`, { cause: failure });
  }
}
