import { readFile } from 'node:fs/promises';
import { addressShape } from '../../shared/lib/shape.ts';
import { type CommandLine, readFlags, usageError } from '../command-line.ts';

export const LINE: CommandLine = {
  command: 'npm run page',
  does:
    'Serves the page on this machine, for a view that is deployed elsewhere. A browser downloads what\n' +
    'comes from *.fcapp.run instead of showing it; here it shows the page. The token of the view is read\n' +
    'from VIEW_TOKEN or a file, and stays in this command: no browser and no address ever has it.\n' +
    'Exit code 1: the view does not answer, or refuses the token; 2: the command line is wrong.',
  flags: [
    ['--view URL', 'the address of the view: https://….fcapp.run'],
    ['--token-file FILE', 'a file that holds its token; read again for every request'],
    ['--port N', 'where the page is served on 127.0.0.1; 0: any free port (7810)'],
  ],
  example: 'npm run page -- --view https://view-abc.cn-hangzhou.fcapp.run',
};

/** The file at --token-file holds no token: in a sentence. */
export class TokenFileError extends Error {
  override readonly name = 'TokenFileError';
}

/** The token as of now; undefined: there is none. @throws {TokenFileError} */
export type ReadToken = () => Promise<string | undefined>;

export interface PageFlags {
  /** With a path that ends in `/`. */
  readonly view: URL;
  readonly readToken: ReadToken;
  /** Undefined: the documented one, or the next free one. */
  readonly port: number | undefined;
}

const TEXT = { type: 'string' } as const;
const MAX_PORT = 65_535;

/** @throws {UsageError} naming everything that is wrong with the command line */
export function parsePageFlags(
  args: readonly string[],
  variable: string | undefined,
): PageFlags | 'help' {
  const values = readFlags(LINE, args, { view: TEXT, 'token-file': TEXT, port: TEXT });
  if (values === 'help') return values;
  const problems: string[] = [];
  const view = viewIn(values.view, problems);
  const port = portIn(values.port, problems);
  const file = values['token-file'];
  if (file === undefined && !isToken(variable ?? '')) {
    problems.push('VIEW_TOKEN holds characters that no token has');
  }
  if (view === undefined || problems.length > 0) throw usageError(LINE, problems);
  return { view, port, readToken: file === undefined ? async () => variable : fileReader(file) };
}

/** Over http, everyone on the way can read the token. */
const VIEW_ADDRESS = addressShape(
  (url) =>
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === '' &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))),
  'an https address without a query, such as https://host (http:// is for this machine only)',
);
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u;

function viewIn(text: string | undefined, problems: string[]): URL | undefined {
  if (text === undefined) {
    problems.push('--view is missing');
    return undefined;
  }
  if (!VIEW_ADDRESS.allows(text)) {
    problems.push(`--view is not ${VIEW_ADDRESS.words}`);
    return undefined;
  }
  return new URL(text.endsWith('/') ? text : `${text}/`);
}

function portIn(text: string | undefined, problems: string[]): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/u.test(text) && Number(text) <= MAX_PORT) return Number(text);
  problems.push(`--port is not a whole number from 0 to ${MAX_PORT}: ${text}`);
  return undefined;
}

/** What a header can hold, as far as tokens go. */
function isToken(text: string): boolean {
  return /^[\x21-\x7e]*$/u.test(text);
}

/** A token that is replaced in its file is used from the next request on. */
function fileReader(file: string): ReadToken {
  return async () => {
    const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      throw new TokenFileError(`${file} cannot be read (${cause.code})`, { cause });
    });
    const token = text.trim();
    if (token !== '' && isToken(token)) return token;
    throw new TokenFileError(`${file} does not hold one token and nothing else`);
  };
}
