import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';

/**
 * Makes a folder if there is none, and makes sure that files can be written into it.
 * @throws {Error} in one sentence that says where, why and what to do
 */
export async function makeWritable(folder: string, advice: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw notWritable(folder, advice, cause);
  }
}

/** Why a file or folder cannot be used. Source of the codes: errno(3). */
const REASONS = new Map([
  ['EACCES', 'it belongs to another user'],
  ['EPERM', 'it belongs to another user'],
  ['EROFS', 'its file system is read-only'],
  ['ENOSPC', 'the disk is full'],
  ['ENOTDIR', 'a part of that path is a file'],
  ['EEXIST', 'it is a file'],
  ['EISDIR', 'it is a folder'],
  ['ENOENT', 'there is no such folder'],
]);

export function reasonOfSystem(code: string): string {
  return REASONS.get(code) ?? `the system says ${code}`;
}

export function notWritable(folder: string, advice: string, cause: unknown): Error {
  const { code = 'unknown' } = cause as NodeJS.ErrnoException;
  return new Error(`Cannot write to ${folder}: ${reasonOfSystem(code)} (${code}). ${advice}`, {
    cause,
  });
}
