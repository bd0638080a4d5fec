import { open, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileSizes } from './leveldb/check-files.ts';

/** The file that marks a directory as a store, with the state in which the last server left it. */
const FILE = 'tablestore.json';
const PRODUCT = 'ecs-watch local tablestore';
const FORMAT = 1;

export type State =
  /** The database is being made: no write has been answered yet. */
  | { readonly state: 'new' }
  /** In use, or left by a crash. */
  | { readonly state: 'open' }
  | { readonly state: 'closed'; readonly files: FileSizes };

/** Undefined: the directory is empty, or not there. @throws {Error} when it is not a store. */
export async function readState(directory: string): Promise<State | undefined> {
  const names = await namesIn(directory);
  if (names.length === 0) return undefined;
  if (!names.includes(FILE)) {
    throw new Error(
      `${directory} holds other files, and is not a store of tables: choose an empty directory`,
    );
  }
  return parseState(directory, await readFile(join(directory, FILE), 'utf8'));
}

/** Whole or not at all, and on the disk when the promise resolves. */
export async function writeState(directory: string, state: State): Promise<void> {
  const path = join(directory, FILE);
  const file = await open(`${path}.new`, 'w');
  try {
    await file.writeFile(`${JSON.stringify({ product: PRODUCT, format: FORMAT, ...state })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  await syncDirectory(dirname(path));
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') throw new Error(`${directory} is not a directory`, { cause });
    throw cause;
  }
}

function parseState(directory: string, text: string): State {
  let marker: Partial<State> & { product?: unknown; format?: unknown };
  try {
    marker = Object(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${directory} is damaged: ${FILE} is not JSON`, { cause });
  }
  if (marker.product !== PRODUCT) {
    throw new Error(`${directory} is damaged: ${FILE} is not of the ${PRODUCT}`);
  }
  if (marker.format !== FORMAT) {
    throw new Error(
      `${directory} has format ${marker.format}, and this version reads format ${FORMAT} only`,
    );
  }
  if (marker.state === 'new' || marker.state === 'open') return { state: marker.state };
  if (marker.state === 'closed' && marker.files !== undefined) {
    return { state: 'closed', files: marker.files };
  }
  throw new Error(`${directory} is damaged: ${FILE} has no state`);
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
