import { LOCAL_INSTANCE } from '../../local/index.ts';
import type { Environment } from '../../shared/config/environment.ts';
import { type CommandLine, readFlags, usageError } from '../command-line.ts';
import { defaultData } from './data-folder.ts';

export interface BoxFlags {
  /** Of the view; Tablestore listens on the next one. 0: any free ones. */
  readonly port: number;
  readonly data: string;
  readonly isForPeople: boolean;
}

/** Fixed, unlike the ports of the local demonstration: other commands have it in their `.env`. */
export const BOX_PORT = 7820;
/** As the functions and all other commands name the box's own Tablestore. */
export const BOX_STORE = {
  endpoint: `http://127.0.0.1:${BOX_PORT + 1}`,
  instance: LOCAL_INSTANCE,
} as const;
/** The view and Tablestore. */
const SERVERS = 2;
const MAX_PORT = 65_535;

export const LINE: CommandLine = {
  command: 'npm start',
  arguments: '--real [FLAG …]',
  does:
    'Watches a real account from this machine, once a minute, with the variables of the functions in\n' +
    '.env. The journal is kept in the data folder; the view is served on 127.0.0.1. Ctrl-C or SIGTERM\n' +
    'ends it after the tick that runs, a second one at once. Exit code 2: the configuration is wrong.',
  flags: [
    ['--real', 'a real account; without it, everything runs on the local cloud'],
    ['--data DIR', 'where the journal is kept (~/.local/state/ecs-watch)'],
    ['--port N', `the view listens on N, Tablestore on N + 1; 0: any free ports (${BOX_PORT})`],
    ['--json', 'logs as JSON lines on a terminal, too'],
  ],
  example: 'npm start -- --real',
};

const TEXT = { type: 'string' } as const;
const FLAG = { type: 'boolean' } as const;

/** @throws {UsageError} naming everything that is wrong with the command line */
export function parseBoxFlags(
  args: readonly string[],
  environment: Environment,
  isTerminal: boolean,
): BoxFlags | 'help' {
  const values = readFlags(LINE, args, { real: FLAG, json: FLAG, data: TEXT, port: TEXT });
  if (values === 'help') return values;
  const { data = defaultData(environment), port = String(BOX_PORT), json = false } = values;
  const problems = [
    ...(/^\d{1,5}$/u.test(port) && Number(port) <= MAX_PORT - SERVERS + 1
      ? []
      : [`--port is not a whole number from 0 to ${MAX_PORT - SERVERS + 1}: ${port}`]),
    ...(data === '' || data === 'memory' ? ['--data is not a folder: the journal must last'] : []),
  ];
  if (problems.length > 0) throw usageError(LINE, problems);
  return { port: Number(port), data, isForPeople: isTerminal && !json };
}
