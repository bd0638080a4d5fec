import type { CommandLine } from './command-line.ts';
import { accountCommand } from './setup/account-command.ts';

const LINE: CommandLine = {
  command: 'npm run remove',
  does:
    'Removes the functions with their triggers: nothing is watched any more. Tables, roles and the instance\n' +
    'stay, and with them the history; `npm run teardown` removes those. Exit code 0: the functions are gone;\n' +
    '1: something failed, or was not agreed to; 2: the configuration or the command line is wrong.',
  flags: [
    ['--dry-run', 'say what would be removed, and remove nothing'],
    ['--yes', 'do not ask'],
  ],
  example: 'npm run --silent remove -- --dry-run',
};

const FLAG = { type: 'boolean' } as const;

/** `npm run remove`: the opposite of `npm run deploy`. */
accountCommand(
  LINE,
  { 'dry-run': FLAG, yes: FLAG },
  async ({ 'dry-run': dryRun = false, yes = false }, world) => {
    const { remove } = await import('./deploy/remove.ts');
    return remove({ dryRun, yes }, world);
  },
);
