import type { CommandLine } from './command-line.ts';
import { accountCommand } from './setup/account-command.ts';

const LINE: CommandLine = {
  command: 'npm run deploy',
  does:
    'Brings the functions to what this checkout and .env say: builds, shows what changes, deploys with the\n' +
    'pinned Serverless Devs, runs a tick and says what it saw. Exit code 0: everything went well; 1: something\n' +
    'failed, or was not agreed to; 2: the configuration or the command line is wrong.',
  flags: [
    ['--dry-run', 'say what would change, and deploy nothing'],
    ['--yes', 'variables that are deployed and not set any more may go'],
  ],
  example: 'npm run --silent deploy -- --dry-run',
};

const FLAG = { type: 'boolean' } as const;

/** `npm run deploy`: the functions as this checkout and the environment describe them. */
accountCommand(
  LINE,
  { 'dry-run': FLAG, yes: FLAG },
  async ({ 'dry-run': dryRun = false, yes = false }, world) => {
    const { deploy } = await import('./deploy/deploy.ts');
    return deploy({ dryRun, yes }, world);
  },
);
