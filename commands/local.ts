import { startConsole } from '../local/console/index.ts';
import { LOCAL_INSTANCE, LOCAL_KEYS, startLocalCloud } from '../local/index.ts';
import { startTablestore } from '../local/tablestore/index.ts';
import { ConfigError } from '../shared/config/environment.ts';
import { addressesOf } from './addresses.ts';
import { type CommandLine, helpOf, UsageError } from './command-line.ts';
import { checkData, type Flags, flagHelp, parseFlags } from './flags.ts';
import { cloudOf, readPlay, timeZoneOf, watcherOn } from './play.ts';
import { ECS_PORT, freePorts } from './ports.ts';
import { withProgress } from './progress.ts';
import { untilStopped } from './until-stopped.ts';

const DEFAULTS = { data: 'memory', fleetSize: 50, seed: 1, churnPerMinute: 0 };
/** ECS, Tablestore, the inbox, the faults, STS and the console. */
const SERVERS = 6;

const LINE: CommandLine = {
  command: 'npm run local',
  does:
    'Runs the local cloud alone: ECS, Tablestore and the receivers of messages, on loopback. Its\n' +
    'first line on standard output is one JSON object with all addresses and, as `env`, the\n' +
    'environment of a watcher on this cloud; standard error gets the same as `export` lines for a shell.\n' +
    'It plays the accounts of the file that WATCH_CONFIG names.',
  flags: [
    ...flagHelp(
      DEFAULTS,
      `ECS listens on N, the other servers on the ports after it; 0: any free ones (${ECS_PORT})`,
    ),
    ['--only tablestore', 'nothing but Tablestore, on --port itself'],
  ],
  example: 'npm run --silent local -- --fleet 200 --churn 6 --data ./cloud',
};

/**
 * `npm run local`: the local cloud alone. Its first line on standard output is one JSON object
 * with all addresses. Its `env` is the environment of a watcher on this cloud. Standard error is for a
 * shell to read: whatever else is said there is a comment.
 */
async function main(args: readonly string[]): Promise<void> {
  const flags = parseFlags(LINE, args, DEFAULTS, SERVERS);
  if (flags === 'help') {
    console.log(helpOf(LINE));
    return;
  }
  await checkData(flags);
  const stopped = untilStopped();
  const close =
    flags.only === 'tablestore' ? await tablestoreAlone(flags) : await wholeCloud(flags);
  await stopped;
  await close();
}

async function wholeCloud(flags: Flags): Promise<() => Promise<void>> {
  const play = readPlay(process.env, flags.fleetSize);
  const port = await portFor(flags, SERVERS);
  const cloud = await withProgress(
    () => 'Starting the local cloud',
    () => startLocalCloud({ ...flags, ...cloudOf(play), port }),
  );
  const addresses = addressesOf(cloud, { ...watcherOn(cloud, play), ...play.config });
  const consoleServer = await startConsole({
    cloud,
    port: port === 0 ? 0 : port + SERVERS - 1,
    ...timeZoneOf(play),
  });
  console.log(JSON.stringify({ ...addresses, console: consoleServer.url }));
  for (const [name, value] of Object.entries(addresses.env)) {
    console.error(`export ${name}='${value.replaceAll("'", "'\\''")}'`);
  }
  return async () => {
    await Promise.all([consoleServer.close(), cloud.close()]);
  };
}

async function tablestoreAlone(flags: Flags): Promise<() => Promise<void>> {
  const { data, seed } = flags;
  const port = await portFor(flags, 1);
  const accessKeys = [LOCAL_KEYS];
  const server = await startTablestore({ port, data, seed, instance: LOCAL_INSTANCE, accessKeys });
  const addresses = { tablestore: server.url, instance: LOCAL_INSTANCE, ...LOCAL_KEYS };
  console.log(JSON.stringify(addresses));
  return () => server.close();
}

/** The port of the first server; the documented one is not taken from another program. */
async function portFor({ port }: Flags, servers: number): Promise<number> {
  if (port !== undefined) return port;
  const { first, taken } = await freePorts(ECS_PORT, servers);
  if (taken !== undefined) console.error(`# Port ${taken} is taken: listening from ${first} on.`);
  return first;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof UsageError || error instanceof ConfigError ? 2 : 1);
});
