import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { parseJson } from '../../shared/core/json.ts';
import { isoTime } from '../../shared/core/time.ts';
import { type ExportedScope, examineExport } from '../../shared/journal/core/examine-export.ts';
import type { ExportItem } from '../../shared/journal/core/item.ts';
import type { ExaminedExport } from '../../shared/journal/import-journal.ts';
import { fieldsOf, itemIn } from '../../shared/tablestore/export-lines.ts';
import { reasonOfSystem } from '../writable.ts';

const PRODUCT = 'ecs-watch';
const FORMAT = 1;
/** More would help no reader: after a cut, every further line is wrong. */
const MAX_PROBLEMS = 20;

/** A file that is not what an export has written: every problem, with the number of its line. */
export class FileError extends Error {
  override readonly name = 'FileError';
}

export interface Written {
  readonly lines: number;
  readonly commits: number;
}

/**
 * Writes an export. The file is there when it is whole, also beside a process that exports to it as well.
 * @throws {FileError} when there is one already, or it cannot be written
 */
export async function writeExport(
  path: string,
  items: AsyncIterable<ExportItem>,
  nowMs: number,
  onProgress: (commits: number) => void,
): Promise<Written> {
  if (existsSync(path)) throw new FileError(existsAlready(path));
  const partial = `${path}.${process.pid}.partial`;
  await rm(partial, { force: true });
  // Names and addresses of instances are in it.
  const file = await open(partial, 'wx', 0o600).catch((cause) => {
    throw notWritten(path, cause);
  });
  const digest = createHash('sha256');
  let lines = 0;
  let commits = 0;
  const write = async (fields: object): Promise<void> => {
    const line = `${JSON.stringify(fields)}\n`;
    digest.update(line);
    lines += 1;
    await file.appendFile(line);
  };
  try {
    await write({ kind: 'export', product: PRODUCT, format: FORMAT, at: isoTime(nowMs) });
    for await (const item of items) {
      await write(fieldsOf(item));
      if (item.kind === 'commit') commits += 1;
      onProgress(commits);
    }
    await write({ kind: 'end', lines: lines + 1, sha256: digest.copy().digest('hex') });
    await file.sync();
    await file.close();
    // Another process may have exported meanwhile: its file is not replaced.
    if (existsSync(path)) throw new FileError(existsAlready(path));
    await rename(partial, path);
    return { lines, commits };
  } catch (error) {
    await file.close();
    await rm(partial, { force: true });
    throw notWritten(path, error);
  }
}

function existsAlready(path: string): string {
  return `${path} exists: choose another name`;
}

/** What is no failure of the file is passed on. */
function notWritten(path: string, cause: unknown): unknown {
  const { code, syscall } = Object(cause) as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return cause;
  return new FileError(`${path} cannot be written: ${reasonOfSystem(code)} (${code})`, { cause });
}

/** An export whose every line was read and whose journals hold together. */
export interface ReadExport extends ExaminedExport {
  readonly lines: number;
  readonly commits: number;
}

/** @throws {FileError} naming what is wrong, by the numbers of the lines */
export async function readExport(path: string): Promise<ReadExport> {
  const examination = examineExport();
  const problems: string[] = [];
  let number = 0;
  let commits = 0;
  let hasEnd = false;
  const digest = createHash('sha256');
  for await (const line of linesOf(path)) {
    number += 1;
    const add = (words: string): void => void problems.push(`${path}:${number} ${words}`);
    const fields = parseJson(line);
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
      add('is no JSON object');
    } else if (number === 1) {
      const { product, format } = fields as Fields;
      if (product !== PRODUCT || format !== FORMAT) {
        add(`is not the beginning of an export of ecs-watch in format ${FORMAT}`);
      }
    } else if (hasEnd) {
      add('follows the end of the export');
    } else if ((fields as Fields).kind === 'end') {
      hasEnd = true;
      const { lines, sha256 } = fields as Fields;
      if (lines !== number) add(`ends an export of ${lines} lines`);
      else if (sha256 !== digest.copy().digest('hex'))
        add('is the end of another text: lines were changed');
    } else {
      const item = itemIn(fields as Fields);
      if (!('value' in item)) add(item.unreadable);
      else {
        if (item.value.kind === 'commit') commits += 1;
        for (const problem of examination.next(item.value)) add(problem);
      }
    }
    digest.update(`${line}\n`);
    if (problems.length >= MAX_PROBLEMS) break;
  }
  if (problems.length === 0) {
    problems.push(...examination.end().map((problem) => `${path} ${problem}`));
    if (!hasEnd) problems.push(`${path} is cut off after line ${number}`);
  }
  if (problems.length > 0) {
    throw new FileError(
      `Not imported, nothing was written:\n${problems.map((each) => `- ${each}`).join('\n')}`,
    );
  }
  const scopes: ReadonlyMap<string, ExportedScope> = examination.scopes;
  return { scopes, lines: number, commits, items: () => itemsOf(path) };
}

type Fields = Readonly<Record<string, unknown>>;

/** The items of a file that was examined. */
async function* itemsOf(path: string): AsyncGenerator<ExportItem, void> {
  for await (const line of linesOf(path)) {
    const fields = parseJson(line) as Fields;
    if (fields.kind === 'export' || fields.kind === 'end') continue;
    const item = itemIn(fields);
    if (!('value' in item)) throw new FileError(`${path} was changed while it was imported`);
    yield item.value;
  }
}

async function* linesOf(path: string): AsyncGenerator<string, void> {
  const input = createReadStream(path, 'utf8');
  try {
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw code === undefined ? cause : new FileError(`${path} cannot be read (${code})`, { cause });
  } finally {
    input.destroy();
  }
}
