import type { CommandLine } from './command-line.ts';
import { accountCommand } from './setup/account-command.ts';

const LINE: CommandLine = {
  command: 'npm run teardown',
  does:
    'Removes what `npm run setup` has made of an environment: alarms, roles, policies and, after a question,\n' +
    'tables and instance with the whole history. What setup has not made is left. Exit code 0: removed;\n' +
    '1: something could not be; 2: the configuration or the command line is wrong.',
  flags: [
    ['--dry-run', 'list what would be deleted, and delete nothing'],
    ['--yes', 'delete the tables and the instance without a question'],
    ['--member', 'the role of a watched account instead'],
  ],
  example: 'npm run --silent teardown -- --dry-run',
};

const FLAG = { type: 'boolean' } as const;

/** `npm run teardown`: the opposite of setup. */
accountCommand(LINE, { 'dry-run': FLAG, yes: FLAG, member: FLAG }, async (flags, world) => {
  const { tearDown } = await import('./setup/tear-down.ts');
  const { 'dry-run': dryRun = false, yes = false, member = false } = flags;
  return tearDown({ dryRun, yes, member }, world);
});
