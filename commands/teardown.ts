import { type CommandLine, helpOf, readFlags } from './command-line.ts';
import { codeAfter, systemWorld } from './setup/system-world.ts';
import { tearDown } from './setup/tear-down.ts';

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
async function main(args: readonly string[]): Promise<number> {
  const flags = readFlags(LINE, args, { 'dry-run': FLAG, yes: FLAG, member: FLAG });
  if (flags === 'help') {
    console.log(helpOf(LINE));
    return 0;
  }
  const { 'dry-run': dryRun = false, yes = false, member = false } = flags;
  return tearDown({ dryRun, yes, member }, systemWorld());
}

// Keep-alive sockets must not keep the command running.
void main(process.argv.slice(2))
  .catch(codeAfter)
  .then((code) => process.exit(code));
