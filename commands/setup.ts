import { type CommandLine, usageError } from './command-line.ts';
import { accountCommand } from './setup/account-command.ts';

const LINE: CommandLine = {
  command: 'npm run setup',
  does:
    'Prepares an account for ecs-watch: the Tablestore instance with its tables, the roles of the functions\n' +
    'with their policies, and an alarm on the watcher. What is there already is kept, and what differs is\n' +
    'named. Everything comes from .env or the environment. Exit code 0: everything is as it should be;\n' +
    '1: something is not; 2: the configuration or the command line is wrong.',
  flags: [
    ['--dry-run', 'say what would be done, and change nothing'],
    ['--print', 'the equal commands of the Alibaba Cloud CLI; needs no credentials'],
    ['--adopt', 'change what differs even if setup has not made it'],
    ['--prove', 'let this key assume the roles for a moment, to try each of their rights'],
    ['--member', 'prepare a watched account instead; needs --watcher'],
    ['--watcher ACCOUNT', 'with --member: the id of the account in which ecs-watch runs'],
    [
      '--external-id ID',
      'with --member: what the watcher must name; default: a new one, or that of the role',
    ],
  ],
  example: 'npm run --silent setup -- --dry-run',
};

const FLAG = { type: 'boolean' } as const;
const TEXT = { type: 'string' } as const;
const OPTIONS = {
  'dry-run': FLAG,
  print: FLAG,
  adopt: FLAG,
  prove: FLAG,
  member: FLAG,
  watcher: TEXT,
  'external-id': TEXT,
};

const ACCOUNT_ID = /^\d{10,20}$/u;
/** Source: STS "AssumeRole", ExternalId. */
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/u;

/** `npm run setup`: prepares an account for ecs-watch. */
accountCommand(LINE, OPTIONS, async (flags, world) => {
  const { 'dry-run': dryRun = false, print = false, adopt = false, prove = false } = flags;
  const { member = false, watcher = '', 'external-id': externalId } = flags;
  const problems = [
    ...(member && !ACCOUNT_ID.test(watcher) ? ['--member needs --watcher, an account id'] : []),
    ...(!member && (watcher || externalId) ? ['--watcher and --external-id are for --member'] : []),
    ...(externalId !== undefined && !EXTERNAL_ID.test(externalId)
      ? ['--external-id is not 2 or more letters, digits and +=,.@:/-']
      : []),
  ];
  if (problems.length > 0) throw usageError(LINE, problems);
  const { setUp } = await import('./setup/set-up.ts');
  return setUp(
    {
      dryRun,
      print,
      adopt,
      prove,
      ...(member && { member: { watcher, ...(externalId !== undefined && { externalId }) } }),
    },
    world,
  );
});
