import type { ParseArgsConfig } from 'node:util';
import { type CommandLine, helpOf, readFlags, type Values } from '../command-line.ts';
import { codeAfter, systemWorld } from './system-world.ts';
import type { World } from './world.ts';

/**
 * Runs a command that works on an account, with the flags that this process was started with, and ends
 * with its exit code. `--help` must work without development packages: `work` loads what needs them.
 */
export function accountCommand<const T extends NonNullable<ParseArgsConfig['options']>>(
  line: CommandLine,
  options: T,
  work: (flags: Values<T>, world: World) => Promise<number>,
): void {
  const main = async (): Promise<number> => {
    const flags = readFlags(line, process.argv.slice(2), options);
    if (flags !== 'help') return work(flags, systemWorld());
    console.log(helpOf(line));
    return 0;
  };
  // Keep-alive sockets must not keep the command running.
  void main()
    .catch(codeAfter)
    .then((code) => process.exit(code));
}
