import { watchHandler } from '../functions/watch/index.ts';
import { ConfigError } from '../shared/config/environment.ts';
import { parseWatchConfig } from '../shared/config/watch.ts';
import { listedScopes } from '../shared/core/target.ts';
import { CredentialsError } from '../shared/fc/credentials.ts';
import { SYSTEM_RUNTIME } from '../shared/lib/runtime.ts';
import { type CommandLine, helpOf, readFlags, UsageError, usageError } from './command-line.ts';
import { explained } from './config-problems.ts';
import { ownCredentials, withCredentials } from './credentials.ts';
import { printTick } from './print-tick.ts';
import { withProgress } from './progress.ts';
import { addressesOfEcs, addressOfTablestore, whyNotReached } from './reach.ts';
import { remarksAfter, remarksBefore } from './watch/remarks.ts';
import { loadConfig } from './watch-file/load.ts';

const LINE: CommandLine = {
  command: 'npm run watch',
  does:
    'Runs one tick on the cloud that the environment points to, with the variables of the watch\n' +
    'function, and prints its report: in words on a terminal, as one JSON line into a pipe. Exit\n' +
    'code 0: everything went well; 1: something failed; 2: the configuration is wrong.',
  flags: [
    ['--once', 'one tick; required, because ticks on a schedule are for Function Compute'],
    ['--json', 'the report as one JSON line on a terminal, too'],
  ],
  example: 'npm run --silent watch -- --once',
};

const FLAG = { type: 'boolean' } as const;

async function main(args: readonly string[]): Promise<number> {
  const flags = readFlags(LINE, args, { once: FLAG, json: FLAG });
  if (flags === 'help') {
    console.log(helpOf(LINE));
    return 0;
  }
  if (flags.once !== true) throw usageError(LINE, ['--once is missing']);
  const isForPeople = flags.json !== true && process.stdout.isTTY === true;
  const { settings } = await withCredentials(
    () => loadConfig(process.env, parseWatchConfig),
    ownCredentials,
  );
  const { config, file } = settings;
  const world = {
    environment: process.env,
    config,
    runtime: SYSTEM_RUNTIME,
    findCredentials: ownCredentials,
  };
  // The only log line of the function is the report, which standard output gets.
  const handler = watchHandler(process.env, () => undefined, SYSTEM_RUNTIME, file);
  const report = await withProgress(
    () => 'Looking, recording and delivering',
    async (clear) => {
      const say = (lines: readonly string[]): void => {
        clear();
        for (const line of lines) console.error(line);
      };
      say(await remarksBefore(world));
      let isUnreached = false;
      // The tick finds it out as well, but later: its clients try again until its time is over.
      for (const address of [
        addressOfTablestore(config),
        ...addressesOfEcs(listedScopes(config.targets), config.ecsEndpoint),
      ]) {
        void whyNotReached(address).then((reason) => {
          if (reason === undefined) return;
          isUnreached = true;
          say([`Not reached: ${reason}`]);
        });
      }
      const report = await handler(Buffer.from('{}'), {});
      say(remarksAfter(world, report, isUnreached));
      return report;
    },
  );
  console.log(isForPeople ? printTick(report) : JSON.stringify(report));
  return report.ok ? 0 : 1;
}

function codeAfter(error: unknown): number {
  if (![UsageError, ConfigError, CredentialsError].some((kind) => error instanceof kind))
    throw error;
  console.error(explained(error as Error));
  return 2;
}

// Sockets that are kept alive for the next tick must not keep a single one running.
void main(process.argv.slice(2))
  .catch(codeAfter)
  .then((code) => process.exit(code));
