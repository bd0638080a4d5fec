import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readLogRecords } from './log-records.ts';
import { readManifest } from './manifest.ts';
import { checkTableFile } from './table-file.ts';

/** Sizes in bytes of the files of a database that is closed. */
export type FileSizes = Readonly<Record<string, number>>;

/**
 * Reads a whole database and changes nothing. LevelDB, on opening, drops the damaged part of a log without a report,
 * and reads damaged tables as if they were sound: answered writes would be lost silently.
 *
 * @param closed the sizes on closing; undefined after a crash, when the last log may end within a record.
 * @throws {Error} for the first file that is not what was written.
 */
export async function checkLevelFiles(
  directory: string,
  closed: FileSizes | undefined,
): Promise<void> {
  if (closed !== undefined) await checkSizes(directory, closed);
  const mayBeCutShort = closed === undefined;
  const current = await inFile(directory, 'CURRENT', nameOfManifest);
  const manifest = await inFile(directory, current, (bytes) => {
    const { records, isCutShort } = readLogRecords(bytes);
    if (isCutShort && !mayBeCutShort) throw new Error('it is cut short');
    return readManifest(records);
  });
  for (const [number, size] of manifest.tables) {
    await inFile(directory, fileName(number, 'ldb'), (bytes) => {
      if (bytes.length !== size) throw new Error(`it has ${bytes.length} bytes instead of ${size}`);
      checkTableFile(bytes);
    });
  }
  await checkLogs(directory, manifest.logNumber, mayBeCutShort);
}

function nameOfManifest(current: Buffer): string {
  const [, name] = /^(MANIFEST-\d+)\n$/.exec(current.toString('latin1')) ?? [];
  if (name === undefined) throw new Error('it names no manifest');
  return name;
}

/** The file sizes of a database that has just been closed, for the next check. */
export async function fileSizes(directory: string): Promise<FileSizes> {
  const sizes: Record<string, number> = {};
  for (const name of await readdir(directory)) {
    if (!isForHumans(name)) sizes[name] = (await stat(join(directory, name))).size;
  }
  return sizes;
}

/** LevelDB has a log of its own actions, and rotates it even when another process has the database open. */
function isForHumans(name: string): boolean {
  return name.startsWith('LOG');
}

async function checkSizes(directory: string, closed: FileSizes): Promise<void> {
  for (const [name, size] of Object.entries(closed)) {
    await inFile(directory, name, (bytes) => {
      if (bytes.length !== size) throw new Error(`it has ${bytes.length} bytes instead of ${size}`);
    });
  }
}

async function checkLogs(
  directory: string,
  firstNumber: number,
  mayBeCutShort: boolean,
): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.log')).sort();
  const needed = names.filter((name) => Number.parseInt(name, 10) >= firstNumber);
  for (const name of needed) {
    await inFile(directory, name, (bytes) => {
      const { isCutShort } = readLogRecords(bytes);
      if (isCutShort && !(mayBeCutShort && name === needed.at(-1))) {
        throw new Error('it is cut short');
      }
    });
  }
}

function fileName(number: number, extension: string): string {
  return `${String(number).padStart(6, '0')}.${extension}`;
}

async function inFile<T>(directory: string, name: string, read: (bytes: Buffer) => T): Promise<T> {
  try {
    return read(await readFile(join(directory, name)));
  } catch (cause) {
    throw new Error(`${name}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
