import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { copyTables } from '../../local/tablestore/index.ts';
import type { Environment } from '../../shared/config/environment.ts';
import { markOutlived } from '../../shared/journal/mark-outlived.ts';
import { ownData, placesIn } from '../box/data-folder.ts';
import { openTables } from './store.ts';

/** Copies the tables of a box that does not run. The copy is there when it is whole. */
export async function backUp(data: string, target: string, nowMs: number): Promise<number> {
  const { tables, folder } = placesIn(data);
  if (!existsSync(tables))
    throw new Error(`${folder} holds no journal: name its folder with --data`);
  const to = resolve(target);
  if (existsSync(to)) throw new Error(`${to} exists: choose another name`);
  const owned = await ownData(data, 'npm run journal -- backup', nowMs);
  try {
    const partial = `${to}.partial`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(dirname(to), { recursive: true });
    const { entries } = await copyTables(tables, partial);
    await rename(partial, to);
    return entries;
  } finally {
    await owned.release();
  }
}

/**
 * Puts a backup in the place of a journal that is gone. The box has gone on after the backup was made, so
 * that the first messages of each channel are marked as possible repeats: before the tables are in place.
 */
export async function restore(
  source: string,
  data: string,
  environment: Environment,
  run: { readonly id: string; readonly nowMs: number },
): Promise<number> {
  const from = resolve(source);
  if (!existsSync(join(from, 'tablestore.json'))) throw new Error(`${from} is no backup of a box`);
  const owned = await ownData(data, 'npm run journal -- restore', run.nowMs);
  try {
    const { tables, folder } = placesIn(data);
    if (existsSync(tables)) {
      throw new Error(
        `${folder} holds a journal already: move ${tables} away, or name another --data`,
      );
    }
    const partial = `${tables}.partial`;
    await rm(partial, { recursive: true, force: true });
    const { entries } = await copyTables(from, partial);
    const store = await openTables(partial, environment);
    try {
      await markOutlived(store.journal, run.id);
    } finally {
      await store.close();
    }
    await rename(partial, tables);
    return entries;
  } finally {
    await owned.release();
  }
}
