import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { FolderInUse, lockFolder } from '../../local/tablestore/index.ts';
import type { Environment } from '../../shared/config/environment.ts';
import { isoTime } from '../../shared/core/time.ts';
import { makeWritable } from '../writable.ts';

/** What is where in the data folder of a box. */
export function placesIn(data: string) {
  const folder = resolve(data);
  return {
    folder,
    lock: join(folder, 'lock'),
    owner: join(folder, 'owner.json'),
    tables: join(folder, 'tablestore'),
    functions: join(folder, 'functions'),
  };
}

/**
 * The user's state folder: the journal outlives every checkout and `git clean`. Source: XDG Base
 * Directory Specification, XDG_STATE_HOME.
 */
export function defaultData(environment: Environment): string {
  const state =
    environment.XDG_STATE_HOME || join(environment.HOME || homedir(), '.local', 'state');
  return join(state, 'ecs-watch');
}

/** Which process has a data folder, for people. The lock itself is the kernel's. */
interface Owner {
  readonly pid: number;
  readonly command: string;
  readonly sinceMs: number;
}

/** A data folder that no other process works with. */
export interface OwnedData {
  release(): Promise<void>;
}

/** @throws {Error} in a sentence that names the process that has the folder, or why it cannot be used */
export async function ownData(data: string, command: string, nowMs: number): Promise<OwnedData> {
  const { folder, lock, owner } = placesIn(data);
  if (existsSync(join(folder, 'tablestore.json'))) {
    throw new Error(`${folder} is the data of npm run local: choose another folder with --data`);
  }
  await makeWritable(folder, 'Choose another folder with --data.');
  const held = await lockFolder(lock).catch(async (cause) => {
    throw cause instanceof FolderInUse ? inUse(folder, await readOwner(owner), cause) : cause;
  });
  await writeFile(
    owner,
    JSON.stringify({ pid: process.pid, command, sinceMs: nowMs } satisfies Owner),
  );
  return {
    async release() {
      await rm(owner, { force: true });
      await held.release();
    },
  };
}

function inUse(folder: string, owner: Partial<Owner>, cause: unknown): Error {
  const { pid, command = 'another command', sinceMs } = owner;
  const since = sinceMs === undefined ? '' : ` since ${isoTime(sinceMs)}`;
  const process = pid === undefined ? 'another process' : `process ${pid} (${command})`;
  return new Error(
    `${folder} is in use by ${process}${since}: end it first, or choose another folder with --data`,
    { cause },
  );
}

async function readOwner(file: string): Promise<Partial<Owner>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Owner;
  } catch {
    // It is written right after the lock was taken.
    return {};
  }
}
