import {
  accessSync,
  constants,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from '../../shared/config/environment.ts';
import { reasonOfSystem } from '../writable.ts';

/** What a process that lives needs to write the file, many times over: an older unfinished one is of a killed one. */
const WRITTEN_WITHIN_MS = 10_000;

/** Empty: there is no such file yet. @throws {ConfigError} */
export function readStored(path: string): string {
  return orConfigError(path, 'read', () => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }
  });
}

/** @throws {ConfigError} when nothing could be stored there: better before the first question than after the last */
export function checkStorable(path: string): void {
  const { target } = placesOf(path);
  orConfigError(target, 'written', () => accessSync(dirname(target), constants.W_OK));
  // The file is replaced, which its own mode would not prevent.
  const mode = statSync(target, { throwIfNoEntry: false })?.mode;
  if (mode !== undefined && (mode & constants.S_IWUSR) === 0) {
    throw new ConfigError([`${target} is read-only: chmod 600 ${target} allows changes again`]);
  }
}

/**
 * Replaces the text by the one that `change` makes of it: whole or not at all, for its owner only, and never
 * at the same time as another process. @throws {ConfigError}, and what `change` throws
 */
export function rewrite<T extends { readonly text: string }>(
  path: string,
  change: (text: string) => T,
): T {
  const { target, unfinished } = placesOf(path);
  orConfigError(target, 'written', () => take(unfinished));
  try {
    const changed = change(readStored(target));
    orConfigError(target, 'written', () => {
      writeFileSync(unfinished, changed.text, { flush: true });
      renameSync(unfinished, target);
    });
    return changed;
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** A link stays one: what it points to is replaced. */
function placesOf(path: string): { readonly target: string; readonly unfinished: string } {
  const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
  const target = isThere ? realpathSync(path) : path;
  return { target, unfinished: `${target}.unfinished` };
}

/** Makes the unfinished file. While it is there, no other process writes. */
function take(unfinished: string): void {
  const stat = statSync(unfinished, { throwIfNoEntry: false });
  if (stat !== undefined && Date.now() - stat.mtimeMs > WRITTEN_WITHIN_MS) rmSync(unfinished);
  writeFileSync(unfinished, '', { flag: 'wx', mode: 0o600 });
}

function orConfigError<T>(path: string, done: 'read' | 'written', work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const reason =
      code === 'EEXIST'
        ? 'another process stores its settings at this moment: run it again'
        : `${reasonOfSystem(code)} (${code})`;
    throw new ConfigError([`${path} cannot be ${done}: ${reason}`]);
  }
}
