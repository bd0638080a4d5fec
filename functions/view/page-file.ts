import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The page stands beside the bundle. A request that is not for it need not wait for it. */
const PAGE_FILE = join(__dirname, 'page.html');

let page: Promise<string | undefined> | undefined;

/** The page for browsers, read once. Undefined: this code was not bundled, and has none beside it. */
export function readPage(): Promise<string | undefined> {
  page ??= readFile(PAGE_FILE, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    page = undefined;
    throw error;
  });
  return page;
}
