import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { copyTables } from '../../local/tablestore/index.ts';
import { markOutlived } from '../../shared/journal/mark-outlived.ts';
import { ownData, placesIn } from '../box/data-folder.ts';
import { checkHoldsJournal, openTables } from './store.ts';

/** Copies the tables of a box that does not run. The copy is there when it is whole. */
export async function backUp(data: string, target: string, nowMs: number): Promise<number> {
  checkHoldsJournal(data);
  const { tables } = placesIn(data);
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

/** What a restored journal holds. */
export interface Restored {
  readonly entries: number;
  /** Channels whose next message is marked as a possible repeat. */
  readonly marked: number;
}

/**
 * Puts a backup in the place of a journal that is gone. The box has gone on after the backup was made, so
 * that the first messages of each channel are marked as possible repeats: before the tables are in place.
 * The copy itself says which tables these are, whatever names the shell has.
 */
export async function restore(
  source: string,
  data: string,
  run: { readonly id: string; readonly nowMs: number },
): Promise<Restored> {
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
    const marked = await markAll(partial, run.id);
    await rename(partial, tables);
    return { entries, marked };
  } finally {
    await owned.release();
  }
}

/** The number of channels that are marked, of all installations. */
async function markAll(folder: string, runId: string): Promise<number> {
  const tables = await openTables(folder);
  try {
    let marked = 0;
    for (const tablePrefix of tables.prefixes) {
      marked += await markOutlived(tables.journal({ tablePrefix }), runId);
    }
    return marked;
  } finally {
    await tables.close();
  }
}
