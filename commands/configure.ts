import { ConfigError } from '../shared/config/environment.ts';
import { ROOT } from './bundle.ts';
import { type CommandLine, usageError } from './command-line.ts';
import { explained } from './config-problems.ts';
import { credentialsIn } from './configure/credentials.ts';
import { pathOfDotEnv } from './dot-env.ts';
import { accountCommand } from './setup/account-command.ts';

const LINE: CommandLine = {
  command: 'npm run configure',
  does:
    'Asks for what ecs-watch needs to know, stores it in .env and tries it: the key, the regions, and a test\n' +
    'message into each channel. It can be run again, and keeps what is right. Exit code 0: everything works;\n' +
    '1: it is stored, and something does not work yet; 2: a value is wrong, and nothing was stored.',
  flags: [
    ['--set NAME=VALUE', 'a value, for example WATCH_REGIONS=cn-hangzhou; any number of them'],
    ['--unset NAME', 'remove a variable'],
    ['--yes', 'ask nothing'],
    ['--no-message', 'send no test message; with questions, one is sent only after a yes'],
    ['--box', 'for one box (npm start -- --real): no Tablestore instance, no functions'],
  ],
  example:
    'npm run --silent configure -- --yes --set WATCH_REGIONS=cn-hangzhou --set TABLESTORE_INSTANCE=ecs-watch-a1b2 --set WATCH_SILENT=true',
};

const OPTIONS = {
  set: { type: 'string', multiple: true },
  unset: { type: 'string', multiple: true },
  yes: { type: 'boolean' },
  'no-message': { type: 'boolean' },
  box: { type: 'boolean' },
} as const;

const ASSIGNMENT = /^(?<name>[A-Za-z_]\w*)=(?<value>.*)$/su;

/** `npm run configure`: writes `.env`. */
accountCommand(LINE, OPTIONS, async (flags, world) => {
  const { set = [], unset = [], yes = false, box: isForBox = false } = flags;
  const sendsNothing = flags['no-message'] ?? false;
  const values = new Map<string, string | null>(unset.map((name) => [name, null]));
  for (const assignment of set) {
    const { name, value } = ASSIGNMENT.exec(assignment)?.groups ?? {};
    // The value may be a secret: the problem shows the name only.
    if (name === undefined || value === undefined) {
      throw usageError(LINE, [`--set ${assignment.split('=', 1)[0]} is not NAME=VALUE`]);
    }
    values.set(name, value);
  }
  const isQuiet = yes || process.stdin.isTTY !== true;
  const path = pathOfDotEnv(ROOT, process.env);
  const { configure } = await import('./configure/configure.ts');
  try {
    const asked = { values, isQuiet, sendsNothing, isForBox };
    return await configure(asked, { ...world, path, credentialsIn });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(explained(error, isQuiet && !yes ? NOTHING_TO_ASK_ON : NOTHING_STORED));
    return 2;
  }
});

const NOTHING_STORED = 'Nothing was stored.';
const NOTHING_TO_ASK_ON =
  `${NOTHING_STORED} There is no terminal to ask on: give the values with --set NAME=VALUE, as often as ` +
  'needed, and --yes.';
